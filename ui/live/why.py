"""Why a lesion's number is what it is: where in the picture it comes from, and what was measured.

Worked out in the page's own process, by a classifier of its own. The AI process reads one frame at
a time: there, the fifty answers of a map would hold up the readings of everybody who watches.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from threading import Lock

import cv2
import numpy as np

from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.domain.frame import Frame
from senoscope.domain.lesion import Lesion
from senoscope.domain.reading import Finding
from senoscope.models.classifier import Classifier
from senoscope.models.occlusion import (
    FAINT,
    PATCHES,
    SIDE,
    OcclusionMap,
    heat_layer,
    occlusion_maps,
)
from senoscope.models.odds import logistic
from senoscope.models.programmed.cadx import load_cadx
from senoscope.models.programmed.descriptors import measure
from senoscope.realtime.published import PublishedFrame
from senoscope.ui.frames.overlay import Header

SAID = 3
"""Contributions of measured features that are shown; the others are smaller each."""
SIGN_FROM = 2 * FAINT
"""Log odds from which a place's sign is drawn: from 0.50 this goes to 0.43 or 0.57."""
SAME = 0.005
"""Of a probability. The same weights give the same answer in another process."""


class Explainer:
    """Explains findings, with a classifier that is built when the first is asked for.

    Any thread may ask; several take turns, one answer of the classifier each.
    """

    def __init__(self, build_classifier: Callable[[], Classifier]) -> None:
        self._build_classifier = build_classifier
        self._classifier: Classifier | None = None
        self._turn = Lock()

    def explain(self, published: PublishedFrame, number: int) -> Iterator[Header]:
        """Parts of the answer, JSON-ready, for the finding shown under `number` (1 and up).

        First what was measured (see `measured`), then the map as it grows (see `heat`). Whoever
        stops asking has cancelled. ImageError at the call where the finding is not one of this very
        frame; while parts are made, other SenoscopeErrors say why there are no more.
        """
        finding = _own_finding(published, number)
        return self._parts(published.frame, finding)

    def _parts(self, frame: Frame, finding: Finding) -> Iterator[Header]:
        yield measured(frame, finding.lesion)
        with self._turn:
            self._classifier = self._classifier or self._build_classifier()
        maps = occlusion_maps(self._classifier, frame.pixels, finding.lesion)
        while True:
            with self._turn:
                found = next(maps, None)
            if found is None:
                return
            _require_same(finding.probability, found.log_odds)
            yield heat(found)


def measured(frame: Frame, lesion: Lesion) -> Header:
    """What programmed CADx makes of `lesion`, a second opinion that the map is not about.

    `probability` is its own; `contributions` are the SAID largest in log odds, exact, with the
    feature's name and whether its value is above what is usual.
    """
    spacing = frame.pixel_spacing
    aspect = 1.0 if spacing is None else spacing.row_mm / spacing.column_mm
    cadx = load_cadx()
    opinion = cadx.opinion(measure(frame.pixels, lesion.contour, aspect))
    largest = [(name, part) for name, part in opinion.contributions.items() if part][:SAID]
    return {
        "probability": round(opinion.probability, 2),
        "contributions": [
            {
                "feature": name,
                "above": part * cadx.weights[name].weight > 0,
                "log_odds": round(part, 2),
            }
            for name, part in largest
        ],
    }


def heat(found: OcclusionMap) -> Header:
    """A map as the page draws it: `layer` is a PNG in base64, to lay over `box` (frame pixels).

    `signs` are [x, y, 1 or -1] of places that count, so that colour does not say it alone.
    `shares` are of the effect inside the lesion, at its margin and outside, None where no place has
    an effect worth mentioning.
    """
    strongest = float(np.abs(found.change).max())
    weight = found.weight if strongest > FAINT else None
    # OpenCV wants blue first.
    layer = cv2.cvtColor(heat_layer(found.change), cv2.COLOR_RGBA2BGRA)
    return {
        "done": round(found.done, 3),
        "box": [round(edge, 2) for edge in found.box],
        "layer": base64.b64encode(cv2.imencode(".png", layer)[1].tobytes()).decode("ascii"),
        "signs": _signs(found),
        "shares": None
        if weight is None
        else [round(share, 3) for share in (weight.inside, weight.margin, weight.outside)],
    }


def _signs(found: OcclusionMap) -> list[list[float]]:
    left, top, right, _ = found.box
    scale = (right - left) / SIDE
    middles = range(SIDE // PATCHES // 2, SIDE, SIDE // PATCHES)
    return [
        [
            round(left + (column + 0.5) * scale, 1),
            round(top + (row + 0.5) * scale, 1),
            1 if found.change[row, column] > 0 else -1,
        ]
        for row in middles
        for column in middles
        if abs(found.change[row, column]) >= SIGN_FROM
    ]


def _own_finding(published: PublishedFrame, number: int) -> Finding:
    reading = published.reading
    if reading is None or published.reading_age_ms != 0:
        raise ImageError(
            "This picture was not read itself, so its outlines are those of an earlier one and "
            "nothing can be said of why. Resume, then freeze again."
        )
    if not 1 <= number <= len(reading.findings):
        raise ImageError(
            f"Lesion {number} was asked about on a picture with {len(reading.findings)}; expected "
            "one that is marked. Resume, then freeze again."
        )
    return reading.findings[number - 1]


def _require_same(read: float, log_odds: float) -> None:
    """What is explained must be the number on the page, not another model's."""
    explained = logistic(log_odds)
    if abs(explained - read) > SAME:
        raise ModelPackageError(
            f"The reading says {read:.3f}, the model that would explain it {explained:.3f}; "
            "expected the same. The model was exchanged while Senoscope ran: start Senoscope again."
        )
