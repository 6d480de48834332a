"""`senoscope study`, as a person types it."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SourceUnavailable, StorageError
from senoscope.models.engines.ways import USUAL
from senoscope.studies.modes.ultrasound_clip import UltrasoundClip
from senoscope.ui.commands import study_command
from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.stopping import STOPPED
from tests.fakes import BuildFakeReader
from tests.studies.dicom_files import PATIENT
from tests.studies.modes.phantom_files import still, sweep
from tests.studies.study_builders import folder_of, image, ultrasound

pytestmark = pytest.mark.usefixtures("nothing_is_left_behind", "own_folders")
PUBLIC = "OBXXXX1A_rle_2frame.dcm", "YBR_FULL-RLE.dcm", "examples_ybr_color.dcm"


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this user's is asked or written, and no engine is tried out first."""
    for each in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{each}_HOME", str(tmp_path / "user"))
    monkeypatch.setattr(study_command, "chosen_way", lambda *_: (USUAL, None))


@pytest.fixture
def fake_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads even frames, at once."""
    fake = UltrasoundClip(BuildFakeReader(), 256)
    monkeypatch.setattr(study_command, "study_modes", lambda *_: (fake,))


def run(*words: object) -> Result:
    return CliRunner().invoke(app, ["study", *map(str, words)], catch_exceptions=False)


def read(path: Path, out: Path, *more: str) -> Result:
    return run("read", path, "--out", out, *more)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_a_phantom_is_read_from_folder_to_files(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", still(sweep()[6]))
    done = read(folder, tmp_path / "out")
    assert done.exit_code == 0
    assert "1 of 1 frames were read, of 1 images." in done.stdout
    assert "Finding 1: file 1, frame 1; " in done.stdout
    assert "Suggestion, not a diagnosis." in done.stdout
    assert {"report.pdf", "report.html", "sr_1.dcm", "seg_1.dcm"} < set(names(tmp_path / "out"))
    assert PATIENT not in done.output


@pytest.mark.real_gate
def test_the_public_samples_are_read_each_study_in_a_folder(
    tmp_path: Path, public_data: Path
) -> None:
    given = tmp_path / "in"
    given.mkdir()
    for name in PUBLIC:
        shutil.copy(public_data / "ultrasound-dicom" / name, given)
    done = read(given, tmp_path / "out")
    assert done.exit_code == 0
    assert names(tmp_path / "out") == ["study_1", "study_2", "study_3"]
    for each in (tmp_path / "out").iterdir():
        kept = json.loads((each / "reading.json").read_text(encoding="utf-8"))
        [one] = kept["reading"]["images"]
        assert one["trouble"] == ""
        assert one["read"] + sum(one["unsuitable"].values()) == one["frames"]
    assert "stored as RLE Lossless" in done.stdout
    assert "stored as JPEG Baseline" in done.stdout


@pytest.mark.usefixtures("fake_reader")
def test_a_zip_of_several_studies_gives_a_folder_each(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "in",
        ultrasound(1),
        ultrasound(2, StudyInstanceUID="1.2.3.2"),
        image(3, StudyInstanceUID="1.2.3.9"),
    )
    packed = tmp_path / "studies.zip"
    with zipfile.ZipFile(packed, "w") as file:
        for each in folder.iterdir():
            file.write(each, each.name)
    done = read(packed, tmp_path / "out", "--language", "zh-CN")
    assert done.exit_code == 0
    assert names(tmp_path / "out") == ["study_1", "study_2"]
    assert "Study 3 of 3" in done.stdout
    assert "The study holds series of MR; expected ultrasound images or cines." in done.stdout
    page = (tmp_path / "out" / "study_1" / "report.html").read_text(encoding="utf-8")
    assert 'lang="zh-CN"' in page


@pytest.mark.usefixtures("fake_reader")
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceUnavailable, match="series of MR; expected ultrasound images"):
        read(folder_of(tmp_path / "mr", image()), tmp_path / "out")
    (tmp_path / "none").mkdir()
    with pytest.raises(SourceUnavailable, match=r"No DICOM image was found\. There is no file\."):
        read(tmp_path / "none", tmp_path / "out")
    (tmp_path / "none" / "letter.txt").write_text("x" * 200)
    with pytest.raises(SourceUnavailable, match="1 file left out"):
        run("quality", tmp_path / "none")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("fake_reader")
def test_a_folder_that_is_taken_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(StorageError, match="place for results is taken"):
        read(tmp_path / "nowhere", tmp_path / "out")


def test_ctrl_c_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(UltrasoundClip):
        def read(self, *_: object) -> None:
            raise KeyboardInterrupt

    fake = Interrupted(BuildFakeReader(), 256)
    monkeypatch.setattr(study_command, "study_modes", lambda *_: (fake,))
    done = read(folder_of(tmp_path / "in", ultrasound()), tmp_path / "out")
    assert done.exit_code == STOPPED
    assert not (tmp_path / "out").exists()


def test_the_quality_report_is_text_or_json(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "in", ultrasound(), image(2, StudyInstanceUID="1.2.3.9"))
    told = run("quality", folder)
    assert told.exit_code == 0
    assert "Study 2 of 2" in told.stdout
    assert "A series of US: 1 file, 3 frames; Ultrasound Multi-frame" in told.stdout
    facts = json.loads(run("quality", folder, "--json").stdout)
    assert [each["study_uid"] for each in facts] == ["1.2.3.1", "1.2.3.9"]
    assert all(each["facts"] for each in facts)
