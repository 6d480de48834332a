"""Candidates for masses and for distortions of one view, outlined and measured."""

from __future__ import annotations

import numpy as np

from senoscope.models.programmed.mammography.distortion import find_centres
from senoscope.models.programmed.mammography.mark_features import in_context, measured
from senoscope.models.programmed.mammography.marks import Candidate, MarkKind
from senoscope.models.programmed.mammography.masses import find_blobs
from senoscope.models.programmed.mammography.working_picture import WorkingPicture

DISTORTION_MM = 5.0
"""The radius from which a distortion's outline is sought: it has no body of its own."""


def soft_tissue(picture: WorkingPicture) -> list[Candidate]:
    """On a picture of masses.STEP_MM."""
    blobs, centres = find_blobs(picture), find_centres(picture)
    wide = np.full(len(centres.at), DISTORTION_MM, np.float32)
    found: list[Candidate] = []
    for kind, at, radius_mm in (
        (MarkKind.MASS, blobs.at, blobs.radius_mm),
        (MarkKind.DISTORTION, centres.at, wide),
    ):
        places = at.astype(np.float32)
        seen = measured(picture, places, radius_mm, blobs, centres)
        for place, outline, features in zip(
            places, seen.outlines, in_context(seen.features), strict=True
        ):
            found.append(Candidate(kind, outline, (float(place[0]), float(place[1])), features))
    return found
