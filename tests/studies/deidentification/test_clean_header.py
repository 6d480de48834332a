"""Attributes of every kind, nested and in reports."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import DataElement, Dataset
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.deidentification.attribute_actions import (
    Action,
    action_on,
    listed_actions,
    rows,
)
from senoscope.studies.deidentification.clean_header import DeidentifyOptions, HeaderCleaning
from senoscope.studies.deidentification.identity_search import Identity
from senoscope.studies.deidentification.pseudonyms import Pseudonym
from tests.studies.deidentification.exports import KEY

NOBODY = Identity(frozenset(), frozenset(), frozenset(), frozenset())
NONE_RETAINED = DeidentifyOptions(modified_dates=False, patient_characteristics=False)
SECRETS: dict[str, Any] = {
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "CS"), "SECRET"),
    "UR": "http://secret",
    "UI": "1.2.3.777",
    "DA": "20200203",
    "DT": "20200203101010",
    "TM": "010203",
    "AS": "077Y",
    "DS": "77.75",
    "IS": "7775",
    "US": 7775,
    "OB": b"SECRET",
    "UN": b"SECRET",
}


def cleaned(source: Dataset, options: DeidentifyOptions = NONE_RETAINED) -> Dataset:
    return HeaderCleaning(KEY, Pseudonym("P1", 10), options, NOBODY).of_items(source, 0)


def secret(tag: int, vr: str) -> DataElement:
    if vr == "SQ":
        item = Dataset()
        item.ImageComments = item.PatientName = "SECRET"
        item.ReferencedSOPInstanceUID = "1.2.3.777"
        return DataElement(tag, vr, Sequence([item]))
    return DataElement(tag, vr, SECRETS[vr.split(" or ", maxsplit=1)[0]])


def test_no_value_of_any_row_of_the_table_is_left() -> None:
    table = list(rows("table_e_1_1.csv"))
    assert len(table) == 652
    kept = []
    for row in table:
        tag = int(row["tag"], 16)
        vr = dictionary_VR(tag) if dictionary_has_tag(tag) else "LO"
        source = Dataset()
        source.add(secret(tag, vr))
        made = str(cleaned(source))
        if any(str(each).strip("b'") in made for each in SECRETS.values()):
            kept.append(row)
    assert not kept


def test_the_table_and_the_list_beside_it_agree_where_both_speak() -> None:
    """Only the option's rows, what is said anew and graphics are decided otherwise."""
    table = {int(each["tag"], 16) for each in rows("table_e_1_1.csv")}
    both = [each for each in rows("other_attributes.csv") if Tag(each["keyword"]) in table]
    assert {each["action"] for each in both} <= {"characteristic", "remove"}
    assert all(isinstance(each, Action) for each in listed_actions().values())


@pytest.mark.parametrize(
    ("tag", "vr"),
    [
        (0x00091001, "LO"),  # private
        (0x60003000, "OW"),
        (0x50003000, "OW"),
        (0x00080999, "LO"),  # in no dictionary
        (0x00180050, "LO"),  # SliceThickness is a DS
        (0x00185010, "CS"),  # TransducerData is an LO: words of any kind
        (0x00080070, "OB"),  # Manufacturer is an LO
        (0x00104000, "LT"),
        (0x04000561, "SQ"),
        (0xFFFCFFFC, "OB"),
        (0x00081035, "LO"),
    ],
)
def test_what_is_not_known_to_be_safe_goes(tag: int, vr: str) -> None:
    assert action_on(Tag(tag), vr) is Action.REMOVE


@pytest.mark.parametrize(
    ("keyword", "value", "left"),
    [
        ("StudyDate", "20240101", "20231222"),
        ("StudyDate", "2024.01.01", "20231222"),
        ("StudyDate", "January", None),
        ("AcquisitionDateTime", "20240101101112.5+0100", "20231222101112.5"),
        ("AcquisitionDateTime", "2024", None),
        ("StudyTime", "101112.123", "101112.123"),
        ("StudyTime", "Jane", None),
        ("PatientAge", "089Y", "089Y"),
        ("PatientAge", "090Y", "090Y"),
        ("PatientAge", "101Y", "090Y"),
        ("PatientAge", "Jane", None),
        ("Modality", "US", "US"),
        ("BodyPartExamined", "Jane Doe", None),
        ("TransducerType", "LINEAR", "LINEAR"),
        ("TransducerData", "JANE DOE", None),
        ("Manufacturer", "ACME", "ACME"),
    ],
)
def test_a_value_is_kept_moved_or_gone(keyword: str, value: str, left: str | None) -> None:
    source = Dataset()
    source.add(DataElement(Tag(keyword), dictionary_VR(Tag(keyword)), value, validation_mode=0))
    made = cleaned(source, DeidentifyOptions())
    assert made.get(keyword) == left


def coded(value: str, scheme: str, meaning: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def content(kind: str, concept: Sequence | None = None, **said: Any) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", kind
    item.ConceptNameCodeSequence = concept or coded("121071", "DCM", "Finding")
    for keyword, value in said.items():
        setattr(item, keyword, value)
    return item


def age(years: str) -> Sequence:
    measured = Dataset()
    measured.NumericValue = years
    measured.MeasurementUnitsCodeSequence = coded("a", "UCUM", "year")
    return Sequence([measured])


def test_a_report_keeps_its_shape_and_loses_its_words() -> None:
    source = Dataset()
    source.ValueType = "CONTAINER"
    source.VerifyingObserverSequence = Sequence([Dataset()])
    observer = source.VerifyingObserverSequence[0]
    observer.VerifyingObserverName, observer.VerifyingOrganization = "Doe^Ann", "Mercy"
    observer.VerificationDateTime = "20240101101112"
    source.ContentSequence = Sequence(
        [
            content("TEXT", TextValue="Jane Doe came on 2024-01-01"),
            content("PNAME", PersonName="Doe^Jane"),
            content("DATE", coded("121031", "DCM", "Subject Birth Date"), Date="19700101"),
            content("DATE", Date="20240101"),
            content("UIDREF", UID="1.2.3.777"),
            content("NUM", coded("121033", "DCM", "Subject Age"), MeasuredValueSequence=age("95")),
            content("CODE", ConceptCodeSequence=coded("J1", "99HOSPITAL", "Jane Doe")),
            content("CODE", ConceptCodeSequence=coded("111001", "DCM", "Jane Doe")),
            content("CONTAINER", ContentSequence=Sequence([content("TEXT", TextValue="Jane")])),
        ]
    )
    made = cleaned(source, DeidentifyOptions())
    items = made.ContentSequence
    assert [each.ValueType for each in items] == [each.ValueType for each in source.ContentSequence]
    assert items[0].TextValue == items[1].PersonName == "Removed"
    assert (items[2].Date, items[3].Date) == ("19000101", "20231222")
    assert KEY.uid("1.2.3.777") == items[4].UID
    assert not items[5].MeasuredValueSequence
    assert items[6].ConceptCodeSequence[0].CodeMeaning == "Removed"
    assert items[7].ConceptCodeSequence[0].CodeMeaning == "Algorithm Name"
    assert items[8].ContentSequence[0].TextValue == "Removed"
    assert made.VerifyingObserverSequence[0].VerifyingObserverName == "Removed"
    assert made.VerifyingObserverSequence[0].VerificationDateTime == "20231222101112"
    assert "Jane" not in str(made) and "Doe" not in str(made) and "Mercy" not in str(made)


def test_a_view_keeps_its_modifiers() -> None:
    source = Dataset()
    source.ViewCodeSequence = coded("399162004", "SCT", "cranio-caudal")
    source.ViewCodeSequence[0].ViewModifierCodeSequence = coded("399163009", "SCT", "Magnification")
    made = cleaned(source).ViewCodeSequence[0]
    assert made.ViewModifierCodeSequence[0].CodeValue == "399163009"


def test_sequences_within_sequences_end_somewhere() -> None:
    source = Dataset()
    for _ in range(40):
        outer = Dataset()
        outer.SourceImageSequence = Sequence([source])
        source = outer
    with pytest.raises(SourceUnavailable, match="within one another"):
        cleaned(source)
