"""One field of the form from its text: a number with its limits, a day, or one of its choices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from senoscope.domain.errors import SettingsError
from senoscope.studies.exams.pathology_records import day_said
from senoscope.ui.risk.refusals import FieldRefused, shown

Chosen = TypeVar("Chosen")
_NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,9})?", re.ASCII)


def plain(text: str) -> str:
    """As it is read: digits of an East Asian keyboard are digits."""
    return unicodedata.normalize("NFKC", text).strip()


def number(text: str, limits: tuple[float, float], unit: str = "") -> float | None:
    """None for nothing. FieldRefused for what is no number, or beyond its limits."""
    said = plain(text)
    if not said:
        return None
    expected = {"given": shown(said), "low": limits[0], "high": limits[1], "unit": unit}
    if not _NUMBER.fullmatch(said):
        raise FieldRefused("number", **expected)
    value = float(said)
    if not limits[0] <= value <= limits[1]:
        raise FieldRefused("range", **expected)
    return value


def whole(text: str, limits: tuple[float, float], unit: str = "") -> int | None:
    """The same of whole numbers."""
    value = number(text, limits, unit)
    if value is not None and not value.is_integer():
        raise FieldRefused(
            "whole", given=shown(plain(text)), low=limits[0], high=limits[1], unit=unit
        )
    return None if value is None else int(value)


def day(text: str, today: date) -> date | None:
    """None for nothing. FieldRefused for what is no day, or one that is still to come."""
    said = plain(text)
    if not said:
        return None
    try:
        given = day_said(said)
    except SettingsError:
        raise FieldRefused("date", given=shown(said)) from None
    if given > today:
        raise FieldRefused("future", given=given.isoformat(), today=today.isoformat())
    return given


def choice(text: str, choices: Mapping[str, Chosen]) -> Chosen | None:
    """None for nothing. FieldRefused for a code that is none of them."""
    said = plain(text)
    if not said:
        return None
    if said not in choices:
        raise FieldRefused("code", given=shown(said), choices=", ".join(choices))
    return choices[said]
