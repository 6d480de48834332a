"""Commands that train and measure on breast MRI: what they write, from small exams."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri
from senoscope.models.evaluation.breast_mri.mama_mia import MamaMiaSplit, read_mama_mia
from senoscope.models.evaluation.breast_mri.tumour_baselines import BASELINES
from senoscope.models.programmed.breast_mri.lesion_model import FEATURES, load_lesion_model
from senoscope.ui.commands import simulated_mri
from senoscope.ui.commands.simulated_mri import drawn_lesions, lesion_cases, write_mama_mia_exams
from tests.models.evaluation.breast_mri.drawn_exams import drawn_folder, drawn_lesion
from tests.ui.commands.test_command_line import run


def said(_: str) -> None:
    pass


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exams of large voxels, drawn in a fraction of a second."""
    fine = simulated_mri._drawn

    def drawn(seed: int, kinds: list[str], how: dict[str, Any]) -> SimulatedBreastMri:
        return fine(seed, kinds, how | {"spacing_mm": (4.0, 4.0, 4.0), "shape": (38, 54, 90)})

    monkeypatch.setattr(simulated_mri, "_drawn", drawn)


def test_simulated_exams_in_the_layout_go_on_where_they_stopped(
    coarse: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_mama_mia_exams(tmp_path / "set", 1, 1, said)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nii.gz")}
    write_mama_mia_exams(tmp_path / "set", 2, 1, said)
    assert all(path.stat().st_mtime_ns == when for path, when in before.items())
    patients = read_mama_mia(tmp_path / "set")
    assert [each.name for each in patients] == [
        "SIMULATED_00000", "SIMULATED_00001", "SIMULATED_27300",
    ]  # fmt: skip
    assert [each.split for each in patients] == [*[MamaMiaSplit.TRAIN] * 2, MamaMiaSplit.TEST]
    series = patients[0].series()
    assert patients[0].is_simulated and series.times_s is not None
    assert patients[0].tumour(series.shape).any()


def test_tumours_are_told_beside_trivial_outlines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_folder(tmp_path / "set", train=1, test=3)
    report = tmp_path / "figures.json"
    line = f"evaluate mama-mia --data {tmp_path / 'set'} --report {report} --no-programmed"
    assert run(monkeypatch, *line.split()) == 0
    content = json.loads(report.read_text(encoding="utf-8"))
    assert set(content["figures"]) == set(BASELINES)
    assert content["about"]["simulated"] is True and content["about"]["patients"] == 3
    seed = content["figures"]["seed: functional volume, largest part"]["dice"]
    assert seed["value"] > 0.9 and seed["n"] == 3


def test_a_network_is_trained_and_told_by_one_line_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="training needs torch, of the [train] extra")
    pytest.importorskip("nncf", reason="exporting needs nncf, of the [train] extra")
    drawn_folder(tmp_path / "set", train=8, test=2)
    model, report = tmp_path / "model", tmp_path / "figures.json"
    line = f"train breast-mri-network --data {tmp_path / 'set'} --model {model} --run "
    assert run(monkeypatch, *f"{line}{tmp_path / 'run'} --steps 3 --batch 2".split()) == 0
    line = f"evaluate mama-mia --data {tmp_path / 'set'} --report {report} --network {model}"
    assert run(monkeypatch, *line.split(), "--no-programmed") == 0
    content = json.loads(report.read_text(encoding="utf-8"))
    assert "network" in content["figures"] and "not clinical" in content["about"]["network"]
    assert any(name.startswith("network - seed") for name in content["differences_of_dice"])


def test_lesions_are_drawn_of_both_kinds_and_outlined_as_they_are_found(tmp_path: Path) -> None:
    found = [case for _, case in drawn_lesions(7) if case is not None]
    assert found
    for case in found:
        assert case.anatomy == "seed 7" and set(case.others) == {"t2", "adc"}
        assert case.outline.any() and case.outline.shape == case.series.shape
        middle = np.array(case.outline.shape) / 2
        assert np.linalg.norm(np.argwhere(case.outline) - middle, axis=1).min() < 8


def test_lesions_are_kept_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def drawn(seed: int) -> list[tuple[int, Any]]:
        asked.append(seed)
        return [(1, drawn_lesion(seed, True)), (2, None)]

    monkeypatch.setattr(simulated_mri, "drawn_lesions", drawn)
    first = lesion_cases([3, 4], tmp_path, said)
    again = lesion_cases([3, 4], tmp_path, said)
    assert asked == [3, 4] and len(first) == len(again) == 2
    assert [case.anatomy for case in again] == ["seed 3", "seed 4"]


def test_the_model_of_lesions_is_fitted_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch", reason="training needs torch, of the [train] extra")

    def drawn(seed: int) -> list[tuple[int, Any]]:
        return [(k + 1, drawn_lesion(seed, k == 0)) for k in range(2)]

    monkeypatch.setattr(simulated_mri, "drawn_lesions", drawn)
    model, report = tmp_path / "model.json", tmp_path / "report.json"
    some = f"--run {tmp_path / 'run'} --women 12 --test 6"
    assert run(monkeypatch, *f"train breast-mri-lesions --model {model} {some}".split()) == 0
    assert set(load_lesion_model(model).model.weights) == set(FEATURES)
    line = f"evaluate breast-mri-lesions --report {report} {some} --model {model} --no-networks"
    assert run(monkeypatch, *line.split()) == 0
    content = json.loads(report.read_text(encoding="utf-8"))
    assert content["about"]["in_folds"]["lesions"] == 24
    assert content["figures"]["unseen"]["kinetics and radiomics"]["auc"]["value"] > 0.9
    assert "kinetics and radiomics and T2" in content["figures"]["in_folds"]
