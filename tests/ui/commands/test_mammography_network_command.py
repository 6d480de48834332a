"""`senoscope train mammography-network` and `evaluate mammography-network`, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from senoscope.domain.errors import ImageError, ModelPackageError
from senoscope.domain.mammogram import Laterality
from senoscope.models.mammogram_card import NO_CLINICAL, installed_mammogram_models
from senoscope.studies.wrapping.simulated_exam import ExamToSimulate, write_simulated_exam
from senoscope.ui.commands.every_command import app
from senoscope.ui.commands.mammogram_pictures import read_picture, said_of
from tests.models.evaluation.mammogram_sets.films import write_exam

GROWTH = "R-CC.png,7001,spiculated mass,1,150.0,150.0,12.0,3"


@pytest.fixture
def exams(tmp_path: Path) -> Path:
    """Two women as they are simulated, one of whom has a growth, with drawn pictures."""
    write_exam(tmp_path / "exams" / "exam07001", GROWTH, suffix="png")
    write_exam(tmp_path / "exams" / "exam07002", suffix="png")
    return tmp_path / "exams"


def test_a_file_s_picture_and_what_its_header_says(tmp_path: Path) -> None:
    exam = write_simulated_exam(tmp_path, ExamToSimulate(7001, Laterality.RIGHT))
    dicom = exam / "R-MLO.dcm"
    pixels = read_picture(dicom)
    assert pixels.dtype == np.float32 and pixels.min() == 0 and 0.8 < pixels.max() <= 1
    # As stored: the chest wall of a right breast is at the right.
    assert pixels[:, -200:].mean() > 4 * pixels[:, :200].mean()
    assert said_of(dicom) == (Laterality.RIGHT, "MLO")
    cv2.imwrite(str(tmp_path / "a.png"), (pixels[::8, ::8] * 255).astype(np.uint8))
    assert read_picture(tmp_path / "a.png").shape == pixels[::8, ::8].shape
    (tmp_path / "b.dcm").write_bytes(b"no picture")
    with pytest.raises(ImageError, match=r"b\.dcm is no DICOM file"):
        read_picture(tmp_path / "b.dcm")
    half = dicom.read_bytes()
    (tmp_path / "c.dcm").write_bytes(half[: len(half) // 2])
    with pytest.raises(ImageError, match=r"c\.dcm cannot be read"):
        read_picture(tmp_path / "c.dcm")


def test_two_lines_train_a_network_and_tell_how_it_does(exams: Path, tmp_path: Path) -> None:
    pytest.importorskip("nncf", reason="training needs the [train] extra")
    other = tmp_path / "other"
    write_exam(other / "exam07003", GROWTH, suffix="png")
    model, report = tmp_path / "models" / "mine", tmp_path / "report.json"
    data = ["--data", str(exams), "--layout", "simulated", "--model", str(model)]
    line = ["train", "mammography-network", *data, "--network", "multiple-instance"]
    line += ["--choose", str(other), "--run", str(tmp_path / "run"), "--steps", "1", "--batch", "2"]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    assert "trained on: simulated, 2 anatomies, not clinical" in done.output
    assert installed_mammogram_models(tmp_path / "models").statement == NO_CLINICAL
    done = CliRunner().invoke(
        app, ["evaluate", "mammography-network", *data, "--report", str(report)]
    )
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert "simulated" in told["about"]["data"] and told["about"]["is_clinical"] is False
    assert told["figures"]["auc_image"]["n"] == 4 and told["figures"]["auc_breast"]["n"] == 4
    assert told["figures"]["saliency_hit"]["n"] == 1
    assert [row["diagnosis"] for row in told["views"]].count("malignant") == 1
    assert len(told["published_on_other_data"]) == 2


def test_a_folder_that_holds_no_network_is_told(exams: Path, tmp_path: Path) -> None:
    data = ["--data", str(exams), "--layout", "simulated", "--model", str(tmp_path)]
    done = CliRunner().invoke(
        app, ["evaluate", "mammography-network", *data, "--report", str(tmp_path / "r.json")]
    )
    assert isinstance(done.exception, ModelPackageError)
    assert not (tmp_path / "r.json").exists()


def test_real_mammograms_are_decoded(public_data: Path) -> None:
    found = sorted((public_data / "mammography-dicom").glob("*.dcm"))
    assert len(found) == 3
    for path in found:
        pixels = read_picture(path)
        assert pixels.ndim == 2 and 0 <= pixels.min() < pixels.max() <= 1, path.name
