from __future__ import annotations

from datetime import date

import pytest

from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import Suspicion
from senoscope.studies.cases.breast_place import BreastPlace
from senoscope.studies.cases.case_values import CaseExam, Said
from senoscope.studies.cases.disagreements import Disagreement, Dispute, disagreements
from senoscope.studies.cases.matching import grouped
from tests.studies.cases.case_builders import LEFT, MG, MRI, RIGHT, US, at, exam, finding, near

PLACE = near(34.6, 20.0)


def found(*exams: CaseExam) -> list[Disagreement]:
    return list(disagreements(exams, grouped(exams)))


def kinds(*exams: CaseExam) -> list[Dispute]:
    return [each.dispute for each in found(*exams)]


def test_what_agrees_is_not_disputed() -> None:
    assert kinds(exam(US, finding(US, at(2))), exam(MRI, finding(MRI, PLACE))) == []
    assert kinds() == []


def test_a_modality_that_covered_the_place_and_saw_nothing_is_named() -> None:
    [one] = found(exam(US, finding(US, at(2))), exam(MRI))
    assert (one.dispute, one.said["modality"]) == (Dispute.NOT_ON, "breast_mri")
    other_side = exam(MRI, covered=frozenset({(MRI, Laterality.RIGHT)}))
    assert kinds(exam(US, finding(US, at(2))), other_side) == []
    assert kinds(exam(US, finding(US, at(2))), exam(MRI, shows=False)) == []


def test_a_probe_covers_nothing_for_certain() -> None:
    assert kinds(exam(US), exam(MRI, finding(MRI, PLACE))) == [Dispute.NOT_ON_PROBE]


@pytest.mark.parametrize(
    ("one_mm", "other_mm", "differ"),
    [(10.0, 16.9, False), (10.0, 17.5, True), (40.0, 50.0, False), (40.0, 60.0, True)],
)
def test_sizes_differ_by_more_than_the_modalities_do(
    one_mm: float, other_mm: float, differ: bool
) -> None:
    said = found(
        exam(US, finding(US, at(2), mm=one_mm)), exam(MRI, finding(MRI, PLACE, mm=other_mm))
    )
    assert ([each.dispute for each in said] == [Dispute.SIZES]) is differ
    if differ:
        assert said[0].said == {
            "one": "ultrasound", "other": "breast_mri", "one_mm": one_mm, "other_mm": other_mm
        }  # fmt: skip


def test_a_size_that_is_not_known_is_not_compared() -> None:
    assert kinds(exam(US, finding(US, at(2), mm=None)), exam(MRI, finding(MRI, PLACE))) == []


def test_suspicion_is_compared_where_both_have_a_word() -> None:
    ours = exam(US, finding(US, at(2), suspicion=Suspicion.HIGH))
    assert kinds(ours, exam(MRI, finding(MRI, PLACE))) == []
    theirs = exam(MRI, finding(MRI, PLACE, suspicion=Suspicion.LOW))
    assert kinds(ours, theirs) == [Dispute.SUSPICION]


def test_what_a_reader_overruled_on_one_is_named() -> None:
    ours = exam(US, finding(US, at(2), said=Said.OVERRULED))
    assert kinds(ours, exam(MRI, finding(MRI, PLACE))) == [Dispute.OVERRULED]
    assert kinds(ours, exam(MRI)) == []


def test_sides_that_may_be_exchanged_are_named() -> None:
    ours = exam(US, finding(US, at(2)))
    theirs = exam(MRI, finding(MRI, near(34.6, 20.0, RIGHT)))
    assert Dispute.MIRRORED in kinds(ours, theirs)
    wrong = finding(MG, BreastPlace(None), contradicts_side=True)
    assert kinds(exam(MG, wrong)) == [Dispute.SIDE_CONTRADICTED]


def test_a_place_that_is_not_known_and_rivals_are_named() -> None:
    assert kinds(exam(MG, finding(MG, BreastPlace(LEFT)))) == [Dispute.NO_PLACE]
    two = [finding(MRI, near(40.0, 12.0), 1), finding(MRI, near(40.0, -12.0), 2)]
    said = kinds(exam(US, finding(US, at(3))), exam(MRI, *two))
    assert said.count(Dispute.RIVALS) == 3


def test_halves_that_contradict_each_other_are_named() -> None:
    ours = exam(US, finding(US, at(0.6, 25.0)))
    theirs = exam(MRI, finding(MRI, near(-12.0, 20.0)))
    assert Dispute.QUADRANTS not in kinds(ours, exam(MRI, finding(MRI, near(5.0, 20.0))))
    assert len(grouped([ours, theirs])) == 1
    assert Dispute.QUADRANTS in kinds(exam(US, finding(US, near(12.0, 20.0))), theirs)


def test_exams_far_apart_and_categories_that_differ_are_named() -> None:
    ours = exam(US, assessment="4A")
    theirs = exam(MRI, assessment="2", study_date=date(2025, 3, 1))
    said = found(ours, theirs)
    assert [each.dispute for each in said] == [Dispute.ASSESSMENTS, Dispute.APART]
    assert said[0].said["listed"] == "1: 4A, 4: 2"
    assert said[1].said["months"] == pytest.approx(10.1)
    assert kinds(ours, exam(MRI, assessment="4A")) == []
    assert kinds(exam(US, study_date=None), exam(MRI)) == []
