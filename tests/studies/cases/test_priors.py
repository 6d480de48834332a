from __future__ import annotations

import pytest

from senoscope.studies.cases.breast_place import BreastPlace
from senoscope.studies.cases.case_values import Said
from senoscope.studies.cases.priors import Change, compared_with_priors, size_change
from senoscope.studies.study_reading import FindingKind
from tests.studies.cases.case_builders import LEFT, MG, US, at, exam, finding, near

PLACE = near(30.0, 20.0)


@pytest.mark.parametrize(
    ("now", "before", "change", "percent"),
    [
        (16.0, 10.0, Change.GROWN, 60),
        (14.9, 10.0, Change.SAME, 49),
        (10.0, 20.0, Change.SHRUNK, -50),
        (55.0, 50.0, Change.SAME, 10),
    ],
)
def test_a_change_is_one_beyond_measuring_again(
    now: float, before: float, change: Change, percent: float
) -> None:
    said = size_change(now, before)
    assert said == (change, pytest.approx(percent), pytest.approx(now - before))


def test_what_was_there_before_is_compared_what_was_not_is_new_and_what_went_is_gone() -> None:
    now = exam(MG, finding(MG, PLACE, 1, mm=16.0), finding(MG, near(-30.0, -20.0), 2))
    before = exam(
        MG,
        finding(MG, near(33.0, 21.0), 1, exam=9, mm=10.0),
        finding(MG, near(-30.0, 30.0), 2, exam=9),
        number=9,
    )
    grown, new, gone = compared_with_priors([now, before])
    assert (grown.change, grown.percent, grown.mm) == (Change.GROWN, 60.0, 6.0)
    assert (new.change, new.before) == (Change.NEW, None)
    assert (gone.change, gone.now) == (Change.GONE, None)
    assert {each.prior for each in (grown, new, gone)} == {9}


def test_where_nobody_knows_that_it_was_looked_at_it_is_neither_new_nor_gone() -> None:
    now = exam(US, finding(US, at(2)))
    before = exam(US, finding(US, at(8), exam=9), number=9)
    assert [each.change for each in compared_with_priors([now, before])] == [
        Change.NOT_SEEN_BEFORE,
        Change.NOT_SEEN_NOW,
    ]


def test_an_unknown_place_size_or_kind_is_not_guessed() -> None:
    def said(ours: object, theirs: object) -> list[Change]:
        pair = [exam(MG, ours), exam(MG, theirs, number=9)]  # type: ignore[arg-type]
        return [each.change for each in compared_with_priors(pair)]

    old = finding(MG, PLACE, exam=9)
    assert said(finding(MG, PLACE, mm=None), old) == [Change.SEEN]
    assert said(finding(MG, BreastPlace(LEFT)), old) == [Change.UNCLEAR, Change.GONE]
    other = finding(MG, PLACE, kind=FindingKind.CALCIFICATIONS)
    assert said(other, old) == [Change.UNCLEAR, Change.UNCLEAR]
    away = finding(MG, near(-30.0, -20.0), exam=9, said=Said.OVERRULED)
    assert said(finding(MG, PLACE), away) == [Change.NEW]


def test_without_an_earlier_exam_or_one_that_may_be_seen_nothing_is_said() -> None:
    one = exam(MG, finding(MG, PLACE))
    assert compared_with_priors([one]) == ()
    assert compared_with_priors([one, exam(MG, number=9, shows=False)]) == ()
    assert compared_with_priors([one, exam(US, number=9)]) == ()
