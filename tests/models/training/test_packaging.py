"""A run becomes a package that is calibrated, whole, and there or not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("nncf", reason="packaging needs the [train] extra")

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.odds import logistic, logit
from senoscope.models.package import ModelPackage, Precision, load_package
from senoscope.models.segmenter import Segmenter
from senoscope.models.training.packaging import (
    PackagePlan,
    move_into_place,
    presence_rule,
    write_card,
)
from senoscope.models.training.samples import Sample
from tests.models.scripted import package

PLAN = PackagePlan("net", "3.1", 64, {"task": "tells nothing", "licence": "Apache-2.0"})


def ungated() -> ModelPackage:
    return package(64, presence_from=0.0, head_share=0.0)


def made(folder: Path, content: bytes = b"new") -> Path:
    folder.mkdir()
    for precision in Precision:
        (folder / f"model.{precision}.onnx").write_bytes(content)
    write_card(PLAN, {"presence_from": 0.123456789}, folder)
    return folder


def test_a_card_written_is_a_card_read(tmp_path: Path) -> None:
    package = load_package(made(tmp_path / "net"))
    assert (package.title, package.size) == ("net 3.1", 64)
    assert package.setting("presence_from") == 0.12346
    assert package.card["task"] == "tells nothing"
    assert [package.weights(precision) for precision in Precision] == [b"new"] * 3
    assert sorted(path.name for path in package.folder.iterdir()) == [
        "card.json", "model.fp16.onnx", "model.fp32.onnx", "model.int8.onnx",
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


class HeadedEngine:
    """Outlines what is brighter than 100; its head says `head` of the brightest pixel."""

    name = "headed"

    def __init__(self, head: Callable[[float], float]) -> None:
        self._head = head

    def run(self, picture: np.ndarray) -> dict[str, np.ndarray]:
        gray = picture * 0.2 + 0.25
        lesion = (gray > 100 / 255).astype(np.float32)
        return {"lesion": lesion, "presence": np.array([self._head(float(gray.max()) * 255)])}


def inner(brightness: int, diagnosis: Diagnosis) -> Sample:
    mask = np.zeros((64, 64), np.uint8)
    mask[20:44, 4:24] = 255
    pixels = np.where(mask > 0, brightness, 50).astype(np.uint8)
    # Bare tissue is outlined too: only the head can tell it from a lesion.
    pixels[20:44, 40:60] = 120
    mask *= diagnosis is not Diagnosis.NORMAL
    name = f"{diagnosis} {brightness}"
    return Sample(name, pixels, pixels, mask, diagnosis, name)


INNER = [inner(gray, Diagnosis.BENIGN) for gray in (180, 200, 220, 240)]


def rule(segmenter: Segmenter, kept_share: float) -> tuple[float, float]:
    settings = presence_rule(segmenter, INNER, kept_share)
    return settings["head_share"], settings["presence_from"]


def test_presence_rests_on_the_head_where_only_the_head_can_tell() -> None:
    segmenter = Segmenter(HeadedEngine(lambda gray: gray / 255), ungated())
    share, threshold = rule(segmenter, kept_share=1.0)
    assert share > 0
    least = 1 - share + share * 180 / 255
    assert threshold == pytest.approx(least, abs=1e-4)
    assert threshold <= least


def test_presence_rests_on_the_outline_where_the_head_says_nothing() -> None:
    segmenter = Segmenter(HeadedEngine(lambda _: 0.5), ungated())
    share, threshold = rule(segmenter, kept_share=1.0)
    assert share == 0.0
    assert threshold == 1.0


def test_a_share_of_the_lesions_may_be_given_up() -> None:
    segmenter = Segmenter(HeadedEngine(lambda gray: gray / 255), ungated())
    share, threshold = rule(segmenter, kept_share=0.66)
    assert 1 - share + share * 200 / 255 < threshold < 1 - share + share * 220 / 255


def test_presence_is_a_probability_for_pictures_as_likely_with_a_lesion_as_without() -> None:
    """Where the score says nothing, it is a half, however many of each the inner split has."""
    segmenter = Segmenter(HeadedEngine(lambda _: 0.5), ungated())
    settings = presence_rule(segmenter, INNER, kept_share=1.0)
    score = logit(1.0)
    shown = logistic(settings["presence_slope"] * score + settings["presence_intercept"])
    assert shown == pytest.approx(0.5, abs=0.05)


def test_a_network_that_finds_no_lesion_cannot_be_given_a_rule() -> None:
    segmenter = Segmenter(HeadedEngine(lambda _: 0.5), ungated())
    dark = [inner(60, Diagnosis.BENIGN), inner(60, Diagnosis.NORMAL)]
    with pytest.raises(
        DataSetError, match=r"0 lesions of the inner split were found.*Train longer"
    ):
        presence_rule(segmenter, dark, kept_share=1.0)
