"""A log in, everything that a dashboard shows out."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.reader_log import LogEntry, Outcome, Said
from senoscope.models.evaluation.metrics import auc
from senoscope.models.evaluation.readers.read_cases import read_cases
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.models.evaluation.readers.reader_rows import Outcomes, order
from senoscope.models.evaluation.readers.reader_study import ReaderStudy
from tests.models.evaluation.readers.builders import LEFT, RIGHT, crossed_log, entry


@pytest.fixture(scope="module")
def log() -> tuple[LogEntry, ...]:
    return crossed_log(80, 3)


@pytest.fixture(scope="module")
def study(log: tuple[LogEntry, ...]) -> ReaderStudy:
    return read_log(log, resamples=200)


def test_all_is_counted(study: ReaderStudy, log: tuple[LogEntry, ...]) -> None:
    counted = study.counted
    assert (counted.entries, counted.patients, counted.exams) == (len(log), 80, 80)
    assert (counted.cases, counted.with_outcome, counted.left_out) == (160, 160, ())
    assert counted.first == min(each.at for each in log)
    assert counted.last == max(each.at for each in log)


def test_every_reader_has_figures_in_every_role(
    study: ReaderStudy, log: tuple[LogEntry, ...]
) -> None:
    roles = [(of.by, of.said) for of in study.figures]
    assert roles == [
        *((f"r{reader}", Said.ALONE) for reader in range(3)),
        *((f"r{reader}", Said.WITH_AI) for reader in range(3)),
        ("net 1", Said.AI),
    ]
    table = read_cases(log)
    known = Outcomes.known(table)
    for of in study.figures:
        scores = order(known.reads(table.reads[of.said, of.by]))[1]
        assert of.auc is not None
        assert of.auc.value == pytest.approx(auc(known.labels, scores))
        assert (of.roc[0], of.roc[-1]) == ((0, 0), (1, 1))
        area = sum(
            (x2 - x1) * (y1 + y2) / 2
            for (x1, y1), (x2, y2) in zip(of.roc, of.roc[1:], strict=False)
        )
        assert area == pytest.approx(of.auc.value)
        assert (of.ordered_by, of.called_by) == ("probability", "probability")


def test_readers_gain_and_both_means_agree_with_it(study: ReaderStudy) -> None:
    alone, with_ai = study.means
    (gain,) = (each for each in study.differences if each.one == "reader with AI"
               and each.other == "reader alone")  # fmt: skip
    assert gain.value == pytest.approx(with_ai.value - alone.value)
    assert gain.value == pytest.approx(
        sum(each.difference.value for each in study.pairs) / len(study.pairs)
    )
    assert gain.ci[0] > 0
    assert [each.other for each in study.differences] == ["reader alone", "net 1", "net 1"]


def test_agreement_is_of_all_pairs_and_of_all_readers(study: ReaderStudy) -> None:
    kinds = [each.kind for each in study.agreement if each.said is Said.ALONE]
    assert sorted(kinds) == ["Cohen"] * 3 + ["Fleiss"] + ["weighted"] * 3


def test_months_and_scanners_are_of_the_ai(study: ReaderStudy) -> None:
    assert [each.period for each in study.by_month] == ["2025-03", "2025-04", "2025-05"]
    assert sum(each.exams for each in study.by_month) == 80
    (scanner,) = study.by_scanner
    assert (scanner.period, scanner.exams, scanner.n) == ("s1", 80, 160)
    assert [each.needed for each in study.not_watched] == [500]


def test_readers_who_did_not_read_the_same_cases_have_no_mean() -> None:
    log = [
        each for each in crossed_log(40, 2, with_ai=False)
        if not (each.by == "r0" and each.exam < "e0020")
        and not (each.by == "r1" and each.exam >= "e0020")
    ]  # fmt: skip
    study = read_log(log, resamples=50)
    assert (study.means, study.agreement) == ((), ())
    assert [of.n for of in study.figures] == [40, 40, 80]


def test_categories_alone_make_a_study_too() -> None:
    words = ("1", "4A", "3", "5", "2", "0", "4", "1")
    log = [
        entry(said, f"e{place}", place, laterality=side, **what)
        for place, word in enumerate(words)
        for side in (LEFT, RIGHT)
        for said, what in (
            (Said.ALONE, {"assessment": word}),
            (Said.PATHOLOGY, {"outcome": Outcome.MALIGNANT if word in "453" else Outcome.BENIGN}),
        )
    ]
    (of,) = read_log(log, resamples=50).figures
    assert (of.ordered_by, of.called_by) == ("BI-RADS", "BI-RADS")
    assert of.sensitivity.value == pytest.approx(2 / 3)
    assert of.specificity.value == pytest.approx(3 / 5)


def test_overrides_are_tallied_by_reader_and_reason() -> None:
    log = [
        *(entry(Said.OVERRIDE, f"e{place}", reason="scar", assessment="2") for place in range(3)),
        entry(Said.OVERRIDE, "e9", reason="cyst", assessment="2"),
        entry(Said.PATHOLOGY, "e0", outcome=Outcome.MALIGNANT),
        entry(Said.PATHOLOGY, "e1", outcome=Outcome.BENIGN),
    ]
    first, second = read_log(log, resamples=50).overrides
    assert (first.reason, first.count, first.of_cancers, first.of_others) == ("scar", 3, 1, 1)
    assert (second.reason, second.count, second.of_cancers, second.of_others) == ("cyst", 1, 0, 0)


def test_an_empty_log_is_a_study_of_nothing() -> None:
    study = read_log([])
    assert study.counted.entries == 0
    assert study.counted.first is None
    assert not (study.figures or study.means or study.drift or study.overrides)


def test_reads_without_any_outcome_have_no_figures_but_their_drift_is_watched() -> None:
    study = read_log(
        [
            entry(Said.AI, f"e{place}", place, probability=0.1 + place / 1000)
            for place in range(250)
        ],
        reference_exams=200,
        resamples=50,
    )
    assert study.figures == ()
    assert [(each.reason, each.count) for each in study.counted.left_out] == [("no_outcome", 250)]
    assert len(study.drift) == 1
    assert study.drift[0].alarms


def test_a_short_window_is_refused() -> None:
    with pytest.raises(SettingsError, match="at least 200"):
        read_log([], reference_exams=100)
