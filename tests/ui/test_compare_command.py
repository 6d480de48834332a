"""`senoscope compare ultrasound` on two tiny data sets that one engine sees through."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import DataSetError
from senoscope.models.classifier import Classifier
from senoscope.models.package import load_package
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.rivals import ORACLE, SIZE_ALONE
from senoscope.ui import compare_command
from senoscope.ui.assemble import CLASSIFIER
from senoscope.ui.commands import app
from tests.models.evaluation.data_sets import SHAPE, draw, table
from tests.models.scripted import LookingEngine, package

SIZE = SHAPE[0]
NETWORK = load_package(CLASSIFIER).title


def pictured(malignant: bool, number: int) -> tuple[np.ndarray, np.ndarray]:
    """A lesion whose size says nothing and whose grey says all, in noise."""
    rng = np.random.default_rng(number)
    high, wide = rng.integers(30, 60, 2)
    mask = np.zeros(SHAPE, np.uint8)
    mask[50 : 50 + high, 50 : 50 + wide] = 255
    picture = np.where(mask > 0, 255 if malignant else 180, 0).astype(np.uint8)
    return picture, mask


def data_sets(folder: Path, patients: int = 60) -> Path:
    rows, parts = [], []
    for number in range(patients):
        malignant = number % 3 == 0
        pathology = "malignant" if malignant else "benign"
        picture, mask = pictured(malignant, number)
        name = f"bus_{number:04d}-l"
        rows.append(
            (name, number, pathology, 4 if malignant else 2, number % 4 // 2 + number % 2 + 1)
        )
        draw(folder / "bus-bra" / "Images" / f"{name}.png", picture)
        draw(folder / "bus-bra" / "Masks" / f"{name.replace('bus', 'mask')}.png", mask)
        draw(folder / "busi" / pathology / f"{pathology} ({number}).png", picture)
        draw(folder / "busi" / pathology / f"{pathology} ({number})_mask.png", mask)
        part = "val" if number % 4 == 1 or number % 12 == 0 else "train"
        parts.append((f"{pathology} ({number}).png", pathology, part))
    table(folder / "bus-bra" / "bus_data.csv", "ID,Case,Pathology,BIRADS,kFold", rows)
    table(folder / "busi" / "split.csv", "filename,class,split", parts)
    return folder


@pytest.fixture(autouse=True)
def seeing(monkeypatch: pytest.MonkeyPatch) -> None:
    def segmenter(_: Path) -> Segmenter:
        return Segmenter(LookingEngine(), package(SIZE))

    def classifier(_: Path) -> Classifier:
        return Classifier(LookingEngine(), package(SIZE))

    monkeypatch.setattr(compare_command, "build_segmenter", segmenter)
    monkeypatch.setattr(compare_command, "build_classifier", classifier)


def compare(data: Path, report: Path) -> Result:
    arguments = ["compare", "ultrasound", "--data", str(data), "--report", str(report)]
    return CliRunner().invoke(app, arguments)


def test_every_rival_is_in_the_report_and_in_the_table(tmp_path: Path) -> None:
    result = compare(data_sets(tmp_path / "data"), tmp_path / "rivals.json")
    assert result.exit_code == 0, result.output
    written = json.loads((tmp_path / "rivals.json").read_text())
    names = {SIZE_ALONE, ORACLE, NETWORK, "CADx on predicted outlines",
             "radiomics on predicted outlines"}  # fmt: skip
    assert names <= set(written["bus-bra 3"])
    assert names <= set(written["busi val"])
    assert "radiologist's BI-RADS" in written["bus-bra 3"]
    assert any(name.startswith("fusion of") for name in written["busi val"])
    assert written["bus-bra 3"][NETWORK]["auc"]["value"] == 1
    assert written["bus-bra 3"]["radiologist's BI-RADS"]["auc"]["value"] == 1
    assert written["bus-bra 3"][SIZE_ALONE]["over_baseline"] is None
    assert f"| {NETWORK} | 1.000 [1.000, 1.000] |" in result.output


def test_nothing_is_written_where_there_is_too_little_to_learn_from(tmp_path: Path) -> None:
    result = compare(data_sets(tmp_path / "data", patients=5), tmp_path / "rivals.json")
    assert isinstance(result.exception, DataSetError)
    assert not (tmp_path / "rivals.json").exists()
