"""The conformance statement says what the code does: in its tables, on the wire and on the disk."""

from __future__ import annotations

import re
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pynetdicom
import pytest
from pydicom import Dataset, charset, dcmread, uid

from senoscope.domain.errors import SettingsError
from senoscope.studies.conformance_statement import (
    CREATED,
    CREATED_IN,
    filled,
    private_codes,
    tables,
)
from senoscope.studies.network.destinations import Tls
from senoscope.studies.network.pynetdicom_rules import AE
from senoscope.studies.network.receiver import OUR_LARGEST_PDU, Receiver, ReceiverSettings
from senoscope.studies.network.storage_classes import STORAGE_CLASSES, TRANSFER_SYNTAXES
from senoscope.studies.results.cad_report import MammographyCadReport
from senoscope.studies.results.identity import CODING_SCHEME
from senoscope.studies.results.live_key_frame import LiveStudy, key_frame_image, live_series
from senoscope.studies.results.made_object import written
from senoscope.studies.results.write_results import write_results
from tests.studies.network.orthanc import HOST, free_port
from tests.studies.results.breast_mri.read_exam import read_by_hand
from tests.studies.results.breast_mri.read_exam import study_of as study_of_mri
from tests.studies.results.cad_builders import everything
from tests.studies.results.image_builders import colour_cine, grey_cine, reading_of, study_of
from tests.studies.results.report_builders import picture, signed
from tests.studies.results.sr_builders import MammogramHeaders

DOCUMENT = Path(__file__).parents[2] / "docs" / "conformance.md"
CHARACTER_SETS = (
    *(6, 13, 100, 101, 109, 110, 126, 127, 138, 144, 148, 166),
    *(58, 87, 149, 159),
)
"""Of PS3.3 C.12.1.1.2: those of one byte, then those of several. Latin 9, 203, is left out."""
LATIN_9 = "203"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Dataset]:
    """One at least of each kind that is created, as it lies on the disk."""
    folder = tmp_path_factory.mktemp("made")
    study, _ = study_of(folder / "in", grey_cine(1), colour_cine(2))
    reading = reading_of(study)
    write_results(study, reading, folder / "out", signed(reading))
    live = LiveStudy("2.25.7", "Exam 12", datetime(2026, 11, 28, 9, tzinfo=UTC))
    written(key_frame_image(picture(), live, live_series(), 1), folder / "out")
    written(MammographyCadReport(everything(), MammogramHeaders()).document(), folder / "out")
    mri = study_of_mri(folder / "mri")
    write_results(mri, read_by_hand(mri), folder / "out" / "mri")
    return [dcmread(each) for each in (folder / "out").rglob("*.dcm")]


def test_its_tables_are_those_that_the_code_makes() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    command = "python -m senoscope.studies.conformance_statement docs/conformance.md"
    assert filled(document) == document, f"run: {command}"
    assert command in document


def test_a_table_without_a_place_is_an_error() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    for name in tables():
        with pytest.raises(SettingsError, match=name):
            filled(document.replace(f"<!-- {name}: end -->", ""))


def test_the_objects_it_lists_are_those_that_are_created(made: list[Dataset]) -> None:
    assert {each.SOPClassUID for each in made} == {each.sop_class for each in CREATED}
    assert {each.file_meta.TransferSyntaxUID for each in made} == {CREATED_IN}
    assert {each.file_meta.ImplementationClassUID for each in made} == {
        uid.PYDICOM_IMPLEMENTATION_UID
    }
    for each in made:
        said = next(one.template for one in CREATED if one.sop_class == each.SOPClassUID)
        template = each.get("ContentTemplateSequence", [Dataset()])[0].get("TemplateIdentifier", "")
        assert template == said.removeprefix("TID ")
        assert each.SOPInstanceUID.startswith("2.25.")
        assert not [one for item in (each, *every_item(each)) for one in item if one.tag.is_private]


def test_the_private_codes_it_lists_are_all_that_is_met(made: list[Dataset]) -> None:
    listed = {(each.value, each.meaning) for each in private_codes()}
    met = {
        (item.CodeValue, item.CodeMeaning)
        for each in made
        for item in every_item(each)
        if item.get("CodingSchemeDesignator") == CODING_SCHEME and "CodeValue" in item
    }
    assert len(met) > 4
    assert met <= listed


def every_item(dataset: Dataset) -> list[Dataset]:
    items = [item for each in dataset if each.VR == "SQ" for item in each.value]
    return items + [below for item in items for below in every_item(item)]


def test_a_receiver_takes_what_it_lists_and_announces_what_it_says(tmp_path: Path) -> None:
    settings = ReceiverSettings("HERE", free_port())
    entity = AE(ae_title="SENDER")
    for each in ("1.2.840.10008.1.1", *STORAGE_CLASSES):
        entity.add_requested_context(each, uid.ImplicitVRLittleEndian)
    for syntax in (*TRANSFER_SYNTAXES[1:], uid.DeflatedExplicitVRLittleEndian):
        entity.add_requested_context(uid.UltrasoundImageStorage, syntax)
    entity.add_requested_context(uid.RTPlanStorage, uid.ImplicitVRLittleEndian)
    with Receiver(settings, tmp_path, lambda _: None):
        link = entity.associate(HOST, settings.port, ae_title="HERE")
        assert link.is_established
        refused = {
            (each.abstract_syntax, each.transfer_syntax[0]) for each in link.rejected_contexts
        }
        largest = link.acceptor.maximum_length
        link.release()
    assert refused == {
        (uid.UltrasoundImageStorage, uid.DeflatedExplicitVRLittleEndian),
        (uid.RTPlanStorage, uid.ImplicitVRLittleEndian),
    }
    assert largest == OUR_LARGEST_PDU


def test_what_its_words_say_of_libraries_is_so() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    roots = re.findall(r"1\.2\.826\.0\.1\.3680043\.9\.\d+\.", document)
    assert roots and pynetdicom.PYNETDICOM_IMPLEMENTATION_UID.startswith(roots[0])
    assert uid.PYDICOM_IMPLEMENTATION_UID in document
    known = " ".join(charset.python_encoding)
    assert [each for each in CHARACTER_SETS if not re.search(rf"\b{each}\b", known)] == []
    assert LATIN_9 in document
    assert Tls().context().minimum_version == ssl.TLSVersion.TLSv1_2
