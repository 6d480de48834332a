"""The same patient has the same pseudonym, and nobody without the key can tell whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import UID

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.studies.deidentification.pseudonyms import KEY_BYTES, Pseudonym, PseudonymKey


def patient(**said: str) -> Dataset:
    header = Dataset()
    for keyword, value in said.items():
        setattr(header, keyword, value)
    return header


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    key = PseudonymKey.kept_in(path)
    assert PseudonymKey.kept_in(path) == key
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(key.secret) == KEY_BYTES and key.secret.hex() not in repr(key)
    assert [each.name for each in path.parent.iterdir()] == ["key"]


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    PseudonymKey.kept_in(path)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match="read by others"):
        PseudonymKey.kept_in(path)


@pytest.mark.parametrize("content", ["", "abcd", "no digits", "00" * 33, "\xe9" * 64])
def test_what_is_no_key_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError):
        PseudonymKey.kept_in(path)


def test_a_key_that_cannot_be_read_is_the_disks_fault(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir(0o700)
    with pytest.raises(StorageError):
        PseudonymKey.kept_in(tmp_path / "key")


def test_patients_are_told_apart_by_id_and_issuer() -> None:
    key = PseudonymKey(bytes(KEY_BYTES))
    same = [
        patient(PatientID="1", IssuerOfPatientID="A"),
        patient(PatientID=" 1 ", IssuerOfPatientID="A"),
    ]
    others = [
        patient(PatientID="1", IssuerOfPatientID="B"),
        patient(PatientID="1"),
        patient(PatientID="1A"),
        patient(PatientName="1"),
        patient(PatientName="1", PatientBirthDate="19700101"),
        patient(StudyInstanceUID="1"),
    ]
    assert len({Pseudonym.of(each, key) for each in same}) == 1
    assert len({Pseudonym.of(each, key).name for each in [same[0], *others]}) == 7
    other_key = PseudonymKey(b"1" * KEY_BYTES)
    assert Pseudonym.of(same[0], key) != Pseudonym.of(same[0], other_key)


def test_days_are_one_to_a_year() -> None:
    key = PseudonymKey(bytes(KEY_BYTES))
    days = {Pseudonym.of(patient(PatientID=str(each)), key).days for each in range(5000)}
    assert days == set(range(1, 366))


def test_uids_are_valid_and_those_of_the_standard_stay() -> None:
    key = PseudonymKey(bytes(KEY_BYTES))
    made = {key.uid(f"1.2.3.{each}") for each in range(1000)}
    assert len(made) == 1000
    assert all(UID(each).is_valid and len(each) <= 64 for each in made)
    assert key.uid("1.2.840.10008.5.1.4.1.1.6.1") == "1.2.840.10008.5.1.4.1.1.6.1"
