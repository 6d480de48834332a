"""The five-year risk of the Breast Cancer Risk Assessment Tool, for rows that come without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from senoscope.domain.errors import SettingsError
from senoscope.models.risk.bcrat import bcrat
from senoscope.models.risk.bcrat_facts import BcratFacts
from senoscope.models.risk.hybrid import RiskCase

YEARS = 5.0


def with_bcrat(cases: Sequence[RiskCase]) -> tuple[tuple[RiskCase, ...], dict[str, int]]:
    """Each row with the risk, and how many rows the tool refused, by its reason.

    A risk that a row has already stays; refused rows go on without one.
    """
    told, refused = [], dict[str, int]()
    for case in cases:
        if case.bcrat_five_year_percent is not None:
            told.append(case)
            continue
        try:
            percent = bcrat(BcratFacts.of(case.facts, YEARS)).absolute_percent
            told.append(replace(case, bcrat_five_year_percent=percent))
        except SettingsError as error:
            refused[str(error)] = refused.get(str(error), 0) + 1
            told.append(case)
    return tuple(told), refused
