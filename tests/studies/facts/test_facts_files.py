"""A file is read as what it is, whatever its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.studies.facts.facts_files import facts_of_file
from senoscope.studies.facts.fhir_json import LARGEST_TEXT
from tests.studies.dicom_files import cine, grey_frames, write
from tests.studies.fhir_bundles import patient


def test_fhir_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "her.dcm"
    path.write_text("﻿\n " + json.dumps(patient()), encoding="utf-8")
    assert facts_of_file(path).facts.age >= 45


def test_dicom_is_known_by_its_content(tmp_path: Path) -> None:
    header = cine(grey_frames(1), PatientAge="052Y", PatientSize="1.6", PatientWeight="64")
    found = facts_of_file(write(tmp_path / "her.json", header)).facts
    assert (found.age, found.bmi) == (52, pytest.approx(25))


@pytest.mark.parametrize("content", [b"", b"text", b"{\xff", b"\0" * 200])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^other .*expected|^other holds neither"):
        facts_of_file(path)


def test_a_damaged_dicom_header_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "her.dcm", cine(grey_frames(1)))
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(SettingsError, match=r"^her\.dcm"):
        facts_of_file(path)


def test_a_folder_or_nothing_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(SettingsError, match="is no file"):
            facts_of_file(path)


def test_a_fhir_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "her.json"
    with path.open("wb") as file:
        file.write(b"{")
        file.truncate(4 * LARGEST_TEXT + 1)
    with pytest.raises(SettingsError, match="larger than"):
        facts_of_file(path)
