"""A thousand spoilt packages: each is read as it is or refused with a sentence, none crashes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.package import Precision, load_package

MUTATIONS = 1000
WEIGHTS = bytes(range(256))
SPOILT_VALUES = (
    None, True, -1, 0, 1e400, float("nan"), 10**40, "", "../../etc/passwd", "a" * 5000, [], {},
    [[[]]], {"file": "model.int8.onnx"}, "\u0000", "model.int8.onnx",
)  # fmt: skip


def card() -> dict[str, Any]:
    checksum = hashlib.sha256(WEIGHTS).hexdigest()
    files = {
        precision.value: {"file": f"model.{precision}.onnx", "sha256": checksum}
        for precision in Precision
    }
    return {
        "format": 1, "name": "net", "version": "1.0.0", "files": files,
        "input": {"size": 64, "mean": 0.25, "std": 0.2, "margins": [0.1, 0.4]},
        "settings": {"low_below": 0.1, "high_from": 0.5, "prevalence": 0.3},
    }  # fmt: skip


def spoilt_value(rng: np.random.Generator) -> bytes:
    """The card with one value, anywhere in it, exchanged."""
    spoilt: Any = card()
    place, key = spoilt, str(rng.choice(list(spoilt)))
    while isinstance(place[key], dict) and rng.random() < 0.7:
        place = place[key]
        key = str(rng.choice(list(place)))
    place[key] = SPOILT_VALUES[rng.integers(len(SPOILT_VALUES))]
    return json.dumps(spoilt).encode()


def spoilt_bytes(rng: np.random.Generator, content: bytes) -> bytes:
    """Flipped, cut, doubled or filled with something else."""
    changed = bytearray(content)
    first, last = sorted(rng.integers(0, len(content) + 1, 2).tolist())
    kind = rng.integers(4)
    if kind == 0:
        for place in rng.integers(0, len(content), 4).tolist():
            changed[place] ^= 1 << int(rng.integers(8))
    elif kind == 1:
        del changed[first:]
    elif kind == 2:
        changed[first:first] = changed[first:last] * 3
    else:
        changed[first:last] = rng.bytes(last - first)
    return bytes(changed)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "net"
    made.mkdir()
    return made


def test_no_spoilt_package_crashes(folder: Path) -> None:
    refused, written = 0, b""
    for seed in range(MUTATIONS):
        rng = np.random.default_rng(seed)
        content, weights = json.dumps(card()).encode(), WEIGHTS
        match seed % 3:
            case 0:
                content = spoilt_value(rng)
            case 1:
                content = spoilt_bytes(rng, content)
            case _:
                weights = spoilt_bytes(rng, weights)
        (folder / "card.json").write_bytes(content)
        if weights != written:
            for precision in Precision:
                (folder / f"model.{precision}.onnx").write_bytes(weights)
        written = weights
        try:
            package = load_package(folder)
            read = [package.weights(precision) for precision in Precision]
        except ModelPackageError as error:
            refused += 1
            assert len(str(error)) > 40, seed
        else:
            assert read == [WEIGHTS] * 3, seed
    assert refused > MUTATIONS / 2


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"format":' * 100_000, b"\xff\xfe\x00", b'{"format": 1e999}', b"9" * 10_000],
    ids=["deep list", "deep object", "no UTF-8", "infinite", "a long number"],
)
def test_a_card_that_is_meant_to_harm_is_refused(folder: Path, content: bytes) -> None:
    (folder / "card.json").write_bytes(content)
    with pytest.raises(ModelPackageError):
        load_package(folder)
