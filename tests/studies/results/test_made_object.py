from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread, uid

from senoscope.domain.errors import StorageError
from senoscope.studies.results.encapsulated_report import encapsulated_pdf
from senoscope.studies.results.made_object import side_of, written
from tests.studies.results.image_builders import grey_cine, study_of
from tests.studies.results.test_encapsulated_report import PDF


def report(tmp_path: Path) -> Dataset:
    study, sources = study_of(tmp_path / "study", grey_cine())
    return encapsulated_pdf(PDF, [sources.header(study.images[0].instance_uid)], "A", False)


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_files_are_numbered_and_none_is_overwritten(tmp_path: Path) -> None:
    made = report(tmp_path)
    folder = tmp_path / "out"
    with ThreadPoolExecutor(4) as threads:
        paths = list(threads.map(lambda _: written(made, folder), range(12)))
    assert names_in(folder) == sorted(f"report_{n}.dcm" for n in range(1, 13))
    assert len(set(paths)) == 12
    assert dcmread(paths[0]).file_meta.TransferSyntaxUID == uid.ExplicitVRLittleEndian


def test_a_file_system_without_links_is_written_to_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    made = report(tmp_path)
    names = [written(made, tmp_path / "out").name for _ in range(2)]
    assert names == ["report_1.dcm", "report_2.dcm"]
    assert names_in(tmp_path / "out") == names


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    made = report(tmp_path)
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StorageError, match="another folder") as refused:
        written(made, tmp_path / "out")
    assert str(tmp_path) not in str(refused.value)
    folder = tmp_path / "half"
    made.EncapsulatedDocument = object()  # no bytes: the writer fails in the middle
    with pytest.raises((TypeError, AttributeError, ValueError)):
        written(made, folder)
    assert names_in(folder) == []


def test_two_objects_have_two_uids_and_the_maker(tmp_path: Path) -> None:
    one, other = report(tmp_path), report(tmp_path)
    assert one.SOPInstanceUID != other.SOPInstanceUID
    assert one.SeriesInstanceUID != other.SeriesInstanceUID
    assert one.StudyInstanceUID == other.StudyInstanceUID
    assert one.Manufacturer == "Senoscope"
    assert one.InstanceCreationDate == one.ContentDate


@pytest.mark.parametrize(
    ("said", "side"),
    [
        ({}, None),
        ({"Laterality": "L"}, "L"),
        ({"ImageLaterality": "R"}, "R"),
        ({"ImageLaterality": "B"}, None),
        ({"ImageLaterality": "R", "Laterality": "L"}, None),
    ],
)
def test_a_side_is_known_where_nothing_contradicts_it(
    said: dict[str, str], side: str | None
) -> None:
    header = Dataset()
    for keyword, value in said.items():
        setattr(header, keyword, value)
    assert side_of(header) == side
