"""`senoscope study wrap`."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from typer.testing import CliRunner

from senoscope.ui.commands.every_command import app
from tests.studies.mammograms import breast


def wrap(*line: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["study", "wrap", *line])
    return done.exit_code, done.output + str(done.exception or "")


def pictures(folder: Path) -> Path:
    folder.mkdir()
    picture = np.asarray(breast() >> 4, np.uint8)
    cv2.imwrite(str(folder / "L-CC.png"), picture)
    cv2.imwrite(str(folder / "R-CC.png"), picture)  # as no right one lies
    (folder / "LICENSE").write_text("none")
    return folder


def test_a_folder_becomes_an_exam_and_says_what_lies_wrong(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in")
    status, said = wrap(str(folder), "--out", str(tmp_path / "out"), "--spacing", "0.1")
    assert status == 0
    assert said.count("lies as one of the other side") == 1
    assert len(list((tmp_path / "out").iterdir())) == 2
    status, said = wrap(str(folder), "--out", str(tmp_path / "mirrored"), "--mirror")
    assert (status, "R CC, mirrored" in said, "other side" in said) == (0, True, False)


def test_a_single_one_may_be_told_what_it_is_and_several_may_not(tmp_path: Path) -> None:
    folder = pictures(tmp_path / "in")
    (folder / "L-CC.png").rename(folder / "sample.png")
    told = ("--laterality", "L", "--view", "cc", "--out", str(tmp_path / "out"))
    status, said = wrap(str(folder / "sample.png"), *told)
    assert (status, "sample.png: L CC" in said) == (0, True)
    status, said = wrap(str(folder), "--laterality", "L", "--view", "CC", "--out", "new")
    assert status != 0
    assert "of several their names say it" in said
    status, said = wrap(str(folder), "--out", str(tmp_path / "third"))
    assert status != 0
    assert "sample.png" in said
    assert not (tmp_path / "third").exists()
