"""An archive is walked file by file, by what is in the files, holding next to nothing."""

from __future__ import annotations

import json
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest
from pydicom import uid

from senoscope.domain.errors import SourceUnavailable, StorageError
from senoscope.studies.archive.archive_files import (
    ArchivedFile,
    ArchiveFiles,
    FilePlace,
    RefusedFile,
)
from senoscope.studies.archive.study_groups import ArchivedStudy, StudyGroups
from senoscope.studies.files import study_files
from senoscope.studies.files.study_files import CLOSED
from senoscope.studies.files.study_limits import StudyLimits
from tests.studies.archive.simulated_archive import write_archive
from tests.studies.dicom_files import write
from tests.studies.exams.test_full_disk import files_of_at_most
from tests.studies.study_builders import content, image, ultrasound, zipped


def walked(*paths: Path) -> tuple[list[ArchivedFile], list[RefusedFile], ArchiveFiles]:
    files = ArchiveFiles(paths)
    found = list(files)
    return (
        [each for each in found if isinstance(each, ArchivedFile)],
        [each for each in found if isinstance(each, RefusedFile)],
        files,
    )


def studies_of(
    folder: Path, *paths: Path, limits: StudyLimits | None = None
) -> list[ArchivedStudy]:
    with StudyGroups(folder, limits) as groups:
        for each in ArchiveFiles(paths):
            groups.add(each)
        found = list(groups)
        assert groups.count() == len(found)
    return found


def test_studies_are_told_apart_by_their_uid_wherever_their_files_lie(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 7)
    (tmp_path / "spool").mkdir()
    found = studies_of(tmp_path / "spool", archive)
    assert sorted(len(each.files) for each in found) == [2] * 7
    for each in found:
        numbers = {Path(file.path).name.partition("_")[0] for file in each.files}
        assert len(numbers) == 1


def test_a_path_given_twice_is_walked_twice_and_its_files_are_one(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 2)
    (tmp_path / "spool").mkdir()
    found = studies_of(tmp_path / "spool", archive, archive)
    assert [len(each.files) for each in found] == [2, 2]


def test_zips_are_looked_into_also_within_folders(tmp_path: Path) -> None:
    one, two = content(tmp_path, image(1)), content(tmp_path, ultrasound(2, StudyInstanceUID="1.9"))
    (tmp_path / "content").unlink()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    zipped(tmp_path / "deep" / "er" / "any.name", {"a": one, "b": two, "c.txt": b"no"})
    found, refused, files = walked(tmp_path)
    assert [(each.place.member, each.study_uid, each.is_ultrasound) for each in found] == [
        (1, "1.2.3.1", False),
        (2, "1.9", True),
    ]
    assert refused == []
    assert list(files.left_out.values()) == [1]


def test_what_may_be_part_of_a_study_is_refused_with_its_reason(tmp_path: Path) -> None:
    whole = content(tmp_path, image(1))
    (tmp_path / "content").unlink()
    (tmp_path / "cut").write_bytes(whole[:400])
    (tmp_path / "damaged.zip").write_bytes(b"PK\x03\x04 no zip")
    zipped(tmp_path / "bomb.zip", {"a": whole[:132] + bytes(64 * 2**20)})
    write(tmp_path / "homeless", image(1, StudyInstanceUID=""))
    (tmp_path / "letter.txt").write_text("no DICOM")
    (tmp_path / "link").symlink_to(tmp_path / "letter.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    found, refused, files = walked(tmp_path)
    whys = {Path(each.place.path).name: each.why for each in refused}
    assert found == []
    assert whys["cut"].startswith("refused: it is cut off")
    assert whys["damaged.zip"].startswith("The zip is damaged")
    assert "unpacks to more than 200 times" in whys["bomb.zip"]
    assert "StudyInstanceUID" in whys["homeless"]
    assert len(whys) == 4
    assert sorted(files.left_out.values()) == [1, 2]
    assert not any(str(tmp_path) in each for each in [*whys.values(), *files.left_out])


def test_a_path_that_is_not_there_is_told_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read") as error:
        walked(tmp_path / "Doe^Jane")
    assert "Jane" not in str(error.value)


def test_a_folder_that_may_not_be_read_is_left_out(closed_folder: Path) -> None:
    found, refused, files = walked(closed_folder)
    assert (found, refused, files.left_out.total()) == ([], [], 1)


def test_a_file_that_may_not_be_read_is_refused_since_its_study_lacks_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "open", image(1))
    closed = write(tmp_path / "closed", image(2))
    usual = study_files.open_plain

    def refusing(path: Path) -> BinaryIO:
        if path == closed:
            raise PermissionError(13, "Permission denied")
        return usual(path)

    monkeypatch.setattr(study_files, "open_plain", refusing)
    found, refused, files = walked(tmp_path)
    assert (len(found), files.left_out.total()) == (1, 0)
    assert refused == [RefusedFile(FilePlace(str(closed)), CLOSED)]


def test_an_entry_that_the_disk_cannot_tell_of_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass
    class Stale:
        """As an entry of a share whose server lost it."""

        path: str

        def stat(self, *, follow_symlinks: bool) -> None:
            raise OSError(116, "Stale file handle", self.path)

        is_dir = is_symlink = stat

    write(tmp_path / "open", image(1))
    listed = [Stale("/archive/Doe^Jane"), *os.scandir(tmp_path)]

    class Entries(Iterator[object]):
        def __next__(self) -> object:
            if not listed:
                raise StopIteration
            return listed.pop()

        def close(self) -> None:
            pass

    monkeypatch.setattr(os, "scandir", lambda _: Entries())
    found, refused, files = walked(tmp_path)
    assert (len(found), refused, files.left_out) == (1, [], {CLOSED: 1})


def test_a_second_path_that_is_not_there_is_told_before_any_is_walked(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        ArchiveFiles([tmp_path, tmp_path / "not there"])


@pytest.mark.parametrize(
    ("sop_class", "modality", "is_for_networks"),
    [
        (uid.UltrasoundImageStorage, "", True),
        (uid.UltrasoundMultiFrameImageStorage, "OT", True),
        (uid.MultiFrameTrueColorSecondaryCaptureImageStorage, "US", True),
        (uid.MultiFrameTrueColorSecondaryCaptureImageStorage, "OT", False),
        (uid.MRImageStorage, "US", False),
    ],
)
def test_ultrasound_is_told_by_what_its_mode_reads(
    tmp_path: Path, sop_class: str, modality: str, is_for_networks: bool
) -> None:
    write(tmp_path / "one", image(1, SOPClassUID=sop_class, Modality=modality))
    [found], *_ = walked(tmp_path)
    (tmp_path / "spool").mkdir()
    with StudyGroups(tmp_path / "spool") as groups:
        groups.add(found)
        assert groups.holds_ultrasound == found.is_ultrasound == is_for_networks


def test_the_list_says_what_of_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with StudyGroups(tmp_path) as groups:
        groups.add(ArchivedFile(FilePlace("/a"), "1.2", True))
        monkeypatch.setattr(json, "loads", fails)
        with pytest.raises(StorageError, match=r"cannot be read \(Input/output error\)"):
            groups.count()
    with files_of_at_most(0), StudyGroups(tmp_path) as groups:
        groups.add(ArchivedFile(FilePlace("/a"), "1.2", True))
        with pytest.raises(StorageError, match="cannot be written"):
            groups.count()


def fails(_: str) -> None:
    raise OSError(5, "Input/output error")


def test_the_walk_holds_as_little_of_many_files_as_of_few(tmp_path: Path) -> None:
    """One folder of all: a list of its entries alone would be megabytes."""
    original = write(tmp_path / "original", image(1))
    peaks = []
    for count in (200, 2000):
        folder = tmp_path / f"flat {count}"
        folder.mkdir()
        for number in range(count):
            os.link(original, folder / f"{number:0100}")
        for each in ArchiveFiles([folder]):  # what is imported and kept the first time
            assert isinstance(each, ArchivedFile)
            break
        tracemalloc.start()
        met = sum(1 for _ in ArchiveFiles([folder]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert met == count
    assert peaks[1] - peaks[0] < 300_000
    assert peaks[1] < 3 * 2**20


def test_of_a_hundred_thousand_files_a_part_is_in_memory_at_a_time(tmp_path: Path) -> None:
    with StudyGroups(tmp_path) as groups:
        tracemalloc.start()
        for number in range(100_000):
            place = FilePlace(f"/archive/{number % 1000}/{number:060}")
            groups.add(ArchivedFile(place, f"1.2.{number // 5}", True))
        met = files = 0
        for study in groups:
            met, files = met + 1, files + len(study.files)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert (met, files) == (20_000, 100_000)
    assert peak < 8 * 2**20  # all of them at once are some forty


def test_a_study_of_too_many_files_is_cut_and_says_so(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "archive", 1)
    (tmp_path / "spool").mkdir()
    [study] = studies_of(tmp_path / "spool", archive, limits=StudyLimits(most_files=1))
    assert (len(study.files), study.has_more) == (1, True)
