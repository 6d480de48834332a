"""A sign-off as the page asks for it, and impressions as the store keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from senoscope.domain.errors import SettingsError
from senoscope.studies.sign_off import (
    LONGEST_TEXT,
    Assessment,
    Decision,
    Impression,
    SignedReading,
    Signer,
    Verdict,
)
from senoscope.studies.study_reading import Outlined, StudyReading

MOST_COORDINATES = 2 * 2000
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class ImpressionAsked(BaseModel):
    """A category, the reader's words, and how likely a malignancy is, if the reader says so."""

    assessment: Assessment
    text: Text = ""
    percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None

    def impression(self) -> Impression:
        """As of now."""
        probability = None if self.percent is None else self.percent / 100
        return Impression(self.assessment, self.text, datetime.now(UTC), probability)


class DecisionAsked(BaseModel):
    """On one finding; `outline` is x, y, x, y ... in pixels of its key image."""

    number: int
    verdict: Verdict
    reason: Text = ""
    outline: Annotated[list[float], Field(max_length=MOST_COORDINATES)] | None = None


class SignOffAsked(ImpressionAsked):
    """A decision on each finding, the category, and who signs."""

    decisions: Annotated[list[DecisionAsked], Field(max_length=500)]
    name: Annotated[str, Field(max_length=64)]
    organization: Annotated[str, Field(max_length=64)]

    def signed(self, reading: StudyReading, alone: Impression | None) -> SignedReading:
        """As of now. SettingsError says what is missing, ImageError what is no outline."""
        keys = {each.number: each.key.at for each in reading.findings}
        decisions = []
        for each in self.decisions:
            key = keys.get(each.number)
            if key is None:
                raise SettingsError(
                    f"Finding {each.number} was named; expected one of {sorted(keys)}."
                )
            outline = None if each.outline is None else Outlined(key, contour_of(each.outline))
            decisions.append(Decision(each.number, each.verdict, each.reason, outline))
        signer = Signer(self.name, self.organization)
        return SignedReading(reading, alone, tuple(decisions), self.impression(), signer)


def contour_of(flat: Sequence[float]) -> NDArray[np.float32]:
    """(n, 2) of x, y, x, y ... SettingsError where that is no list of points."""
    if len(flat) % 2 or not np.isfinite(flat).all():
        raise SettingsError(f"{len(flat)} numbers were given; expected x, y, x, y ...")
    return np.asarray(flat, np.float32).reshape(-1, 2)


def impression_json(impression: Impression) -> dict[str, Any]:
    """For the store."""
    return {
        "assessment": impression.assessment.value,
        "text": impression.text,
        "at": impression.at.isoformat(),
        "probability": impression.probability,
    }


def impression_of(kept: Mapping[str, Any]) -> Impression:
    """What `impression_json` was given; what was kept earlier holds no probability."""
    at = datetime.fromisoformat(kept["at"])
    return Impression(Assessment(kept["assessment"]), kept["text"], at, kept.get("probability"))
