"""One AI's reads over time: own windows, those of all, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.models.evaluation.readers.read_cases import read_cases
from senoscope.models.evaluation.readers.reader_study import DriftTrace, NotWatched
from senoscope.models.evaluation.readers.watched_ai import NO_SCANNER, WatchedAi
from tests.models.evaluation.readers.builders import LEFT, RIGHT, entry

NET = (Said.AI, "net")


def log(scanners: list[str], outcomes: bool = True, seed: int = 2) -> list[LogEntry]:
    random = np.random.default_rng(seed)
    made = []
    for place, scanner in enumerate(scanners):
        true = random.normal(-1.5, 1.2)
        moved = true + (1.2 if scanner == "new" else 0.0)
        chance = float(1 / (1 + np.exp(-moved)))
        exam = f"e{place:04}"
        made.append(entry(Said.AI, exam, place, by="net", probability=chance, scanner=scanner))
        if outcomes:
            cancer = bool(random.random() < 1 / (1 + np.exp(-true)))
            outcome = Outcome.MALIGNANT if cancer else Outcome.BENIGN
            made.append(entry(Said.PATHOLOGY, exam, place + 0.5, outcome=outcome))
    return made


def drift(entries: list[LogEntry]) -> tuple[tuple[DriftTrace, ...], tuple[NotWatched, ...]]:
    table = read_cases(entries)
    return WatchedAi("net", table, table.reads[NET], 400).drift()


def test_each_scanner_has_a_trace_and_a_new_one_is_compared_with_all() -> None:
    old = ["a", "a", "b"] * 150
    traces, missing = drift(log([*old, *["new", "a"] * 60]))
    by_scanner = {trace.scanner: trace for trace in traces if trace.kind == "logit"}
    assert not missing
    assert set(by_scanner) == {"a", "b", "new"}
    assert by_scanner["a"].own_reference
    assert by_scanner["a"].reference == 267
    assert not by_scanner["b"].own_reference
    assert by_scanner["new"].reference == 400
    assert len(by_scanner["new"].points) == 60
    assert by_scanner["new"].alarms[0].direction == "up"
    assert not by_scanner["a"].alarms


def test_outcomes_are_watched_on_all_scanners_together_in_the_order_they_are_told() -> None:
    entries = log(["a"] * 500)
    late = next(each for each in entries if each.exam == "e0420" and each.outcome)
    entries.append(replace(late, at=late.at + timedelta(days=90)))
    traces, _ = drift(entries)
    (outcome,) = (trace for trace in traces if trace.kind == "outcome")
    assert (outcome.scanner, len(outcome.points)) == ("", 100)
    times = [point.at for point in outcome.points]
    assert times == sorted(times)
    assert outcome.points[-1].exam == "e0420"


def test_too_few_exams_or_cancers_are_said() -> None:
    assert drift(log(["a"] * 399)) == ((), (NotWatched("net", "logit", 399, 400),))
    traces, missing = drift(log(["a"] * 450, outcomes=False))
    assert [trace.kind for trace in traces] == ["logit"]
    assert missing == (NotWatched("net", "outcome", 0, 10),)


def test_both_breasts_are_one_exam_with_their_mean_logit() -> None:
    chances = {LEFT: 0.2, RIGHT: 0.8}
    entries = [
        entry(Said.AI, "e1", by="net", laterality=side, probability=chance)
        for side, chance in chances.items()
    ]
    table = read_cases(entries)
    (period,) = WatchedAi("net", table, table.reads[NET], 400).periods(lambda _, name: name)
    assert (period.period, period.exams, period.n) == (NO_SCANNER, 1, 0)
    assert abs(period.mean_logit) < 1e-12
