"""The card of a user's own network: what every kind of card says, and the folder it lies in.

A folder with `model.onnx` and `card.json`; what else a card says is of its kind.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from senoscope.domain.errors import ModelPackageError

CARD, WEIGHTS = "card.json", "model.onnx"
FORMAT = 1
LONGEST_CARD = 2**20
AnyCard = TypeVar("AnyCard", bound="NetworkCard")


def title_of(name: str, version: str, trained_on: str, is_clinical: bool) -> str:
    """As shown and stored beside every result: it says so where it is not of patients."""
    kind = "" if is_clinical else ", not clinical"
    return f"{name} {version} (trained on: {trained_on}{kind})"


@dataclass(frozen=True, slots=True)
class NetworkCard(ABC):
    """`trained_on` is said wherever a result of this network is.

    `is_clinical` is whether that were patients.
    """

    PURPOSE: ClassVar[str]
    """What its networks are for: "mammograms"."""
    ENTRIES: ClassVar[str]
    """Those of `card.json` that are asked for."""
    PAGE: ClassVar[str]
    """That describes them."""

    folder: Path
    name: str
    version: str
    is_clinical: bool = field(kw_only=True)
    trained_on: str = field(kw_only=True)
    sha256: str | None = field(kw_only=True, default=None)

    @property
    @abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """Of the network's only input."""

    @abstractmethod
    def entries(self) -> dict[str, Any]:
        """What `card.json` says that is of its kind."""

    @property
    def title(self) -> str:
        """See `title_of`."""
        return title_of(self.name, self.version, self.trained_on, self.is_clinical)

    def weights(self) -> bytes:
        """The ONNX file. ModelPackageError where it has another checksum than the card says."""
        where = f"{self.folder.name}/{WEIGHTS}"
        try:
            content = (self.folder / WEIGHTS).read_bytes()
        except OSError as error:
            raise ModelPackageError(
                f"{where} cannot be read ({error.strerror}); expected the network beside its "
                f"card. Put it there, named {WEIGHTS}."
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if self.sha256 is not None and found != self.sha256:
            raise ModelPackageError(
                f"{where} has the checksum {found[:12]}..., its card says {self.sha256[:12]}... "
                "Copy both files again, or write the new checksum there."
            )
        return content

    def as_json(self) -> str:
        """The text of `card.json`."""
        content = {
            "format": FORMAT,
            "name": self.name,
            "version": self.version,
            **self.entries(),
            "is_clinical": self.is_clinical,
            "trained_on": self.trained_on,
            **({} if self.sha256 is None else {"sha256": self.sha256}),
        }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def require_words(self) -> None:
        """ModelPackageError where a word is missing that every card has."""
        if not self.name or not self.version or not self.trained_on:
            raise self.trouble("name, version and trained_on", "words in each of them")

    def trouble(self, entry: str, expected: str) -> ModelPackageError:
        """What is wrong under an entry."""
        return ModelPackageError(
            f"The card in {self.folder.name} is wrong under {entry}; expected {expected}. "
            f"{remedy_of(type(self))}"
        )


def remedy_of(kind: type[NetworkCard]) -> str:
    """Where a card is described."""
    return f"Correct {CARD} as {kind.PAGE} describes it."


def common_entries(folder: Path, content: Any) -> dict[str, Any]:
    """Of what a card's file holds, what every kind has, by the names of its fields."""
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']!r} where {FORMAT} is read")
    is_clinical, sha256 = content["is_clinical"], content.get("sha256")
    if not isinstance(is_clinical, bool):
        raise TypeError(f"is_clinical {is_clinical!r} where true or false is read")
    return {
        "folder": folder,
        "name": words_of(content["name"]),
        "version": words_of(content["version"]),
        "is_clinical": is_clinical,
        "trained_on": words_of(content["trained_on"]),
        "sha256": None if sha256 is None else words_of(sha256).lower(),
    }


def words_of(value: object) -> str:
    """Of an entry that is text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} where text is read")
    return value.strip()


def read_card(folder: Path, kind: type[AnyCard], made: Callable[[Path, Any], AnyCard]) -> AnyCard:
    """What is `made` of `folder`/card.json. ModelPackageError, also without a network beside it."""
    try:
        with (folder / CARD).open("rb") as file:
            text = file.read(LONGEST_CARD + 1)
        if len(text) > LONGEST_CARD:
            raise ValueError(f"more than {LONGEST_CARD} bytes")
        card = made(folder, json.loads(text))
    except OSError as error:
        raise ModelPackageError(
            f"{folder.name} has no readable {CARD} ({error.strerror}); expected a folder with "
            f"{CARD} and {WEIGHTS}. Give the folder of a network for {kind.PURPOSE}."
        ) from error
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ModelPackageError(
            f"{folder.name}/{CARD} is not understood ({error!r:.200}); expected the entries "
            f"{kind.ENTRIES}. {remedy_of(kind)}"
        ) from error
    if not (folder / WEIGHTS).is_file():
        raise ModelPackageError(
            f"{folder.name} has a card but no {WEIGHTS}. Put the network beside its card."
        )
    return card


def installed_cards(
    folder: Path, load: Callable[[Path], AnyCard]
) -> tuple[tuple[AnyCard, ...], tuple[str, ...]]:
    """Of each folder in `folder` that has one, by name; and why others were not taken.

    Both are empty where there is no such folder.
    """
    cards, troubles = [], []
    for path in sorted(folder.glob(f"*/{CARD}")):
        try:
            cards.append(load(path.parent))
        except ModelPackageError as error:
            troubles.append(str(error))
    return tuple(cards), tuple(troubles)
