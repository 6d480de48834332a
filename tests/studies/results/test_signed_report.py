from dataclasses import replace
from datetime import datetime
from pathlib import Path

import highdicom.sr as hd
import pytest
from pydicom import Dataset

from senoscope.domain.errors import SettingsError
from senoscope.studies.results.measurement_report import measurement_report
from senoscope.studies.results.signed_report import signed_report
from senoscope.studies.sign_off import Assessment, SignedReading, Signer
from tests.studies.results.measurement_templates import BIRADS, SIGNED_REPORT
from tests.studies.results.report_builders import (
    abstained,
    ellipse,
    finding,
    measurements,
    reading,
    signed,
)
from tests.studies.results.sr_builders import CHINESE, UltrasoundHeaders, kept, referenced
from tests.studies.results.template_rows import broken_rows, concept_of, items_of, value_of

OURS = "99SENOSCOPE"


def both(given: SignedReading, folder: Path) -> tuple[Dataset, Dataset]:
    """The machine's report and the signed one."""
    headers = UltrasoundHeaders()
    machine = measurement_report(given.reading, headers)
    remeasured = {1: measurements()}
    return machine, kept(signed_report(given, machine, headers, remeasured=remeasured), folder)


def values(document: Dataset, concept: tuple[str, str]) -> list[tuple[str, str] | None]:
    return [value_of(each) for each in items_of(document) if concept_of(each) == concept]


def test_it_reads_back_row_by_row(tmp_path: Path) -> None:
    _, document = both(signed(), tmp_path)
    assert broken_rows(document, SIGNED_REPORT) == []
    _, unread = both(signed(abstained()), tmp_path)
    assert broken_rows(unread, SIGNED_REPORT) == []


def test_it_is_a_new_verified_instance_that_succeeds_the_machines(tmp_path: Path) -> None:
    machine, document = both(signed(), tmp_path)
    assert document.SOPInstanceUID != machine.SOPInstanceUID
    assert machine.VerificationFlag == "UNVERIFIED"
    assert (document.CompletionFlag, document.VerificationFlag) == ("COMPLETE", "VERIFIED")
    assert document.PreliminaryFlag == "FINAL"
    assert referenced(document, "PredecessorDocumentsSequence") == [machine.SOPInstanceUID]
    [observer] = document.VerifyingObserverSequence
    assert observer.VerifyingObserverName == "Müller^Anna"
    assert observer.VerifyingOrganization == "Hospital of Somewhere"
    local = datetime.strptime(observer.VerificationDateTime, "%Y%m%d%H%M%S.%f").astimezone()
    assert local == signed().final.at


def test_the_person_and_the_device_are_its_observers(tmp_path: Path) -> None:
    _, document = both(signed(), tmp_path)
    assert values(document, ("121005", "DCM")) == [("121006", "DCM"), ("121007", "DCM")]
    [name] = [each for each in items_of(document) if concept_of(each) == ("121008", "DCM")]
    assert name.PersonName == "Müller^Anna"


def test_chinese_names_and_texts_survive(tmp_path: Path) -> None:
    given = replace(signed(text="左乳肿块。"), signer=Signer("李^医生", "北京医院"))
    _, document = both(given, tmp_path)
    assert document.PatientName == CHINESE
    assert document.VerifyingObserverSequence[0].VerifyingObserverName == "李^医生"
    texts = [each.get("TextValue") for each in items_of(document)]
    assert "左乳肿块。" in texts
    assert "北京医院" in texts


def test_every_finding_stays_with_what_was_decided_on_it(tmp_path: Path) -> None:
    given = signed(reading(*(finding(number) for number in (1, 2, 3))))
    _, document = both(given, tmp_path)
    report = hd.ComprehensiveSR.from_dataset(document)
    groups = report.content.get_planar_roi_measurement_groups()
    assert [each.tracking_uid for each in groups] == ["2.25.1", "2.25.1", "2.25.2", "2.25.3"]
    decided = [each for each in items_of(document) if concept_of(each) == ("decision", OURS)]
    assert [value_of(each) for each in decided] == [
        ("edited", OURS),
        ("overruled", OURS),
        ("accepted", OURS),
    ]
    reasons = [[each.TextValue for each in item.get("ContentSequence", ())] for item in decided]
    assert reasons == [["The margin was cut."], ["A shadow of the rib."], []]


def test_the_edited_outline_stands_beside_the_softwares(tmp_path: Path) -> None:
    _, document = both(signed(), tmp_path)
    report = hd.ComprehensiveSR.from_dataset(document)
    ours, edited = report.content.get_planar_roi_measurement_groups(tracking_uid="2.25.1")
    assert ours.roi.value[:-1] == pytest.approx(ellipse() + 0.5)
    assert edited.roi.value[:-1] == pytest.approx(ellipse(151) + 0.5)
    names = [each.name.meaning for each in edited.get_measurements()]
    assert "Long axis" in names
    assert "Probability of cancer" not in names
    algorithms = [concept_of(each) for each in edited[0].ContentSequence]
    assert ("111001", "DCM") not in algorithms


def test_both_impressions_are_kept_apart(tmp_path: Path) -> None:
    _, document = both(signed(), tmp_path)
    stages = {}
    for item in items_of(document):
        if concept_of(item) in (("111005", "DCM"), ("121073", "DCM")):
            stage = value_of(item.ContentSequence[0])
            said = item.get("TextValue") or value_of(item)
            stages.setdefault(stage, []).append((said, str(item.ObservationDateTime)[:14]))
    alone, final = signed().alone, signed().final
    assert alone is not None
    times = [each.at.astimezone().strftime("%Y%m%d%H%M%S") for each in (alone, final)]
    assert stages == {
        ("stage_alone", OURS): [(("397143007", "SCT"), times[0]), ("Looks benign.", times[0])],
        ("stage_final", OURS): [(("MA.II.A.5.4A", "BI"), times[1]), ("A mass.", times[1])],
    }


def test_without_a_reading_alone_there_is_one_impression(tmp_path: Path) -> None:
    _, document = both(replace(signed(text=""), alone=None), tmp_path)
    assert len(values(document, ("111005", "DCM"))) == 1
    assert values(document, ("121073", "DCM")) == []
    assert broken_rows(document, SIGNED_REPORT) == []


@pytest.mark.parametrize("category", Assessment)
def test_every_category_is_coded(category: Assessment, tmp_path: Path) -> None:
    given = signed()
    given = replace(given, alone=None, final=replace(given.final, assessment=category))
    _, document = both(given, tmp_path)
    [code] = values(document, ("111005", "DCM"))
    assert code in BIRADS


def test_every_image_is_evidence_that_of_an_edited_outline_too(tmp_path: Path) -> None:
    given = signed()
    edited = given.decisions[0]
    assert edited.outline is not None
    elsewhere = replace(edited.outline.at, instance_uid=edited.outline.at.instance_uid + "9")
    moved = replace(edited, outline=replace(edited.outline, at=elsewhere))
    given = replace(given, decisions=(moved, *given.decisions[1:]))
    _, document = both(given, tmp_path)
    listed = referenced(document, "CurrentRequestedProcedureEvidenceSequence")
    images = {
        each.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        for each in items_of(document)
        if each.get("ValueType") == "IMAGE"
    }
    assert images <= set(listed)
    assert elsewhere.instance_uid in listed


def test_the_report_of_another_study_cannot_be_succeeded() -> None:
    headers = UltrasoundHeaders()
    machine = measurement_report(signed().reading, headers)
    machine.StudyInstanceUID = "1.2.9"
    with pytest.raises(SettingsError, match="another study"):
        signed_report(signed(), machine, headers)


def test_any_text_that_can_be_typed_can_be_kept(tmp_path: Path) -> None:
    _, document = both(signed(text="left\x00 \ud800 𠮷 \\ ^ = \n" + "乳" * 1000), tmp_path)
    [said] = [
        each.TextValue
        for each in items_of(document)
        if concept_of(each) == ("121073", "DCM") and len(each.TextValue) > 1000
    ]
    assert "𠮷 \\ ^ = \n乳" in said
