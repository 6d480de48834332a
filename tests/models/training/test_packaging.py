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
    write_card,
)

PLAN = PackagePlan("net", "3.1", 64, {"task": "tells nothing", "licence": "Apache-2.0"})


def made(folder: Path, content: bytes = b"new") -> Path:
    folder.mkdir()
    for precision in Precision:
        (folder / f"model.{precision}.onnx").write_bytes(content)
    write_card(PLAN, {"presence_from": 0.123456789}, folder)
    return folder


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
