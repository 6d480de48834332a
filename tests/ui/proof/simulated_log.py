"""A small SIMULATED reader study as a log: two readers, one AI, a patient each an exam."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.models.odds import logistic
from senoscope.studies.proof.reader_log import write_log_csv

FIRST_DAY = datetime(2026, 1, 5, 8, tzinfo=UTC)
REASONS = ("A rib.", "")
SHIFT_SD = 1.5
"""Of the AI's logit on the second scanner from the last third on."""


def simulated_entries(exams: int = 40, seed: int = 7, shifted: bool = False) -> list[LogEntry]:
    """Every fourth exam has a cancer; the last four have no outcome yet."""
    numbers, entries = np.random.default_rng(seed), []
    for place in range(exams):
        at = FIRST_DAY + timedelta(hours=6 * place)
        cancer = place % 4 == 0
        scanner = f"scanner {'AB'[place % 2]} (simulated)"
        moved = shifted and place % 2 and place > 2 * exams / 3
        true = numbers.normal(1.2 if cancer else -1.2)
        base: dict[str, Any] = {
            "patient": f"P{place}",
            "exam": f"E{place}",
            "laterality": Laterality.LEFT,
            "modality": "MG",
            "scanner": scanner,
        }
        ai = true + numbers.normal() + (SHIFT_SD * 1.5 if moved else 0)
        entries.append(LogEntry(at, said=Said.AI, by="Net 1", probability=logistic(ai), **base))
        for reader in ("Reader 1", "Reader 2"):
            alone = true + numbers.normal(scale=1.5)
            for said, logit in ((Said.ALONE, alone), (Said.WITH_AI, (alone + ai) / 2)):
                score = logistic(float(logit))
                entries.append(LogEntry(at, said=said, by=reader, probability=score, **base))
            if place % 10 == 0:
                reason = REASONS[place % 20 == 10]
                entries.append(
                    LogEntry(at, said=Said.OVERRIDE, by=reader, finding=1, reason=reason, **base)
                )
        if place < exams - 4:
            outcome = Outcome.MALIGNANT if cancer else Outcome.NO_CANCER
            entries.append(
                LogEntry(
                    at + timedelta(days=20),
                    said=Said.PATHOLOGY,
                    by="laboratory",
                    outcome=outcome,
                    found_on=date(2026, 6, 1),
                    **base,
                )
            )
    return entries


def simulated_log(path: Path, exams: int = 40, shifted: bool = False) -> Path:
    write_log_csv(simulated_entries(exams, shifted=shifted), path)
    return path
