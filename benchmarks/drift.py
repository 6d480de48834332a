"""How often drift alarms without a change, and how soon after one: by SIMULATION.

    python benchmarks/drift.py --report drift.json --runs 1000 --scores FILE

Each run draws a reference window and later exams from one distribution of logits, and counts
alarms; then, after a stretch without a change, 0.5 standard deviations are added to every logit.
Distributions: normal; skewed, as logits of rare findings are; and, with --scores, exams of a reader
study drawn with replacement, network by network. Outcomes: odds of cancer doubled at 4 %. The rules
are those of the product, called as it calls them; the limits were calculated, not tried.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from senoscope.models.evaluation.metrics import Estimate, Floats, bootstrap
from senoscope.models.evaluation.platt_fit import scaled
from senoscope.models.evaluation.readers.drift import (
    ODDS_CHANGE,
    SHIFT_SD,
    Moment,
    score_limit,
    watch_outcomes,
    watch_scores,
)
from senoscope.models.evaluation.readers.reader_calibration import logits, recalibration
from senoscope.models.evaluation.readers.replay import read_scores
from senoscope.models.evaluation.readers.run_length import Steps, alarmed_within
from senoscope.models.evaluation.thresholds import wilson

FIRST_SEED, MOST_RUNS = 27000, 1000
REFERENCES = (200, 300, 500, 1000)
QUIET, BEFORE, AFTER = 2000, 150, 100
"""Exams without a change, exams before one, and exams after it within which it is to be found."""
OUTCOME_REFERENCE, OUTCOME_QUIET, OUTCOME_AFTER = 1000, 5000, 3000
WITHIN = (500, 1000, 2000, 3000)
Draw = Callable[[np.random.Generator, int], Floats]


def moments(count: int) -> list[Moment]:
    """Of no meaning here."""
    return [Moment(datetime(2024, 1, 1, tzinfo=UTC), str(place)) for place in range(count)]


def scores(draw: Draw, sd: float, reference: int, runs: int) -> dict[str, Any]:
    """False alarms an exam, and the share of changes up and down found within AFTER exams."""
    false, found, delays = [], [], []
    for seed in range(FIRST_SEED, FIRST_SEED + runs):
        random = np.random.default_rng(seed)
        window = draw(random, reference)
        false.append(len(watch_scores(window, draw(random, QUIET), moments(QUIET)).alarms))
        way = 1 if seed % 2 else -1
        later = draw(random, BEFORE + AFTER)
        later[BEFORE:] += way * SHIFT_SD * sd
        alarms = watch_scores(window, later, moments(len(later))).alarms
        right = "up" if way > 0 else "down"
        delay = [each.place - BEFORE + 1 for each in alarms
                 if each.place >= BEFORE and each.direction == right]  # fmt: skip
        found.append(bool(delay))
        delays += delay[:1]
    return {
        "limit": score_limit(reference),
        "false_alarms_per_1000": kept(per_thousand(false, QUIET)),
        "found_within_100": kept(wilson(sum(found), runs)),
        "calculated_found_within_100": alarmed_within(
            Steps.normal(SHIFT_SD / 2), score_limit(reference), AFTER
        ),
        "median_exams_to_alarm": float(np.median(delays)),
        "runs": runs,
    }


def outcomes(runs: int) -> dict[str, Any]:
    """Of an AI whose probabilities hold, until the odds of cancer double."""
    false, delays = [], []
    for seed in range(FIRST_SEED, FIRST_SEED + runs):
        random = np.random.default_rng(seed)

        def drawn(count: int, factor: float, random: np.random.Generator = random) -> Any:
            of = random.normal(-4.2, 1.5, count)
            return random.random(count) < scaled(of, 1.0, float(np.log(factor))), of

        cancer, reference = drawn(OUTCOME_REFERENCE, 1.0)
        fit = recalibration(cancer, reference)
        if fit is None:
            raise SystemExit(f"Seed {seed}: no calibration of {int(cancer.sum())} cancers.")
        quiet = watch_outcomes(reference, drawn(OUTCOME_QUIET, 1.0), moments(OUTCOME_QUIET), fit)
        false.append(len(quiet.alarms))
        changed = drawn(OUTCOME_AFTER, ODDS_CHANGE)
        alarms = watch_outcomes(reference, changed, moments(OUTCOME_AFTER), fit).alarms
        delays.append(next((each.place + 1 for each in alarms if each.direction == "up"), np.inf))
    return {
        "false_alarms_per_1000_cases": kept(per_thousand(false, OUTCOME_QUIET)),
        "found_within": {
            str(most): kept(wilson(int((np.array(delays) <= most).sum()), runs)) for most in WITHIN
        },
        "median_cases_to_alarm": float(np.median(delays)),
        "runs": runs,
    }


def per_thousand(alarms: list[int], cases: int) -> Estimate:
    """By resampling runs, as alarms of one run share its reference."""
    counts = np.array(alarms, dtype=np.float64) * 1000 / cases
    return bootstrap(lambda rows: float(counts[rows].mean()), range(len(counts)))


def kept(figure: Estimate) -> list[float]:
    """Value and interval."""
    return [round(figure.value, 4), *(round(each, 4) for each in figure.ci)]


def again(of: Floats, random: np.random.Generator, count: int) -> Floats:
    """So many of these, drawn with replacement."""
    return random.choice(of, count)


def distributions(table: Path | None) -> dict[str, tuple[Draw, float]]:
    """How exams' logits are drawn, and the standard deviation of one."""
    made: dict[str, tuple[Draw, float]] = {
        "normal": (lambda random, count: random.normal(size=count), 1.0),
        "skewed (gamma 2)": (lambda random, count: random.gamma(2, size=count), 2**0.5),
    }
    if table is None:
        return made
    rows = read_scores(table.read_text(encoding="utf-8"))
    for name in sorted({who for row in rows for who in row.scores if not who.startswith("Reader")}):
        exams: dict[str, list[float]] = {}
        for row in rows:
            exams.setdefault(row.case, []).append(row.scores[name])
        of = np.array([logits(np.array(both)).mean() for both in exams.values()])
        made[name] = (partial(again, of), float(of.std()))
    return made


def main() -> None:
    """All distributions with a reference of 500, the first with all references."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--scores", type=Path)
    parser.add_argument("--runs", type=int, default=MOST_RUNS)
    given = parser.parse_args()
    every = distributions(given.scores)
    report: dict[str, Any] = {"simulated": True, "shift_sd": SHIFT_SD}
    for reference in REFERENCES:
        report[f"normal, reference {reference}"] = scores(*every["normal"], reference, given.runs)
    for name, drawn in list(every.items())[1:]:
        report[f"{name}, reference 500"] = scores(*drawn, 500, given.runs)
    report["outcomes, reference 1000 cases"] = outcomes(min(given.runs, 300))
    given.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
