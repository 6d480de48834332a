"""Cards of networks for breast MRI: read as written, and what they may not say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.breast_mri_card import (
    BreastMriCard,
    MriChannel,
    MriTarget,
    installed_breast_mri_cards,
    load_breast_mri_card,
)
from senoscope.models.network_card import CARD, LONGEST_CARD, WEIGHTS

CONTENT: dict[str, Any] = {
    "format": 1, "name": "net", "version": "2", "target": "tumour", "channels": ["pre", "early"],
    "spacing_mm": [2, 1, 1], "patch": [8, 16, 16], "is_clinical": True, "trained_on": "patients",
}  # fmt: skip


def write(folder: Path, **changed: object) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(b"network")
    (folder / CARD).write_text(json.dumps(CONTENT | changed))
    return folder


def test_a_card_is_read_as_it_is_written(tmp_path: Path) -> None:
    card = load_breast_mri_card(write(tmp_path / "mine"))
    assert card.target is MriTarget.TUMOUR and card.channels == (MriChannel.PRE, MriChannel.EARLY)
    assert card.input_shape == (1, 2, 8, 16, 16)
    assert card.title == "net 2 (trained on: patients)"
    (tmp_path / "mine" / CARD).write_text(card.as_json())
    assert load_breast_mri_card(tmp_path / "mine") == card


def test_a_patch_of_one_slice_is_a_picture(tmp_path: Path) -> None:
    card = load_breast_mri_card(write(tmp_path, patch=[1, 32, 64], is_clinical=False))
    assert card.input_shape == (1, 2, 32, 64)
    assert card.title.endswith(", not clinical)")


@pytest.mark.parametrize(
    "changed",
    [
        {"format": 2},
        {"name": " "},
        {"target": "liver"},
        {"channels": []},
        {"channels": ["pre", "pre"]},
        {"channels": ["t2"]},
        {"spacing_mm": [1, 1]},
        {"spacing_mm": [0, 1, 1]},
        {"patch": [0, 16, 16]},
        {"patch": [8, 4, 16]},
        {"patch": [4096, 4096, 4096]},
        {"is_clinical": "yes"},
        {"trained_on": 3},
    ],
)
def test_a_wrong_card_is_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    with pytest.raises(ModelPackageError, match=r"docs/breast-mri-networks\.md"):
        load_breast_mri_card(write(tmp_path, **changed))


def test_a_folder_without_either_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelPackageError, match="no readable"):
        load_breast_mri_card(tmp_path)
    write(tmp_path)
    (tmp_path / WEIGHTS).unlink()
    with pytest.raises(ModelPackageError, match="beside its card"):
        load_breast_mri_card(tmp_path)


def test_an_endless_card_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / CARD).write_text(" " * (LONGEST_CARD + 1))
    with pytest.raises(ModelPackageError, match="not understood"):
        load_breast_mri_card(tmp_path)


def test_weights_other_than_the_card_s_are_refused(tmp_path: Path) -> None:
    card = load_breast_mri_card(write(tmp_path, sha256="AB" * 32))
    with pytest.raises(ModelPackageError, match="checksum"):
        card.weights()
    assert load_breast_mri_card(write(tmp_path)).weights() == b"network"


def test_installed_ones_are_listed_with_what_is_wrong_with_others(tmp_path: Path) -> None:
    write(tmp_path / "b")
    write(tmp_path / "a", target="liver")
    cards, troubles = installed_breast_mri_cards(tmp_path)
    assert [each.folder.name for each in cards] == ["b"] and len(troubles) == 1
    assert installed_breast_mri_cards(tmp_path / "none") == ((), ())
    assert isinstance(cards[0], BreastMriCard)
