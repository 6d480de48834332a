"""`senoscope evaluate density` over a folder of pictures."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.mammogram import SimulatedMammogram
from senoscope.domain.mammogram import Laterality
from senoscope.ui.commands.every_command import app


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two simulated breasts a quarter of their size, one of them mirrored, and one broken file."""
    folder = tmp_path_factory.mktemp("films")
    rows = ["image,density,mask", "broken.png,B,"]
    (folder / "broken.png").write_bytes(b"no picture")
    for seed, letter in ((5001, "A"), (5002, "D")):
        view = SimulatedMammogram.of(BreastAnatomy.drawn(seed, Laterality.LEFT, letter), "MLO")
        size = view.breast.shape[1] // 4, view.breast.shape[0] // 4
        mask = np.full(view.breast.shape, 64, np.uint8)
        for part, grey in ((view.breast, 128), (view.dense, 192), (view.pectoral, 255)):
            mask[part] = grey
        shown = cv2.resize(view.presentation >> 4, size, interpolation=cv2.INTER_AREA)
        small = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
        for name, picture in ((f"{seed}.png", shown), (f"{seed}_mask.png", small)):
            turned = picture[:, ::-1] if seed == 5002 else picture
            cv2.imwrite(str(folder / name), np.ascontiguousarray(turned.astype(np.uint8)))
        rows.append(f"{seed}.png,{letter},{seed}_mask.png")
    (folder / "images.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_every_key_has_value_interval_and_n_and_a_broken_file_ends_nothing(
    films: Path, tmp_path: Path
) -> None:
    report = tmp_path / "density.json"
    line = ["evaluate", "density", "--data", str(films), "--layout", "images+csv"]
    done = CliRunner().invoke(app, [*line, "--report", str(report)])
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    for key in ("spearman_density", "breast_dice", "dense_dice", "pectoral_dice"):
        assert set(told[key]) >= {"value", "ci", "n"}, key
    assert told["breast_dice"]["n"] == 2
    assert told["breast_dice"]["value"] > 0.95
    assert told["spearman_density"]["value"] == 1.0
    assert "broken.png" in json.dumps(told["not_measured"])
