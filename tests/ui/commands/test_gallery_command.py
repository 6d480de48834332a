"""`senoscope gallery` makes a page a browser can open."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import ReaderDescription
from senoscope.models.classifier import Classifier
from senoscope.models.reader import UltrasoundReader
from senoscope.models.segmenter import Segmenter
from senoscope.ui.commands import gallery_command
from senoscope.ui.commands.every_command import app
from tests.models.evaluation.data_sets import SHAPE, bus_bra, busi
from tests.models.scripted import ScriptedEngine, package


@pytest.fixture(autouse=True)
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = np.zeros((1, 1, *SHAPE))
    engine = ScriptedEngine(lesion=nothing, presence=[0.0], malignant=[0.0])

    def build(**_: object) -> UltrasoundReader:
        return UltrasoundReader(
            Segmenter(engine, package(SHAPE[0])),
            Classifier(engine, package(SHAPE[0])),
            ReaderDescription("scripted", ()),
        )

    monkeypatch.setattr(gallery_command, "build_reader", build)


def gallery(data: Path, folder: Path) -> Result:
    return CliRunner().invoke(app, ["gallery", "--data", str(data), "--folder", str(folder)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    bus_bra(tmp_path / "bus-bra")
    busi(tmp_path / "busi")
    return tmp_path


def test_every_missed_lesion_has_a_picture_and_a_caption(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gallery"
    result = gallery(data, folder)
    assert result.exit_code == 0, result.output
    page = (folder / "index.html").read_text()
    # BUS-BRA fold 3 holds one benign lesion, BUSI val one benign, one malignant, one normal.
    assert "benign lesion missed (2)" in page
    assert "malignant lesion missed (1)" in page
    assert "two lesions or more (1)" in page
    assert "3 of 4 images" in page
    pictures = sorted(folder.glob("*.jpg"))
    assert len(pictures) == 3
    for picture in pictures:
        assert picture.name in page
        image = cv2.imread(str(picture))
        assert image is not None
        assert image.shape[1] == gallery_command.WIDTH
    assert "bus_0003-l, benign, Dice 0.00, no outline" in page


def test_a_folder_with_something_in_it_is_left_alone(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gallery"
    folder.mkdir()
    (folder / "index.html").write_text("mine")
    assert isinstance(gallery(data, folder).exception, SettingsError)
    assert (folder / "index.html").read_text() == "mine"
