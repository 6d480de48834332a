"""A run becomes a package that is calibrated, whole, and there or not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nncf", reason="packaging needs the [train] extra")

from senoscope.models.package import Precision, load_package
from senoscope.models.training.packaging import (
    PackagePlan,
    move_into_place,
    operating_point,
    platt_scaling,
    write_card,
)

PLAN = PackagePlan("net", "3.1", 64, {"task": "tells nothing", "licence": "Apache-2.0"})


def made(folder: Path, content: bytes = b"new") -> Path:
    folder.mkdir()
    for precision in Precision:
        (folder / f"model.{precision}.onnx").write_bytes(content)
    write_card(PLAN, {"presence_from": 0.123456789}, folder)
    return folder


def drawn(slope: float, intercept: float, spread: float, n: int = 20_000) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, spread, n)
    return logits, rng.random(n) < 1 / (1 + np.exp(-(slope * logits + intercept)))


@pytest.mark.parametrize(
    ("slope", "intercept", "spread"),
    [(1.0, 0.0, 1.5), (2.0, 0.85, 1.0), (0.4, -1.2, 4.0), (0.1, 0.3, 25.0), (15.0, -0.5, 0.1)],
)
def test_platt_scaling_finds_the_slope_and_intercept_the_labels_came_from(
    slope: float, intercept: float, spread: float
) -> None:
    found_slope, found_intercept = platt_scaling(*drawn(slope, intercept, spread))
    assert found_slope == pytest.approx(slope, rel=0.07)
    assert found_intercept == pytest.approx(intercept, abs=0.06)


@pytest.mark.parametrize("logit", [1.0, 10.0, 80.0])
def test_platt_scaling_of_separated_classes_stays_short_of_certainty(logit: float) -> None:
    """Smoothed targets: of 50 right, one more might have been wrong."""
    malignant = np.arange(100) < 50
    slope, intercept = platt_scaling(np.where(malignant, logit, -logit), malignant)
    assert 1 / (1 + np.exp(-(slope * logit + intercept))) == pytest.approx(51 / 52, abs=1e-4)


def test_scaled_probabilities_are_right_on_the_whole() -> None:
    logits, malignant = drawn(0.3, 0.5, 6.0, n=500)
    slope, intercept = platt_scaling(logits, malignant)
    probability = 1 / (1 + np.exp(-(slope * logits + intercept)))
    assert probability.mean() == pytest.approx(malignant.mean(), abs=0.01)


def test_the_operating_point_keeps_its_shares() -> None:
    rng = np.random.default_rng(1)
    malignant = np.arange(2000) < 1000
    probability = np.where(malignant, rng.beta(5, 2, 2000), rng.beta(2, 5, 2000))
    low, high = operating_point(probability, malignant)
    assert low < high
    assert (probability[malignant] >= low).mean() == pytest.approx(0.95, abs=0.002)
    assert (probability[~malignant] < high).mean() == pytest.approx(0.90, abs=0.002)


def test_an_operating_point_of_classes_far_apart_is_in_order_too() -> None:
    malignant = np.arange(100) < 50
    low, high = operating_point(np.where(malignant, 0.9, 0.1), malignant)
    assert 0 <= low <= high <= 1


def test_a_card_written_is_a_card_read(tmp_path: Path) -> None:
    package = load_package(made(tmp_path / "net"))
    assert (package.title, package.size) == ("net 3.1", 64)
    assert package.setting("presence_from") == 0.12346
    assert package.card["task"] == "tells nothing"
    assert [package.weights(precision) for precision in Precision] == [b"new", b"new"]
    assert sorted(path.name for path in package.folder.iterdir()) == [
        "card.json", "model.fp32.onnx", "model.int8.onnx",
    ]  # fmt: skip


def test_there_is_no_card_before_there_are_weights(tmp_path: Path) -> None:
    (tmp_path / "model.int8.onnx").write_bytes(b"new")
    with pytest.raises(FileNotFoundError):
        write_card(PLAN, {}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["model.int8.onnx"]


def test_a_card_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path / "net")
    before = (folder / "card.json").read_bytes()

    def half(self: Path, text: str, encoding: str) -> int:
        self.write_bytes(text.encode(encoding)[:20])
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match="disk full"):
        write_card(PLAN, {"presence_from": 0.9}, folder)
    assert (folder / "card.json").read_bytes() == before


@pytest.mark.parametrize("there_was_one", [True, False])
def test_a_finished_package_moves_into_place(tmp_path: Path, there_was_one: bool) -> None:
    target = tmp_path / "packages" / "net"
    target.parent.mkdir()
    if there_was_one:
        made(target, b"old")
    move_into_place(made(tmp_path / "made"), target)
    assert load_package(target).weights(Precision.INT8) == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["net"]
    assert not (tmp_path / "made").exists()


def test_where_moving_fails_again_and_again_the_one_before_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, new = made(tmp_path / "net", b"old"), made(tmp_path / "made")

    def fail(source: Path, goal: Path) -> None:
        goal.mkdir()
        (goal / "model.int8.onnx").write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(shutil, "move", fail)
    for _ in range(2):
        with pytest.raises(OSError, match="disk full"):
            move_into_place(new, target)
        assert load_package(target).weights(Precision.INT8) == b"old"
