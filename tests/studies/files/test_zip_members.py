import tempfile
import zipfile
from pathlib import Path

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.files import zip_members
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.files.study_limits import StudyLimits
from tests.studies.study_builders import content, places, zipped


def test_a_zip_is_read_under_numbers_and_nothing_stays(tmp_path: Path) -> None:
    given = content(tmp_path)
    path = zipped(tmp_path / "z", {"DOE/IM1": given, "notes.txt": b"x", "DOE/IM2": given})
    with StudyFiles(path) as files:
        found = list(files)
        spool = found[0].path.parent
        assert [each.path.name for each in found] == ["1", "3"]
        assert sorted(each.name for each in spool.iterdir()) == ["1", "3"]
        assert spool.stat().st_mode & 0o777 == 0o700
        assert found[1].path.read_bytes() == given
        assert [each.is_refused for each in files.left_out] == [False]
    assert not spool.exists()


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/evil", "..\\evil", "C:\\evil", "\\\\host\\evil"]
)
def test_names_that_lead_out_of_the_zip_are_refused(tmp_path: Path, name: str) -> None:
    given = content(tmp_path)
    found, lines = places(zipped(tmp_path / "z", {name: given, "good": given}))
    assert found == [2]
    assert lines == [
        '1 file left out (number 1): refused: its name in the zip is absolute or has ".." in it.'
    ]
    assert not list(tmp_path.parent.glob("evil"))


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "z", "w") as file:
        file.writestr(link, "/etc/passwd")
    assert "it is a link" in places(tmp_path / "z")[1][0]


def test_other_members_that_are_refused(tmp_path: Path) -> None:
    given = content(tmp_path)
    inner = zipped(tmp_path / "inner", {"a": given}).read_bytes()
    found, lines = places(zipped(tmp_path / "z", {"inner.zip": inner, "a" + "/b" * 17: given}))
    assert found == []
    assert "a zip within the zip" in lines[0]
    assert "it lies in too many folders" in lines[1]
    packed = zipped(tmp_path / "l", {"a": given}, zipfile.ZIP_LZMA)
    assert "another method than store or deflate" in places(packed)[1][0]
    locked = bytearray(zipped(tmp_path / "e", {"a": given}).read_bytes())
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "e").write_bytes(locked)
    assert "it is encrypted" in places(tmp_path / "e")[1][0]


def test_a_bomb_is_given_up_before_it_fills_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    given = content(tmp_path)
    path = zipped(tmp_path / "z", {"bomb": given + bytes(100 * 2**20), "good": given})
    with StudyFiles(path) as files:
        assert [each.place for each in files] == [2]
        assert "it unpacks to more than 200 times its size" in str(files.left_out[0])
        spooled = [each for each in tmp_path.rglob("senoscope-study-*/*")]
        assert [each.name for each in spooled] == ["2"]


def test_small_files_may_be_dense(tmp_path: Path) -> None:
    given = content(tmp_path) + bytes(2 * 2**20)
    assert places(zipped(tmp_path / "z", {"mask": given}))[0] == [1]


def test_a_zip_is_bounded_in_bytes_whatever_it_announces(tmp_path: Path) -> None:
    given = content(tmp_path)
    path = zipped(tmp_path / "z", {"a": given, "b": given})
    assert len(places(path, StudyLimits(most_bytes=2 * len(given)))[0]) == 2
    with pytest.raises(SourceUnavailable, match="The zip's files have more than"):
        places(path, StudyLimits(most_bytes=2 * len(given) - 1))


def test_a_zip_of_ten_thousand_members(tmp_path: Path) -> None:
    members = {f"{number}": b"x" for number in range(9_999)} | {"last": content(tmp_path)}
    path = zipped(tmp_path / "z", members)
    found, lines = places(path)
    assert found == [10_000]
    assert lines[0].startswith("9999 files left out (number 1, 2, 3, 4, 5, ...): no DICOM file")
    with pytest.raises(SourceUnavailable, match="The zip holds more than 9999 files"):
        places(path, StudyLimits(most_files=9_999))


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z", {"a": content(tmp_path)})
    whole = path.read_bytes()
    at = whole.rindex(b"PK\x01\x02")
    path.write_bytes(whole[: at + 20] + (10**6).to_bytes(4, "little") + whole[at + 24 :])
    with pytest.raises(SourceUnavailable, match="announces more than it holds"):
        places(path)


def test_a_list_of_members_without_bound_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "z", {f"{number:0200}": b"" for number in range(300)})
    monkeypatch.setattr(zip_members, "LARGEST_DIRECTORY", 2**16)
    with pytest.raises(SourceUnavailable, match="list of members is larger than"):
        places(path)


def test_a_damaged_zip_and_a_damaged_member(tmp_path: Path) -> None:
    given = content(tmp_path)
    whole = zipped(tmp_path / "z", {"a": given, "b": given}).read_bytes()
    (tmp_path / "cut").write_bytes(whole[:-30])
    with pytest.raises(SourceUnavailable, match="The zip is damaged"):
        places(tmp_path / "cut")
    (tmp_path / "flipped").write_bytes(whole[:80] + b"\xff" * 20 + whole[100:])
    found, lines = places(tmp_path / "flipped")
    assert found == [2]
    assert "it is damaged in the zip" in lines[0]
