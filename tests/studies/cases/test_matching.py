from __future__ import annotations

from dataclasses import replace

import pytest

from senoscope.studies.cases.breast_place import BreastPlace, ViewOffset, views_place
from senoscope.studies.cases.matching import grouped, likeness
from senoscope.studies.study_reading import FindingKind
from tests.studies.cases.case_builders import (
    DBT,
    LEFT,
    MG,
    MRI,
    RIGHT,
    US,
    at,
    exam,
    finding,
    near,
)


def members(*exams: object) -> list[list[str]]:
    return [
        [f"{each.modality.value} {each.key.number}" for each in group.findings]
        for group in grouped(exams)  # type: ignore[arg-type]
    ]


def test_one_place_on_four_modalities_is_one_lesion() -> None:
    seen = [finding(US, at(2)), *(finding(each, near(34.6, 20.0)) for each in (MG, DBT, MRI))]
    [group] = grouped([exam(each.modality, each) for each in seen])
    assert [each.modality for each in group.findings] == [US, MG, DBT, MRI]
    assert group.side is LEFT and 0.8 < group.sure < 1 and group.rivals == ()


@pytest.mark.parametrize(("apart_mm", "joined"), [(0, True), (15, True), (25, True), (60, False)])
def test_it_may_lie_one_or_two_centimetres_off_and_no_more(apart_mm: float, joined: bool) -> None:
    found = members(
        exam(US, finding(US, at(3))), exam(MRI, finding(MRI, near(40.0, float(apart_mm))))
    )
    assert (len(found) == 1) is joined


def test_the_other_breast_is_another_lesion_but_for_the_mirror() -> None:
    one, other = finding(US, at(2)), finding(MRI, near(34.6, 20.0, RIGHT))
    assert not likeness(one, other).is_match
    assert likeness(one, other, mirrored=True).is_match
    assert not likeness(one, finding(MRI, near(34.6, 20.0)), mirrored=True).is_match
    assert len(grouped([exam(US, one), exam(MRI, other)])) == 2


def test_an_unknown_place_is_joined_with_nothing() -> None:
    for place in (BreastPlace(None), BreastPlace(LEFT)):
        assert len(members(exam(US, finding(US, place)), exam(MRI, finding(MRI, place)))) == 2


def test_two_that_could_be_it_leave_it_alone() -> None:
    two = [finding(MRI, near(40.0, 12.0), 1), finding(MRI, near(40.0, -12.0), 2)]
    groups = grouped([exam(US, finding(US, at(3))), exam(MRI, *two)])
    assert len(groups) == 3
    by_modality = {group.findings[0].key: group for group in groups}
    own = by_modality[finding(US, at(3)).key]
    assert [key.number for key in own.rivals] == [1, 2]


def test_the_nearer_of_two_is_taken_where_it_is_clearly_nearer() -> None:
    two = [finding(MRI, near(40.0, 2.0), 1), finding(MRI, near(25.0, -32.0), 2)]
    found = members(exam(US, finding(US, at(3))), exam(MRI, *two))
    assert ["ultrasound 1", "breast_mri 1"] in found and ["breast_mri 2"] in found


def test_two_lesions_are_two_pairs() -> None:
    ours = [finding(US, at(1), 1), finding(US, at(7), 2)]
    theirs = [finding(MRI, near(-20.0, -34.6), 1), finding(MRI, near(20.0, 34.6), 2)]
    found = members(exam(US, *ours), exam(MRI, *theirs))
    assert sorted(found) == [["ultrasound 1", "breast_mri 2"], ["ultrasound 2", "breast_mri 1"]]


def test_one_exam_s_findings_are_never_joined_but_a_mass_and_its_calcifications() -> None:
    mass = finding(MG, near(30.0, 0.0), 1)
    grains = finding(MG, near(33.0, 0.0), 2, kind=FindingKind.CALCIFICATIONS)
    assert members(exam(MG, mass, grains)) == [["mammography 1", "mammography 2"]]
    assert len(members(exam(MG, mass, replace(grains, kind=FindingKind.MASS)))) == 2
    [together] = members(exam(MG, mass, grains), exam(US, finding(US, at(3, 30.0))))
    assert together == ["ultrasound 1", "mammography 1", "mammography 2"]


def test_one_view_alone_joins_what_lies_in_its_band_less_surely() -> None:
    above = views_place(LEFT, [ViewOffset(0.0, 34.6, 8.0)], 0.0)
    one = likeness(finding(MG, above), finding(US, at(2)))
    both = likeness(finding(MG, near(34.6, 20.0)), finding(US, at(2)))
    assert 0.5 < one.probability < both.probability


def test_only_the_newest_exam_of_a_modality_takes_part() -> None:
    old = exam(US, finding(US, at(8), exam=9), number=9)
    assert members(exam(US, finding(US, at(2))), old) == [["ultrasound 1"]]
    assert grouped([]) == ()
