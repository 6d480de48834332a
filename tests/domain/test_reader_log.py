"""An entry that cannot be is refused at birth."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.reader_log import LogEntry, Outcome, Said

GIVEN: dict[str, Any] = {
    "at": datetime(2026, 11, 28, tzinfo=UTC), "patient": "P", "exam": "E", "said": Said.AI,
    "by": "net 1",
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"at": datetime(2026, 11, 28)}, "without its zone"),
        ({"patient": " "}, "all three"),
        ({"exam": ""}, "all three"),
        ({"by": ""}, "all three"),
        ({"probability": 1.1}, "probability of 1.1"),
        ({"probability": float("nan")}, "probability of nan"),
        ({"said": Said.PATHOLOGY}, "without an outcome"),
        ({"outcome": Outcome.BENIGN}, "with an outcome"),
        ({"found_on": date(2026, 11, 29)}, "day on which it was found"),
    ],
)
def test_what_cannot_have_been_said_is_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        LogEntry(**(GIVEN | changed))


def test_pathology_has_an_outcome_and_may_have_its_day() -> None:
    told = {"said": Said.PATHOLOGY, "outcome": Outcome.BENIGN, "found_on": date(2026, 11, 29)}
    assert LogEntry(**(GIVEN | told)).found_on == date(2026, 11, 29)
