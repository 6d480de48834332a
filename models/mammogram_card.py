"""The card of a network for mammograms: what it takes, what it gives, what it was trained on.

A folder with `model.onnx` and `card.json`; docs/mammography-networks.md has one to start from.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senoscope.domain.errors import ModelPackageError
from senoscope.domain.mammogram import Intent
from senoscope.models.card_weights import checked_weights

CARD, WEIGHTS = "card.json", "model.onnx"
FORMAT = 1
LARGEST_SIDE = 8192
LONGEST_CARD = 2**20
VIEWS = ("CC", "MLO", "ML", "LM", "LMO", "XCCL")
NO_CLINICAL = "no clinical weights installed"
_REMEDY = "Correct card.json as docs/mammography-networks.md describes it."


@dataclass(frozen=True, slots=True)
class MammogramCard:
    """`size` is (rows, columns) of each view; grey 0..1 is fed from `low` to `high`.

    `at_once` is 1, or 4 for right and left CC, then right and left MLO. `trained_on` is said
    wherever a figure of this network is; `is_clinical` is whether that were patients.
    """

    folder: Path
    name: str
    version: str
    views: tuple[str, ...]
    at_once: int
    size: tuple[int, int]
    low: float
    high: float
    intent: Intent
    has_saliency: bool
    is_clinical: bool
    trained_on: str
    sha256: str | None = None

    def __post_init__(self) -> None:
        if not self.name or not self.version or not self.trained_on:
            raise self._trouble("name, version and trained_on", "words in each of them")
        if not self.views or not set(self.views) <= set(VIEWS):
            raise self._trouble("views", f"some of {', '.join(VIEWS)}")
        if self.at_once not in (1, 4) or (self.at_once == 4 and {*self.views} != {"CC", "MLO"}):
            raise self._trouble("at_once", '1, or 4 with the views "CC" and "MLO"')
        if not all(32 <= side <= LARGEST_SIDE for side in self.size):
            raise self._trouble("size", f"[rows, columns], each from 32 to {LARGEST_SIDE}")
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low != self.high):
            raise self._trouble("low and high", "two finite numbers: of air and of the brightest")

    @property
    def title(self) -> str:
        """As shown and stored beside every reading: it says so where it is not of patients."""
        kind = "" if self.is_clinical else ", not clinical"
        return f"{self.name} {self.version} (trained on: {self.trained_on}{kind})"

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """(views, 1, rows, columns)."""
        return self.at_once, 1, *self.size

    def weights(self) -> bytes:
        """The ONNX file. Where the card has a checksum, the file has it too."""
        return checked_weights(self.folder / WEIGHTS, self.sha256)

    def as_json(self) -> str:
        """The text of `card.json`."""
        content = {
            "format": FORMAT,
            "name": self.name,
            "version": self.version,
            "views": list(self.views),
            "at_once": self.at_once,
            "size": list(self.size),
            "intensity": {"low": self.low, "high": self.high, "intent": self.intent.value},
            "outputs": ["malignant", *(["saliency"] if self.has_saliency else [])],
            "is_clinical": self.is_clinical,
            "trained_on": self.trained_on,
            **({} if self.sha256 is None else {"sha256": self.sha256}),
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def _trouble(self, entry: str, expected: str) -> ModelPackageError:
        return ModelPackageError(
            f"The card in {self.folder.name} is wrong under {entry}; expected {expected}. {_REMEDY}"
        )


def load_mammogram_card(folder: Path) -> MammogramCard:
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
            f"{CARD} and {WEIGHTS}. Give the folder of a network for mammograms."
        ) from error
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ModelPackageError(
            f"{folder.name}/{CARD} is not understood ({error!r:.200}); expected the entries name, "
            "version, views, at_once, size, intensity, outputs, is_clinical and trained_on. "
            f"{_REMEDY}"
        ) from error
    if not (folder / WEIGHTS).is_file():
        raise ModelPackageError(
            f"{folder.name} has a card but no {WEIGHTS}. Put the network beside its card."
        )
    return card


def _card(folder: Path, content: Any) -> MammogramCard:
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r} where {FORMAT} is read")
    rows, columns = content["size"]
    outputs = list(content["outputs"])
    if "malignant" not in outputs or not set(outputs) <= {"malignant", "saliency"}:
        raise ValueError(f"outputs {outputs!r} where malignant and, if there is, saliency are read")
    is_clinical = content["is_clinical"]
    if not isinstance(is_clinical, bool):
        raise TypeError(f"is_clinical {is_clinical!r} where true or false is read")
    intensity = content["intensity"]
    sha256 = content.get("sha256")
    return MammogramCard(
        folder=folder,
        name=_text(content["name"]),
        version=_text(content["version"]),
        views=tuple(_text(view) for view in content["views"]),
        at_once=int(content["at_once"]),
        size=(int(rows), int(columns)),
        low=float(intensity["low"]),
        high=float(intensity["high"]),
        intent=Intent(intensity["intent"]),
        has_saliency="saliency" in outputs,
        is_clinical=is_clinical,
        trained_on=_text(content["trained_on"]),
        sha256=None if sha256 is None else _text(sha256).lower(),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where text is read")
    return value.strip()


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
    """Each folder in `folder` that has a card, by name; none where there is no such folder."""
    cards, troubles = [], []
    for card in sorted(folder.glob(f"*/{CARD}")):
        try:
            cards.append(load_mammogram_card(card.parent))
        except ModelPackageError as error:
            troubles.append(str(error))
    return InstalledModels(tuple(cards), tuple(troubles))
