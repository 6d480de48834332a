"""The card of a segmentation network for breast MRI: what it takes, gives, and was trained on.

docs/breast-mri-networks.md has one to start from.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from senoscope.models.network_card import NetworkCard, common_entries, installed_cards, read_card

LARGEST_PATCH = 2**24
"""Voxels."""


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
class BreastMriCard(NetworkCard):
    """`spacing_mm` and `patch` are (slices, rows, columns); a patch of one slice is a picture."""

    PURPOSE = "breast MRI"
    ENTRIES = "name, version, target, channels, spacing_mm, patch, is_clinical and trained_on"
    PAGE = "docs/breast-mri-networks.md"

    target: MriTarget
    channels: tuple[MriChannel, ...]
    spacing_mm: tuple[float, float, float]
    patch: tuple[int, int, int]

    def __post_init__(self) -> None:
        self.require_words()
        if not self.channels or len(set(self.channels)) < len(self.channels):
            raise self.trouble("channels", f"some of {', '.join(MriChannel)}, each once")
        if not all(0.1 <= side <= 20 for side in self.spacing_mm):
            raise self.trouble("spacing_mm", "[slices, rows, columns], each from 0.1 to 20")
        slices, rows, columns = self.patch
        if not (slices >= 1 and min(rows, columns) >= 8 and self.voxels <= LARGEST_PATCH):
            raise self.trouble(
                "patch", f"[slices, rows, columns] from 1, 8 and 8 to {LARGEST_PATCH} voxels"
            )

    @property
    def voxels(self) -> int:
        """Of a patch."""
        return self.patch[0] * self.patch[1] * self.patch[2]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(1, channels, slices, rows, columns); of a picture (1, channels, rows, columns)."""
        patch = self.patch if self.patch[0] > 1 else self.patch[1:]
        return 1, len(self.channels), *patch

    def entries(self) -> dict[str, Any]:
        """As of `NetworkCard`."""
        return {
            "target": self.target,
            "channels": list(self.channels),
            "spacing_mm": list(self.spacing_mm),
            "patch": list(self.patch),
        }


def load_breast_mri_card(folder: Path) -> BreastMriCard:
    """Read `folder`/card.json and see that the network lies beside it. ModelPackageError if not."""
    return read_card(folder, BreastMriCard, _card)


def installed_breast_mri_cards(
    folder: Path,
) -> tuple[tuple[BreastMriCard, ...], tuple[str, ...]]:
    """As `installed_cards`."""
    return installed_cards(folder, load_breast_mri_card)


def _card(folder: Path, content: Any) -> BreastMriCard:
    common = common_entries(folder, content)
    slices_mm, rows_mm, columns_mm = (float(side) for side in content["spacing_mm"])
    slices, rows, columns = (int(side) for side in content["patch"])
    return BreastMriCard(
        **common,
        target=MriTarget(content["target"]),
        channels=tuple(MriChannel(each) for each in content["channels"]),
        spacing_mm=(slices_mm, rows_mm, columns_mm),
        patch=(slices, rows, columns),
    )
