"""Ages are told in completed years."""

from __future__ import annotations

from datetime import date

import pytest

from senoscope.studies.facts.found_facts import completed_years


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("1980-06-15", "2025-06-14", 44),
        ("1980-06-15", "2025-06-15", 45),
        ("2000-02-29", "2025-02-28", 24),
        ("2000-02-29", "2025-03-01", 25),
        ("2025-01-01", "2025-01-01", 0),
    ],
)
def test_a_year_is_full_on_the_day(born: str, on: str, years: int) -> None:
    assert completed_years(date.fromisoformat(born), date.fromisoformat(on)) == years
