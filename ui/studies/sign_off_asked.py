"""A sign-off as the page asks for it, and impressions as the store keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.studies.sign_off import (
    Assessment,
    Decision,
    Impression,
    SignedReading,
    Signer,
    Verdict,
)
from senoscope.studies.study_reading import Outlined, StudyReading


@dataclass(frozen=True, slots=True)
class SignOffAsked:
    """As the page sends it; `decisions` are dicts of number, verdict, reason and outline."""

    decisions: list[dict[str, Any]]
    assessment: Assessment
    text: str
    name: str
    organization: str

    def signed(self, reading: StudyReading, alone: Impression | None) -> SignedReading:
        """As of now. SettingsError says what is missing, ImageError what is no outline."""
        keys = {each.number: each.key.at for each in reading.findings}
        decisions = []
        for each in self.decisions:
            number, flat = each["number"], each["outline"]
            if number not in keys:
                raise SettingsError(f"Finding {number} was named; expected one of {sorted(keys)}.")
            outline = None if flat is None else Outlined(keys[number], _contour(flat))
            decisions.append(Decision(number, Verdict(each["verdict"]), each["reason"], outline))
        final = Impression(self.assessment, self.text, datetime.now(UTC))
        signer = Signer(self.name, self.organization)
        return SignedReading(reading, alone, tuple(decisions), final, signer)


def _contour(flat: Sequence[float]) -> NDArray[np.float32]:
    if len(flat) % 2 or not np.isfinite(flat).all():
        raise SettingsError(f"{len(flat)} numbers were given; expected x, y, x, y ...")
    return np.asarray(flat, np.float32).reshape(-1, 2)


def impression_json(impression: Impression) -> dict[str, str]:
    """For the store."""
    return {
        "assessment": impression.assessment.value,
        "text": impression.text,
        "at": impression.at.isoformat(),
    }


def impression_of(kept: Mapping[str, str]) -> Impression:
    """What `impression_json` was given."""
    at = datetime.fromisoformat(kept["at"])
    return Impression(Assessment(kept["assessment"]), kept["text"], at)
