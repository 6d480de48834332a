import os
import time
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.ui.studies import study_uploads
from senoscope.ui.studies.study_uploads import StudyUploads


@pytest.fixture
def uploads(tmp_path: Path) -> StudyUploads:
    return StudyUploads(tmp_path / "uploads")


def sent(uploads: StudyUploads, token: str, *contents: bytes) -> None:
    for content in contents:
        uploads.next_file(token).write_bytes(content)
        uploads.count(token, len(content))


def test_one_file_is_read_by_itself_and_several_as_a_folder(uploads: StudyUploads) -> None:
    one, many = uploads.begin(), uploads.begin()
    sent(uploads, one, b"a zip")
    sent(uploads, many, b"a", b"b")
    folder, path = uploads.take(one)
    assert (path.parent, path.read_bytes()) == (folder, b"a zip")
    folder, path = uploads.take(many)
    assert path == folder
    assert [each.read_bytes() for each in sorted(folder.iterdir())] == [b"a", b"b"]


def test_what_was_taken_or_dropped_is_no_upload_any_more(
    uploads: StudyUploads, tmp_path: Path
) -> None:
    token = uploads.begin()
    sent(uploads, token, b"a")
    uploads.drop(token)
    uploads.drop(token)
    assert list((tmp_path / "uploads").iterdir()) == []
    with pytest.raises(SettingsError, match="no such upload"):
        uploads.next_file(token)


def test_an_upload_without_files_is_refused_and_may_go_on(uploads: StudyUploads) -> None:
    token = uploads.begin()
    with pytest.raises(SettingsError, match="No file was sent"):
        uploads.take(token)
    sent(uploads, token, b"a")
    assert uploads.take(token)[1].read_bytes() == b"a"


def test_files_bytes_and_uploads_are_bounded(
    uploads: StudyUploads, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_uploads, "MOST_FILES", 2)
    monkeypatch.setattr(study_uploads, "LARGEST_STUDY", 10)
    token = uploads.begin()
    sent(uploads, token, b"1234", b"567")
    assert uploads.bytes_left(token) == 3
    with pytest.raises(SettingsError, match="More than 2 files"):
        uploads.next_file(token)
    for _ in range(study_uploads.MOST_UPLOADS - 1):
        uploads.begin()
    with pytest.raises(SettingsError, match="not ended"):
        uploads.begin()


def test_what_a_killed_program_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "000001").write_bytes(b"a")
    long_ago = time.time() - study_uploads.LEFT_BEHIND_S - 60
    os.utime(old, (long_ago, long_ago))
    StudyUploads(tmp_path)
    assert list(tmp_path.iterdir()) == [new]


def test_an_upload_that_was_given_up_without_a_word_makes_room(tmp_path: Path) -> None:
    now = [0.0]
    uploads = StudyUploads(tmp_path, lambda: now[0])
    tokens = [uploads.begin() for _ in range(study_uploads.MOST_UPLOADS)]
    now[0] = study_uploads.IDLE_S
    sent(uploads, tokens[0], b"a")
    now[0] += 1
    uploads.begin()
    assert uploads.bytes_left(tokens[0])
    with pytest.raises(SettingsError, match="no such upload"):
        uploads.bytes_left(tokens[1])


def test_no_name_of_the_senders_reaches_the_disk(uploads: StudyUploads) -> None:
    token = uploads.begin()
    assert [uploads.next_file(token).name for _ in range(2)] == ["000001", "000002"]
    assert uploads.next_file(token).parent.stat().st_mode & 0o77 == 0
