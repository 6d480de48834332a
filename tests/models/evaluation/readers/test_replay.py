"""The reader study's table as a log, and its published figures from that log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.domain.reader_log import Outcome, Said
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.models.evaluation.readers.reader_calibration import logits
from senoscope.models.evaluation.readers.replay import (
    NEW_SCANNER,
    Replay,
    exam_spread,
    read_scores,
    replayed,
)

HEAD = "case_ID,side,label,Reader01_POM,AI_net_POM\n"
TABLE = HEAD + "7,L,1.0,0.9,0.5\n7,R,0.0,0.0,0.25\n8,L,0,0.1,0.1\n8,R,0,0.2,0.1\n"


def test_every_score_and_label_becomes_an_entry() -> None:
    entries = replayed(read_scores(TABLE), Replay())
    said = {(each.exam, each.laterality, each.said, each.by): each for each in entries}
    assert len(said) == len(entries) == 12
    assert said["E7", "L", Said.ALONE, "Reader 01"].probability == 0.9
    assert said["E7", "R", Said.AI, "net"].probability == 0.25
    outcomes = [each.outcome for each in entries if each.said is Said.PATHOLOGY]
    assert sorted(outcomes) == [Outcome.MALIGNANT] + [Outcome.NO_CANCER] * 3


def test_times_and_scanners_say_that_they_are_simulated_and_are_the_same_each_time() -> None:
    entries = replayed(read_scores(TABLE), Replay())
    assert entries == replayed(read_scores(TABLE), Replay())
    assert all("simulated" in each.scanner for each in entries)
    assert [each.at for each in entries] == sorted(each.at for each in entries)


def test_a_reading_with_the_network_is_the_mean_of_log_odds() -> None:
    entries = replayed(read_scores(TABLE), Replay(with_ai="net"))
    (found,) = (
        each for each in entries
        if each.said is Said.WITH_AI and each.exam == "E7" and each.laterality == "L"
    )  # fmt: skip
    assert found.probability == pytest.approx(0.75)  # odds 9 and 1: 3
    with pytest.raises(SettingsError, match="networks: net"):
        replayed(read_scores(TABLE), Replay(with_ai="other"))


def test_a_new_scanner_shifts_the_networks_and_nobody_else() -> None:
    rows = "".join(
        f"{case},{side},0,0.{case % 9},0.{case % 7 + 1}\n"
        for case in range(100, 200) for side in "LR"
    )  # fmt: skip
    table = read_scores(HEAD + rows)
    plain, moved = (replayed(table, Replay(shift_sd=shift)) for shift in (0.0, 0.5))
    changed = [
        (one, other) for one, other in zip(plain, moved, strict=True)
        if one.probability != other.probability
    ]  # fmt: skip
    assert changed
    assert {other.scanner for _, other in changed} == {NEW_SCANNER}
    assert {other.said for _, other in changed} == {Said.AI}
    both = [[table[place], table[place + 1]] for place in range(0, 200, 2)]
    spread = exam_spread(both, "net")
    one, other = changed[0]
    gap = logits(np.array([other.probability])) - logits(np.array([one.probability]))
    assert gap[0] == pytest.approx(0.5 * spread)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "lacks case_ID, side, label"),
        ("case_ID,side,label,note\n1,L,0,x\n", "any column of scores"),
        (HEAD, "no rows"),
        (HEAD + "7,B,1,0,0\n", "Line 2, column side: 'B'"),
        (HEAD + "7,L,2,0,0\n", "label"),
        (HEAD + "7,L,1,1.5,0\n", "Reader01_POM: '1.5'"),
        (HEAD + "7,L,1,,0\n", "Reader01_POM: ''"),
        (HEAD + "7,L,1,nan,0\n", "0 to 1"),
        (HEAD + "7,L,1\n", "Reader01_POM"),
        (HEAD + ",L,1,0,0\n", "case_ID"),
        (HEAD + "7,L,1,0,0\n7,L,0,0,0\n", "Line 3, column side: the same breast"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line_and_column(text: str, said: str) -> None:
    with pytest.raises(DataSetError, match=said):
        read_scores(text)


@pytest.mark.parametrize("wrong", [{"shift_sd": 9.0}, {"shift_from": 0.0}, {"shift_from": 1.0}])
def test_a_wrong_shift_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="was given; expected"):
        Replay(**wrong)  # type: ignore[arg-type]


def test_the_published_figures_come_out_of_the_log(public_data: Path) -> None:
    rows = read_scores((public_data / "reader-study" / "scores.csv").read_text())
    study = read_log(replayed(rows, Replay()), resamples=20)
    counted = study.counted
    assert (counted.exams, counted.cases, counted.cancers) == (720, 1440, 61)
    (mean,) = study.means
    assert (mean.readers, mean.n) == (14, 1440)
    assert mean.value == pytest.approx(0.778, abs=1e-3)
    best = max(of.auc.value for of in study.figures if of.said is Said.AI and of.auc)
    assert best == pytest.approx(0.881, abs=5e-4)
