"""The card of a segmentation network for breast MRI: what it takes, gives, and was trained on.

A folder with `model.onnx` and `card.json`; docs/breast-mri-networks.md has one to start from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from senoscope.domain.errors import ModelPackageError
from senoscope.models.card_weights import checked_weights

CARD, WEIGHTS = "card.json", "model.onnx"
FORMAT = 1
LONGEST_CARD = 2**20
LARGEST_PATCH = 2**24
"""Voxels."""
_REMEDY = "Correct card.json as docs/breast-mri-networks.md describes it."


class MriTarget(StrEnum):
    """What a network outlines."""

    TUMOUR = "tumour"
    BREAST = "breast"
    FIBROGLANDULAR = "fibroglandular"


class MriChannel(StrEnum):
    """What a network is shown: see `breast_mri_network.channels_of`."""

    PRE = "pre"
    EARLY = "early"
    LATE = "late"
    SEED = "seed"


@dataclass(frozen=True, slots=True)
class BreastMriCard:
    """`spacing_mm` and `patch` are (slices, rows, columns); a patch of one slice is a picture.

    `trained_on` is said wherever an outline of this network is; `is_clinical` is whether that were
    patients.
    """

    folder: Path
    name: str
    version: str
    target: MriTarget
    channels: tuple[MriChannel, ...]
    spacing_mm: tuple[float, float, float]
    patch: tuple[int, int, int]
    is_clinical: bool
    trained_on: str
    sha256: str | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.version or not self.trained_on:
            raise self._trouble("name, version and trained_on", "words in each of them")
        if not self.channels or len(set(self.channels)) < len(self.channels):
            raise self._trouble("channels", f"some of {', '.join(MriChannel)}, each once")
        if not all(0.1 <= side <= 20 for side in self.spacing_mm):
            raise self._trouble("spacing_mm", "[slices, rows, columns], each from 0.1 to 20")
        slices, rows, columns = self.patch
        if not (slices >= 1 and min(rows, columns) >= 8 and self.voxels <= LARGEST_PATCH):
            raise self._trouble(
                "patch", f"[slices, rows, columns] from 1, 8 and 8 to {LARGEST_PATCH} voxels"
            )

    @property
    def voxels(self) -> int:
        """Of a patch."""
        return self.patch[0] * self.patch[1] * self.patch[2]

    @property
    def title(self) -> str:
        """As shown and stored beside every outline: it says so where it is not of patients."""
        kind = "" if self.is_clinical else ", not clinical"
        return f"{self.name} {self.version} (trained on: {self.trained_on}{kind})"

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(1, channels, slices, rows, columns); of a picture (1, channels, rows, columns)."""
        patch = self.patch if self.patch[0] > 1 else self.patch[1:]
        return 1, len(self.channels), *patch

    def weights(self) -> bytes:
        """The ONNX file. Where the card has a checksum, the file has it too."""
        return checked_weights(self.folder / WEIGHTS, self.sha256)

    def as_json(self) -> str:
        """The text of `card.json`."""
        content = {
            "format": FORMAT,
            "name": self.name,
            "version": self.version,
            "target": self.target,
            "channels": list(self.channels),
            "spacing_mm": list(self.spacing_mm),
            "patch": list(self.patch),
            "is_clinical": self.is_clinical,
            "trained_on": self.trained_on,
            **({} if self.sha256 is None else {"sha256": self.sha256}),
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def _trouble(self, entry: str, expected: str) -> ModelPackageError:
        return ModelPackageError(
            f"The card in {self.folder.name} is wrong under {entry}; expected {expected}. {_REMEDY}"
        )


def load_breast_mri_card(folder: Path) -> BreastMriCard:
    """Read `folder`/card.json and see that the network lies beside it. ModelPackageError if not."""
    try:
        with (folder / CARD).open("rb") as file:
            text = file.read(LONGEST_CARD + 1)
        if len(text) > LONGEST_CARD:
            raise ValueError(f"more than {LONGEST_CARD} bytes")
        card = _card(folder, json.loads(text))
    except OSError as error:
        raise ModelPackageError(
            f"{folder.name} has no readable {CARD} ({error.strerror}); expected a folder with "
            f"{CARD} and {WEIGHTS}. Give the folder of a network for breast MRI."
        ) from error
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ModelPackageError(
            f"{folder.name}/{CARD} is not understood ({error!r:.200}); expected the entries name, "
            f"version, target, channels, spacing_mm, patch, is_clinical and trained_on. {_REMEDY}"
        ) from error
    if not (folder / WEIGHTS).is_file():
        raise ModelPackageError(
            f"{folder.name} has a card but no {WEIGHTS}. Put the network beside its card."
        )
    return card


def installed_breast_mri_cards(
    folder: Path,
) -> tuple[tuple[BreastMriCard, ...], tuple[str, ...]]:
    """Cards of each folder in `folder` that has one, by name; and why others were not taken."""
    cards, troubles = [], []
    for path in sorted(folder.glob(f"*/{CARD}")):
        try:
            cards.append(load_breast_mri_card(path.parent))
        except ModelPackageError as error:
            troubles.append(str(error))
    return tuple(cards), tuple(troubles)


def _card(folder: Path, content: Any) -> BreastMriCard:
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r} where {FORMAT} is read")
    if not isinstance(content["is_clinical"], bool):
        raise TypeError(f"is_clinical {content['is_clinical']!r} where true or false is read")
    slices_mm, rows_mm, columns_mm = (float(side) for side in content["spacing_mm"])
    slices, rows, columns = (int(side) for side in content["patch"])
    sha256 = content.get("sha256")
    return BreastMriCard(
        folder=folder,
        name=_text(content["name"]),
        version=_text(content["version"]),
        target=MriTarget(content["target"]),
        channels=tuple(MriChannel(each) for each in content["channels"]),
        spacing_mm=(slices_mm, rows_mm, columns_mm),
        patch=(slices, rows, columns),
        is_clinical=content["is_clinical"],
        trained_on=_text(content["trained_on"]),
        sha256=None if sha256 is None else _text(sha256).lower(),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where text is read")
    return value.strip()
