"""The card of a network for mammograms: what it takes, what it gives, what it was trained on.

docs/mammography-networks.md has one to start from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senoscope.domain.mammogram import Intent
from senoscope.models.network_card import (
    NetworkCard,
    common_entries,
    installed_cards,
    read_card,
    words_of,
)

LARGEST_SIDE = 8192
VIEWS = ("CC", "MLO", "ML", "LM", "LMO", "XCCL")
NO_CLINICAL = "no clinical weights installed"


@dataclass(frozen=True, slots=True)
class MammogramCard(NetworkCard):
    """`size` is (rows, columns) of each view; grey 0..1 is fed from `low` to `high`.

    `at_once` is 1, or 4 for right and left CC, then right and left MLO.
    """

    PURPOSE = "mammograms"
    ENTRIES = "name, version, views, at_once, size, intensity, outputs, is_clinical and trained_on"
    PAGE = "docs/mammography-networks.md"

    views: tuple[str, ...]
    at_once: int
    size: tuple[int, int]
    low: float
    high: float
    intent: Intent
    has_saliency: bool

    def __post_init__(self) -> None:
        self.require_words()
        if not self.views or not set(self.views) <= set(VIEWS):
            raise self.trouble("views", f"some of {', '.join(VIEWS)}")
        if self.at_once not in (1, 4) or (self.at_once == 4 and {*self.views} != {"CC", "MLO"}):
            raise self.trouble("at_once", '1, or 4 with the views "CC" and "MLO"')
        if not all(32 <= side <= LARGEST_SIDE for side in self.size):
            raise self.trouble("size", f"[rows, columns], each from 32 to {LARGEST_SIDE}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high):
            raise self.trouble("low and high", "two finite numbers: of air and of the brightest")

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(views, 1, rows, columns)."""
        return self.at_once, 1, *self.size

    def entries(self) -> dict[str, Any]:
        """As of `NetworkCard`."""
        return {
            "views": list(self.views),
            "at_once": self.at_once,
            "size": list(self.size),
            "intensity": {"low": self.low, "high": self.high, "intent": self.intent.value},
            "outputs": ["malignant", *(["saliency"] if self.has_saliency else [])],
        }


def load_mammogram_card(folder: Path) -> MammogramCard:
    """Read `folder`/card.json and see that the network lies beside it. ModelPackageError if not."""
    return read_card(folder, MammogramCard, _card)


def _card(folder: Path, content: Any) -> MammogramCard:
    common = common_entries(folder, content)
    rows, columns = content["size"]
    outputs = list(content["outputs"])
    if "malignant" not in outputs or not set(outputs) <= {"malignant", "saliency"}:
        raise ValueError(f"outputs {outputs!r} where malignant and, if there is, saliency are read")
    intensity = content["intensity"]
    return MammogramCard(
        **common,
        views=tuple(words_of(view) for view in content["views"]),
        at_once=int(content["at_once"]),
        size=(int(rows), int(columns)),
        low=float(intensity["low"]),
        high=float(intensity["high"]),
        intent=Intent(intensity["intent"]),
        has_saliency="saliency" in outputs,
    )


@dataclass(frozen=True, slots=True)
class InstalledModels:
    """`cards` of all that were understood; `troubles` says why others were not."""

    cards: tuple[MammogramCard, ...]
    troubles: tuple[str, ...]

    @property
    def clinical(self) -> tuple[MammogramCard, ...]:
        """Those trained on patients."""
        return tuple(card for card in self.cards if card.is_clinical)

    @property
    def statement(self) -> str:
        """What a page says: NO_CLINICAL, or the titles of those there are."""
        return "; ".join(card.title for card in self.clinical) or NO_CLINICAL


def installed_mammogram_models(folder: Path) -> InstalledModels:
    """As `installed_cards`."""
    return InstalledModels(*installed_cards(folder, load_mammogram_card))
