"""The published constants of the Breast Cancer Risk Assessment Tool, by group of women."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.risk import RaceGroup

SHIPPED = Path(__file__).with_name("bcrat.json")
FORMAT = 1
FIRST_AGE, LAST_AGE, BAND_YEARS = 20, 90, 5
"""Years: rates begin and end there, and hold for so long."""
OLDER = 50
"""Age in years from which the relative risk is another."""
_BANDS = (LAST_AGE - FIRST_AGE) // BAND_YEARS
_LENGTHS = {"beta": 6, "one_minus_attributable_risk": 2}


@dataclass(frozen=True, slots=True)
class BcratConstants:
    """Of one group; what each means and whence it is says bcrat.json.

    `beta`: six natural logs of relative risk. `one_minus_attributable_risk`: below OLDER, from it
    on. The others: hazards a year in bands of BAND_YEARS from FIRST_AGE to LAST_AGE.
    """

    beta: tuple[float, ...]
    one_minus_attributable_risk: tuple[float, ...]
    incidence: tuple[float, ...]
    mortality: tuple[float, ...]
    average_incidence: tuple[float, ...]
    average_mortality: tuple[float, ...]


@cache
def bcrat_constants(path: Path = SHIPPED) -> Mapping[RaceGroup, BcratConstants]:
    """Of every group. ModelPackageError where the file is missing, damaged or another version."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if card["format"] != FORMAT:
            raise ValueError(f"format {card['format']}, expected {FORMAT}")
        return {group: _constants(card["groups"][str(group.value)]) for group in RaceGroup}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelPackageError(
            f"{path.name} holds no constants of this version ({error}). Reinstall Senoscope."
        ) from error


def _constants(kept: Mapping[str, list[float]]) -> BcratConstants:
    found = {each.name: tuple(map(float, kept[each.name])) for each in fields(BcratConstants)}
    for name, values in found.items():
        expected = _LENGTHS.get(name, _BANDS)
        if len(values) != expected:
            raise ValueError(f"{len(values)} values of {name}, expected {expected}")
    return BcratConstants(**found)
