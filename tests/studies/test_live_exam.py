"""A live exam becomes a study of the exam store, with all that a PACS wants of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.reading import Unsuitable
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.realtime.ledger import DropCause
from senoscope.studies.exams.exam_records import ExamState
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.live_exam import IMAGE, LiveExam, keep_live_exam
from senoscope.studies.live_exam_facts import OperatorSaid
from senoscope.studies.results.report_json import quality_of_json, reading_of_json
from senoscope.studies.results.report_words import said as report_said
from senoscope.studies.study_reading import StudyReading
from tests.studies.exams.test_full_disk import files_of_at_most
from tests.studies.live_exams import (
    PSEUDONYM,
    READER,
    SAID,
    SIZE,
    abstained,
    exam,
    lesion,
    phantom_frame,
    shown,
)
from tests.studies.results.conformance import dciodvfy_errors, dsrdump_complaints

WHO = "senoscope live"
RULER = CalibratedSpacing(PixelSpacing(0.1, 0.12), SpacingOrigin.RULER, 1.0)
SR = "measurements"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    opened = ExamStore.open(f"sqlite:///{tmp_path / 'exams.sqlite'}", tmp_path / "exams")
    yield opened
    opened.close()


def images(store: ExamStore, number: int = 1) -> list[Dataset]:
    return [dcmread(store.path_of(each.content)) for each in store.images_of(number)]


def results(store: ExamStore, kind: str, number: int = 1) -> list[Path]:
    kept = [each for each in store.results_of(number) if each.kind == kind]
    return [store.path_of(each.content) for each in kept]


def reading(store: ExamStore, number: int = 1) -> StudyReading:
    [kept] = store.readings_of(number)
    return reading_of_json(kept.reading)


def facts(store: ExamStore, number: int = 1) -> str:
    quality = quality_of_json(store.readings_of(number)[0].reading)
    assert quality is not None
    return str(quality)


def texts(path: Path) -> str:
    """All that an SR says."""
    return "\n".join(str(each.value) for each in dcmread(path).iterall() if each.VR != "SQ")


def keep(store: ExamStore, live: LiveExam) -> int:
    return keep_live_exam(store, live, WHO)


def test_key_frames_are_the_images_of_an_exam_that_was_read(store: ExamStore) -> None:
    number = keep(store, exam(lesion(1), lesion(4, SAID)))
    [row] = store.search(PSEUDONYM)
    assert (row.number, row.state, row.images) == (number, ExamState.READ, 2)
    assert (row.patient_id, row.modality) == (PSEUDONYM, "US")
    for image in images(store):
        assert np.array_equal(image.pixel_array, phantom_frame().pixels)
        assert (image.Columns, image.Rows) == SIZE
        assert image.PatientID == PSEUDONYM
        [region] = image.SequenceOfUltrasoundRegions
        spacing = phantom_frame().pixel_spacing
        assert spacing is not None
        assert region.PhysicalDeltaX == pytest.approx(spacing.column_mm / 10)


def test_the_reading_is_the_live_one(store: ExamStore) -> None:
    live = exam(lesion(1), lesion(4))
    keep(store, live)
    kept = reading(store)
    assert (kept.mode, kept.reader, kept.read_at) == ("live_exam", READER, live.ended.ended_at)
    assert [each.number for each in kept.findings] == [1, 4]
    uids = [each.instance_uid for each in kept.images]
    for found, of, uid in zip(kept.findings, live.lesions, uids, strict=True):
        assert np.array_equal(found.key.contour, of.track.lesion.contour)
        assert found.key.at.instance_uid == uid
        told = found.probability, found.lowest, found.highest, found.suspicion
        track = of.track
        assert told == (track.probability, track.lowest, track.highest, track.suspicion)
        assert found.measured is not None
        assert found.measured.depth is not None, "a phantom's skin is known"
        assert found.words
    assert [(each.frames, each.read, each.trouble) for each in kept.images] == [(1, 1, "")] * 2
    assert kept.images[0].spacing == phantom_frame().spacing


UNREAD = (shown(unsuitable=Unsuitable.IN_AIR), shown(unsuitable=Unsuitable.TEXT))
GRABBED = {"simulated": False, "spacing": RULER, "is_cut": True}
CASES = {
    "two lesions": exam(lesion(1), lesion(2, replace(SAID, side=""))),
    "sides": exam(lesion(1, SAID), lesion(2)),
    "no millimetres": exam(lesion(1), lesion(3, spacing=None)),
    "nobody's, of a scanner": exam(lesion(1, **GRABBED), patient=""),
    "no lesion": exam(seen=(shown(),)),
    "abstained": abstained(*UNREAD),
    "AI off": abstained(shown(), cause=DropCause.AI_OFF),
}


@pytest.mark.parametrize("case", CASES)
def test_every_object_conforms(store: ExamStore, case: str) -> None:
    live = CASES[case]
    keep(store, live)
    kinds = set()
    for each in store.results_of(1):
        if each.instance_uid is not None:
            assert dciodvfy_errors(store.path_of(each.content)) == [], each.kind
            kinds.add(each.kind)
    of_lesions = {"segmentation", "key image", "marks"} if live.lesions else set()
    assert kinds == {IMAGE, SR, "report"} | of_lesions
    assert dsrdump_complaints(results(store, SR)[0]) == []


def test_a_pacs_gets_the_key_frames_with_what_refers_to_them(store: ExamStore) -> None:
    keep(store, exam(lesion()))
    [image] = store.images_of(1)
    [sent] = [each for each in store.results_of(1) if each.kind == IMAGE]
    assert (sent.content, sent.instance_uid) == (image.content, image.instance_uid)


def test_where_every_frame_went_is_kept_and_said(store: ExamStore) -> None:
    keep(store, exam(lesion()))
    ledger = store.readings_of(1)[0].ledger
    assert ledger["captured"] == 120
    settled = ledger["read"] + ledger["duplicates"] + sum(ledger["dropped"].values())
    assert settled + ledger["in_flight"] == 120
    assert ledger["unsuitable"] == {"in_air": 1}
    said = facts(store)
    assert "120 frames captured, 110 read" in said
    assert "2: a newer one came" in said
    assert f"Not fit to be read: 1: {report_said('en', 'unsuitable_in_air')}." in said


def test_what_the_operator_said_is_not_lost(store: ExamStore) -> None:
    again = OperatorSaid(same_as=1, seen="across", diameters_mm=(9.0, 8.04, 7.0))
    keep(store, exam(lesion(1, SAID), lesion(2, again), lesion(3)))
    first, second, third = images(store)
    assert (first.ImageLaterality, "ImageLaterality" in second) == ("L", False)
    whole = 'left; 10 o\'clock; 3.5 cm from the nipple; rejected; "边界 soft edge"'
    assert first.ImageComments == whole
    assert second.ImageComments == "the same as lesion 1, seen across; 9.0 x 8.0 x 7.0 mm"
    assert "ImageComments" not in third
    operator = store.readings_of(1)[0].ledger["operator"]
    assert [each["number"] for each in operator] == [1, 2, 3]
    assert (operator[0]["side"], operator[0]["clock"], operator[0]["note"]) == ("L", 10, SAID.note)
    assert f"Lesion 1, as the operator said it: {whole}." in facts(store)
    [page] = results(store, "report.html")
    assert "3.5 cm from the nipple" in page.read_text(encoding="utf-8")
    assert "Left" in texts(results(store, SR)[0]), "the finding's side"


def test_only_of_a_simulated_picture_it_is_known_that_nothing_is_written_on_it(
    store: ExamStore,
) -> None:
    keep(
        store, exam(lesion(1), lesion(2, simulated=False), lesion(3, simulated=False, is_cut=True))
    )
    said = [image.get("BurnedInAnnotation") for image in images(store)]
    assert said == ["NO", "YES", None]


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_exam_says_so_everywhere(store: ExamStore, simulated: bool) -> None:
    keep(store, exam(lesion(simulated=simulated)))
    [page] = results(store, "report.html")
    assert ("SIMULATED: these pictures" in page.read_text(encoding="utf-8")) is simulated
    [image] = images(store)
    [report] = results(store, SR)
    for each in (image, dcmread(report)):
        assert ("SIMULATED" in each.StudyDescription) is simulated
    assert ("QualityControlImage" in image) is simulated


@pytest.mark.parametrize("patient", ["", " ", "a^b", "a\\b"])
def test_an_exam_of_nobodys_is_filed_under_a_number_of_its_own(
    store: ExamStore, patient: str
) -> None:
    live = exam(lesion(), patient=patient)
    later = replace(live.ended.name, number=4)
    for each in (live.ended, live.ended, replace(live.ended, name=later)):
        keep(store, replace(live, ended=each))  # two rooms were started in the same second
    ids = sorted(each.patient_id for each in store.search())
    began = live.ended.name.began_at.astimezone()
    named = [re.fullmatch(r"(exam_[0-9_-]+_[34])_[0-9]{6}", each) for each in ids]
    assert [each and each[1] for each in named] == [
        f"exam_{began:%Y%m%d-%H%M%S}_{number}" for number in (3, 3, 4)
    ]
    assert len(set(ids)) == 3
    assert live.label in facts(store)


def test_an_exam_on_which_all_was_abstained_leaves_a_report_that_says_why(
    store: ExamStore,
) -> None:
    air, text = (shown(unsuitable=each) for each in (Unsuitable.IN_AIR, Unsuitable.TEXT))
    keep(store, abstained(air, text))
    kept = reading(store)
    assert kept.abstained
    assert [dict(each.unsuitable) for each in kept.images] == [
        {Unsuitable.IN_AIR: 1},
        {Unsuitable.TEXT: 1},
    ]
    said = texts(results(store, SR)[0])
    assert "in_air" in said
    assert "No algorithms succeeded" in said
    assert "Not Attempted" in said
    assert "120: not fit to be read" in facts(store)
    assert store.search()[0].state is ExamState.READ


def test_an_exam_without_ai_says_that(store: ExamStore) -> None:
    keep(store, abstained(shown(), cause=DropCause.AI_OFF))
    assert "120: the AI was starting or off" in texts(results(store, SR)[0])


def test_an_exam_without_a_lesion_marks_nothing(store: ExamStore) -> None:
    keep(store, exam(seen=(shown(),)))
    kept = reading(store)
    assert (kept.abstained, kept.findings) == (False, ())
    assert "All algorithms succeeded; without findings" in texts(results(store, SR)[0])


def test_an_exam_without_any_frame_is_refused(store: ExamStore) -> None:
    with pytest.raises(SettingsError, match="without a frame"):
        keep(store, exam())


def test_a_full_disk_leaves_nothing_and_the_exam_fits_later(
    store: ExamStore, tmp_path: Path
) -> None:
    live = exam(lesion())
    with files_of_at_most(20_000), pytest.raises(StorageError, match="Free space"):
        keep(store, live)
    assert (store.search(), store.check().complaints) == ((), ())
    assert keep(store, live) == 1
