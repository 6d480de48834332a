from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.studies.cases.case_values import Modality, Said
from senoscope.studies.cases.disagreements import Dispute
from senoscope.studies.cases.patient_case import PatientCase, patient_case
from senoscope.studies.cases.priors import Change
from senoscope.studies.exams.exam_records import NewReading, StudyFacts
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.live_exam_facts import OperatorSaid
from senoscope.studies.results.report_json import reading_of_json, signed_json
from senoscope.studies.sign_off import (
    Assessment,
    Decision,
    Impression,
    SignedReading,
    Signer,
    Verdict,
)
from tests.studies.cases.simulated_patient import WHO, keep_patient, keep_ultrasound


@dataclass(frozen=True)
class Kept:
    store: ExamStore
    exams: dict[str, int]

    def case(self, of: str = "ultrasound") -> PatientCase:
        return patient_case(self.store, self.exams[of])


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("patient")
    with opened(folder) as store:
        yield Kept(store, keep_patient(store, folder))


def opened(folder: Path) -> ExamStore:
    return ExamStore.open(f"sqlite:///{folder / 'exams.sqlite'}", folder / "exams")


def test_every_exam_of_the_patient_is_there_the_newest_first(kept: Kept) -> None:
    for name, number in kept.exams.items():
        case = kept.case(name)
        assert case.asked == number
        assert [each.number for each in case.exams] == [5, 4, 3, 2, 1]
    assert all(each.simulated and not each.trouble for each in kept.case().exams)


def test_one_lesion_has_one_place_on_four_modalities(kept: Kept) -> None:
    first = kept.case().groups[0]
    assert {each.modality for each in first.findings} == set(Modality)
    assert first.side is Laterality.LEFT
    for each in first.findings:
        assert each.place.clock is not None
        assert each.place.clock.hour == pytest.approx(2.0, abs=0.02)
        assert (each.place.lateral_mm, each.place.up_mm) == pytest.approx((34.6, 20.0), abs=0.2)
    us, mg, dbt, mri = first.findings
    assert us.said is Said.ACCEPTED and mri.curve == "III"
    assert [round(each.size.mm) for each in (mg, dbt, mri) if each.size] == [14, 16, 18]


def test_what_differs_is_named_and_earlier_exams_are_compared(kept: Kept) -> None:
    case = kept.case()
    disputes = [each.dispute for each in case.disagreements if each.group == 1]
    assert disputes == [Dispute.SIZES]
    changes = {each.change: each for each in case.lines}
    assert set(changes) == {Change.GROWN, Change.NEW, Change.GONE}
    assert changes[Change.GROWN].percent == pytest.approx(75.0, abs=0.1)


def test_what_may_not_be_seen_yet_is_not_told(kept: Kept) -> None:
    hidden = kept.exams["mri"]
    case = patient_case(kept.store, kept.exams["mri"], lambda exam: exam != hidden)
    [own] = [each for each in case.exams if each.number == hidden]
    assert not own.shows and own.findings == () and own.covered == frozenset()
    assert Modality.BREAST_MRI not in {each.modality for each in case.groups[0].findings}
    assert not any(each.said.get("modality") == "breast_mri" for each in case.disagreements)


def test_a_sign_off_is_what_holds(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        number = keep_ultrasound(store, OperatorSaid("L", 2, 4.0, "", "accepted"))
        [kept] = store.readings_of(number)
        reading = reading_of_json(kept.reading)
        final = Impression(Assessment.BENIGN, "A cyst.", datetime(2026, 1, 3, tzinfo=UTC))
        decision = Decision(1, Verdict.OVERRULED, "A cyst.")
        signed = SignedReading(reading, None, (decision,), final, Signer("A^B", "C"))
        store.sign(kept.number, signed_json(signed), (), WHO)
        case = patient_case(store, number)
    assert case.exams[0].assessment == "2"
    [found] = case.findings
    assert (found.said, found.why, found.is_kept) == (Said.OVERRULED, "A cyst.", False)


def test_what_the_operator_called_the_same_is_told_once(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        again = OperatorSaid("L", 2, 4.0, same_as=1, seen="again")
        number = keep_ultrasound(store, OperatorSaid("L", 2, 4.0), again)
        [found] = patient_case(store, number).findings
    assert (found.key.number, found.same) == (1, (2,))


def test_a_damaged_reading_is_said_of_its_exam_and_the_others_stand(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        number = keep_ultrasound(store, OperatorSaid("L", 2, 4.0))
        patient = store.exam(number).patient_id
        facts = StudyFacts("1.2.9", patient, "", None, "MG")
        other = store.keep_study(facts, (), WHO).exam
        store.add_reading(other, NewReading("mammography", {"what": "?"}, (), "", {}, {}), WHO)
        case = patient_case(store, other)
    by_number = {each.number: each for each in case.exams}
    assert "damaged" in by_number[other].trouble
    assert by_number[number].trouble == "" and len(case.groups) == 1


def test_nobody_s_exam_stands_alone_and_no_exam_is_said(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with pytest.raises(SettingsError, match="not in the store"):
            patient_case(store, 1)
        one, other = (
            store.keep_study(StudyFacts(uid, "", "", None, "US"), (), WHO).exam
            for uid in ("1.2.1", "1.2.2")
        )
        case = patient_case(store, one)
        assert [each.number for each in case.exams] == [one]
        assert (case.groups, case.lines, case.disagreements) == ((), (), ())
        assert other != one


def test_a_number_that_is_part_of_another_is_another_patient_s(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        mine, _, also_mine = (
            store.keep_study(StudyFacts(uid, patient, "", None, "US"), (), WHO).exam
            for uid, patient in (("1.2.1", "A-1"), ("1.2.2", "A-17"), ("1.2.3", "A-1"))
        )
        found = [each.number for each in patient_case(store, mine).exams]
    assert found == [also_mine, mine]


def test_a_case_is_a_value(kept: Kept) -> None:
    assert replace(kept.case()) == kept.case()
