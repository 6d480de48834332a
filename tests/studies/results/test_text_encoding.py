from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.sr.coding import Code

from senoscope.studies.results.encapsulated_report import encapsulated_pdf
from senoscope.studies.results.made_object import code, written
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.image_builders import CHINESE, grey_cine, study_of
from tests.studies.results.test_encapsulated_report import PDF

JAPANESE = ["", "ISO 2022 IR 87"]


@pytest.mark.parametrize(
    ("character_set", "name", "title", "then"),
    [
        ("GB18030", CHINESE, "乳腺超声", "GB18030"),
        ("ISO_IR 100", "Müller^Anna", "Brustultraschall für Anna", "ISO_IR 100"),
        ("ISO_IR 100", "Müller^Anna", "乳腺超声", "ISO_IR 192"),
        (None, "DOE^JANE", "Breast", None),
        (None, "DOE^JANE", "Größe", "ISO_IR 192"),
        (JAPANESE, "Yamada^Tarou=山田^太郎", "乳房", JAPANESE),
        (JAPANESE, "Yamada^Tarou=山田^太郎", "Größe", "ISO_IR 192"),
    ],
)
def test_names_and_titles_come_back_as_they_were(
    tmp_path: Path, character_set: object, name: str, title: str, then: object
) -> None:
    header = grey_cine(SpecificCharacterSet=character_set, PatientName=name)
    study, sources = study_of(tmp_path / "study", header)
    made = encapsulated_pdf(PDF, [sources.header(study.images[0].instance_uid)], title, False)
    path = written(made, tmp_path / "out")
    assert dciodvfy_errors(path) == []
    read_back = dcmread(path)
    assert (read_back.PatientName, read_back.DocumentTitle) == (name, title)
    assert read_back.get("SpecificCharacterSet") == then


def test_bytes_of_an_unsaid_character_set_are_kept_as_they_are(tmp_path: Path) -> None:
    header = grey_cine(SpecificCharacterSet=None, PatientName="Wang")
    raw = "王^小东".encode("gb18030")
    header["PatientName"].value = raw.decode("iso8859")
    study, sources = study_of(tmp_path / "study", header)
    made = encapsulated_pdf(PDF, [sources.header(study.images[0].instance_uid)], "Breast", False)
    assert raw in written(made, tmp_path / "out").read_bytes()


def test_what_was_copied_within_a_sequence_is_turned_too(tmp_path: Path) -> None:
    header = grey_cine(
        SpecificCharacterSet="ISO_IR 100",
        PatientName="Müller^Anna",
        DeidentificationMethodCodeSequence=code(Code("1", "99LOCAL", "Größe")),
    )
    study, sources = study_of(tmp_path / "study", header)
    made = encapsulated_pdf(PDF, [sources.header(study.images[0].instance_uid)], "乳腺", False)
    [method] = dcmread(written(made, tmp_path / "out")).DeidentificationMethodCodeSequence
    assert method.CodeMeaning == "Größe"
