"""Cards that are as described, spoilt ones, and what is installed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.mammogram import Intent
from senoscope.models.mammogram_card import (
    NO_CLINICAL,
    installed_mammogram_models,
    load_mammogram_card,
)

SPOILT = (
    None, True, -1, 0, 5, 1e400, float("nan"), 10**40, "", "../..", "a" * 5000, [], {}, [[[]]],
    [64, 0], [64], ["CC", "ER"], "\u0000", "CC",
)  # fmt: skip


def card(**changed: Any) -> dict[str, Any]:
    return {
        "format": 1, "name": "net", "version": "2", "views": ["CC", "MLO"], "at_once": 1,
        "size": [64, 96], "intensity": {"low": -1, "high": 1.5, "intent": "FOR PRESENTATION"},
        "outputs": ["malignant"], "is_clinical": False, "trained_on": "simulated", **changed,
    }  # fmt: skip


def write(folder: Path, content: dict[str, Any], weights: bytes = b"network") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "card.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "model.onnx").write_bytes(weights)
    return folder


def test_a_card_is_read_and_written_as_it_was(tmp_path: Path) -> None:
    read = load_mammogram_card(
        write(tmp_path / "a", card(at_once=4, outputs=["malignant", "saliency"]))
    )
    assert (read.size, read.low, read.high) == ((64, 96), -1, 1.5)
    assert read.intent is Intent.PRESENTATION
    assert read.input_shape == (4, 1, 64, 96)
    assert "simulated, not clinical" in read.title
    again = load_mammogram_card(write(tmp_path / "a", json.loads(read.as_json())))
    assert again == read


def test_the_documented_card_is_one(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "mammography-networks.md"
    (block,) = re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.S)
    read = load_mammogram_card(write(tmp_path / "a", json.loads(block)))
    assert read.is_clinical and read.has_saliency
    assert json.loads(read.as_json()) == json.loads(block)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"format": 2}, "format 2 where 1 is read"),
        ({"views": ["CC", "XY"]}, "under views; expected some of CC"),
        ({"views": []}, "under views"),
        ({"at_once": 2}, "under at_once; expected 1, or 4"),
        ({"at_once": 4, "views": ["CC"]}, "under at_once"),
        ({"size": [16, 96]}, r"under size; expected \[rows, columns\], each from 32"),
        ({"size": [64, 10**9]}, "under size"),
        ({"intensity": {"low": 1, "high": 1, "intent": "FOR PRESENTATION"}}, "under low and high"),
        ({"intensity": {"low": 0, "high": 1, "intent": "ANY"}}, "'ANY' is not a valid Intent"),
        ({"outputs": ["saliency"]}, "where malignant and"),
        ({"outputs": ["malignant", "benign"]}, "'benign'"),
        ({"is_clinical": "no"}, "where true or false is read"),
        ({"trained_on": " "}, "under name, version and trained_on"),
        ({"name": 3}, "where text is read"),
    ],
)
def test_what_is_wrong_with_a_card_is_told(
    tmp_path: Path, changed: dict[str, Any], told: str
) -> None:
    with pytest.raises(ModelPackageError, match=told) as error:
        load_mammogram_card(write(tmp_path / "mine", card(**changed)))
    assert "mine" in str(error.value)


def test_a_thousand_spoilt_cards_are_read_or_refused_with_a_sentence(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(1000):
        spoilt: Any = card()
        place, key = spoilt, str(rng.choice(list(spoilt)))
        if isinstance(place[key], dict) and rng.random() < 0.7:
            place = place[key]
            key = str(rng.choice(list(place)))
        place[key] = SPOILT[rng.integers(len(SPOILT))]
        try:
            load_mammogram_card(write(tmp_path / "mine", spoilt))
        except ModelPackageError as error:
            refused += 1
            assert str(error).endswith(".")
    assert 500 < refused < 1000


@pytest.mark.parametrize("text", [b"", b"{", b"[" * 100_000, b"\xff", b"[]", b"3", b" " * 2**21])
def test_what_is_no_card_is_told(tmp_path: Path, text: bytes) -> None:
    folder = write(tmp_path / "mine", card())
    (folder / "card.json").write_bytes(text)
    with pytest.raises(ModelPackageError, match=r"mine/card\.json is not understood"):
        load_mammogram_card(folder)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match=r"has no readable card\.json"):
        load_mammogram_card(tmp_path / "none")


def test_weights_that_are_gone_or_others_are_told(tmp_path: Path) -> None:
    read = load_mammogram_card(write(tmp_path / "mine", card(sha256="ab" * 32)))
    with pytest.raises(ModelPackageError, match=r"its card says abababababab"):
        read.weights()
    (tmp_path / "mine" / "model.onnx").unlink()
    with pytest.raises(ModelPackageError, match=r"cannot be read"):
        read.weights()
    with pytest.raises(ModelPackageError, match=r"a card but no model\.onnx"):
        load_mammogram_card(tmp_path / "mine")


def test_a_page_is_told_that_nothing_clinical_is_installed(tmp_path: Path) -> None:
    assert installed_mammogram_models(tmp_path / "none").statement == NO_CLINICAL
    write(tmp_path / "a", card())
    write(tmp_path / "broken", card(size=3))
    found = installed_mammogram_models(tmp_path)
    assert (len(found.cards), len(found.troubles)) == (1, 1)
    assert found.statement == NO_CLINICAL
    write(tmp_path / "b", card(is_clinical=True, trained_on="CBIS-DDSM"))
    assert installed_mammogram_models(tmp_path).statement == "net 2 (trained on: CBIS-DDSM)"
