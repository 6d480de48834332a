"""A package is whole, or its error says what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.package import Precision, load_package

WEIGHTS = b"weights"


def card(**changes: Any) -> dict[str, Any]:
    files = {
        precision: {
            "file": f"model.{precision}.onnx",
            "sha256": hashlib.sha256(WEIGHTS).hexdigest(),
        }
        for precision in Precision
    }
    whole = {
        "format": 1, "name": "net", "version": "2.0", "files": files,
        "input": {"size": 256, "mean": 0.25, "std": 0.2}, "settings": {"presence_from": 0.5},
    }  # fmt: skip
    return {key: value for key, value in (whole | changes).items() if value is not None}


def written(folder: Path, stored: object) -> Path:
    package = folder / "net"
    package.mkdir()
    for precision in Precision:
        (package / f"model.{precision}.onnx").write_bytes(WEIGHTS)
    (package / "card.json").write_text(json.dumps(stored))
    return package


def naming(file: str) -> dict[str, Any]:
    return {"int8": {"file": file, "sha256": hashlib.sha256(WEIGHTS).hexdigest()}}


def test_a_whole_package_says_what_it_is_and_gives_its_weights(tmp_path: Path) -> None:
    package = load_package(written(tmp_path, card()))
    assert (package.title, package.size, package.mean, package.std) == ("net 2.0", 256, 0.25, 0.2)
    assert package.setting("presence_from") == 0.5
    assert [package.weights(precision) for precision in Precision] == [WEIGHTS] * 3


def test_exchanged_weights_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, card())
    (folder / "model.int8.onnx").write_bytes(b"other")
    with pytest.raises(ModelPackageError, match=r"net 2.0 \(model.int8.onnx\) have checksum"):
        load_package(folder).weights(Precision.INT8)
    assert load_package(folder).weights(Precision.FP32) == WEIGHTS


def test_missing_weights_are_named(tmp_path: Path) -> None:
    folder = written(tmp_path, card())
    (folder / "model.fp32.onnx").unlink()
    with pytest.raises(ModelPackageError, match=r"model.fp32.onnx.*cannot be read.*Reinstall"):
        load_package(folder).weights(Precision.FP32)


@pytest.mark.parametrize(
    "files", [None, {}, {"int8": {}}, {"int8": {"file": "model.int8.onnx"}}, {"int8": "x"}, []]
)
def test_a_card_that_names_no_weights_is_refused(tmp_path: Path, files: object) -> None:
    with pytest.raises(ModelPackageError, match=r"names no int8 weights|not understood"):
        load_package(written(tmp_path, card(files=files))).weights(Precision.INT8)


@pytest.mark.parametrize("how", ["../stolen.onnx", "sub/../../stolen.onnx", "{outside}", ""])
def test_weights_outside_the_package_are_refused_unread(tmp_path: Path, how: str) -> None:
    outside = tmp_path / "stolen.onnx"
    outside.write_bytes(WEIGHTS)
    folder = written(tmp_path, card(files=naming(how.format(outside=outside))))
    with pytest.raises(ModelPackageError, match="expected a file beside the card"):
        load_package(folder).weights(Precision.INT8)


@pytest.mark.parametrize("place", ["nothing", "a file/net"])
def test_a_folder_without_a_card_is_no_package(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_text("")
    with pytest.raises(ModelPackageError, match=r"no readable card.json.*Reinstall"):
        load_package(tmp_path / place)


def test_a_card_of_another_format_names_both(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="format 9, this version reads format 1"):
        load_package(written(tmp_path, card(format=9)))


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"null", b"[1]", b"7", b'"card"'])
def test_a_card_that_is_no_card_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = written(tmp_path, card())
    (folder / "card.json").write_bytes(content)
    with pytest.raises(ModelPackageError, match="card of the model package net is not understood"):
        load_package(folder)


@pytest.mark.parametrize(
    "changes",
    [
        *({key: None} for key in ("format", "name", "version", "input", "settings")),
        {"input": {"size": 256, "mean": 0.25}},
        {"input": {"size": "wide", "mean": 0.25, "std": 0.2}},
        {"input": {"size": 0, "mean": 0.25, "std": 0.2}},
        {"input": {"size": 256, "mean": 0.25, "std": 0}},
        {"settings": [1, 2]},
        {"settings": {"presence_from": "often"}},
        {"settings": {"presence_from": float("nan")}},
    ],
    ids=repr,
)
def test_a_card_that_lacks_something_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(ModelPackageError, match=r"not understood|expected finite numbers"):
        load_package(written(tmp_path, card(**changes)))


def test_a_setting_that_the_card_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="lacks the setting 'high_from'"):
        load_package(written(tmp_path, card())).setting("high_from")


@pytest.mark.parametrize(
    "settings",
    [
        {"low_below": -0.1, "high_from": 0.5},
        {"low_below": 0.1, "high_from": 1.5},
        {"low_below": 0.6, "high_from": 0.5},
        {"presence_from": 2.0},
        {"prevalence": -1.0},
    ],
    ids=repr,
)
def test_thresholds_that_cannot_be_are_refused(tmp_path: Path, settings: dict[str, float]) -> None:
    """With low_below above 1 every lesion would be called low."""
    with pytest.raises(ModelPackageError, match=r"expected .* in 0 to 1.*reinstall"):
        load_package(written(tmp_path, card(settings=settings)))
