"""Log entries in few words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reader_log import LogEntry, Outcome, Said

START = datetime(2025, 3, 1, 9, tzinfo=UTC)
LEFT, RIGHT = Laterality.LEFT, Laterality.RIGHT


def entry(said: Said, exam: str = "e1", after: float = 0, **what: Any) -> LogEntry:
    """So many hours after START; by "r1", of the patient of the exam's name."""
    what = {"patient": f"p {exam}", "by": "r1", "laterality": LEFT, **what}
    if said is Said.PATHOLOGY:
        what = {"outcome": Outcome.BENIGN, **what, "by": "lab"}
    return LogEntry(at=START + timedelta(hours=after), exam=exam, said=said, **what)


def crossed_log(
    exams: int, readers: int, seed: int = 1, with_ai: bool = True
) -> tuple[LogEntry, ...]:
    """Both breasts of each exam read by all readers and one AI; a fifth have a cancer."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(exams):
        exam, shared = f"e{number:04}", random.normal()
        for side in (LEFT, RIGHT):
            cancer = bool(random.random() < 0.2)
            true = shared * 0.5 + random.normal() + 1.5 * cancer - 1

            def said(
                how: Said, by: str, noise: float, exam: str = exam, side: Laterality = side,
                true: float = true, hours: int = 24 * number,
            ) -> LogEntry:  # fmt: skip
                chance = 1 / (1 + np.exp(-true - random.normal() * noise))
                return entry(
                    how, exam, hours, by=by, laterality=side, probability=round(float(chance), 2),
                    scanner="s1", modality="MG",
                )  # fmt: skip

            for reader in range(readers):
                made.append(said(Said.ALONE, f"r{reader}", 1.5))
                if with_ai:
                    made.append(said(Said.WITH_AI, f"r{reader}", 0.8))
            made.append(said(Said.AI, "net 1", 0.7))
            outcome = Outcome.MALIGNANT if cancer else Outcome.NO_CANCER
            made.append(
                entry(Said.PATHOLOGY, exam, 24 * number + 100, laterality=side, outcome=outcome)
            )
    return tuple(made)
