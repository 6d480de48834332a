"""Shipped weights and the card that says what they are, how to feed them and where they fail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from senoscope.domain.errors import ModelPackageError

SHIPPED = Path(__file__).parent / "packages"
CARD_FORMAT = 1


class Precision(StrEnum):
    """Of the weights file."""

    INT8 = "int8"
    FP32 = "fp32"


@dataclass(frozen=True, slots=True)
class ModelPackage:
    """A card that was read and understood.

    `size` is the side of the square input; grey values in 0..1 are fed as (grey - mean) / std.
    `settings` are the numbers chosen on the inner split, by name. `card` is the whole card.
    """

    name: str
    version: str
    folder: Path
    size: int
    mean: float
    std: float
    settings: Mapping[str, float]
    card: Mapping[str, Any]

    @property
    def title(self) -> str:
        """Name and version, as shown and stored beside every reading."""
        return f"{self.name} {self.version}"

    def weights(self, precision: Precision) -> bytes:
        """The ONNX file, after its checksum was found to be the card's."""
        entry = self.card["files"][precision]
        path = self.folder / str(entry["file"])
        try:
            content: bytes = path.read_bytes()
        except OSError as error:
            raise ModelPackageError(
                f"The weights of {self.title} ({path.name}) cannot be read: {error.strerror}. "
                "Reinstall Senoscope."
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != entry["sha256"]:
            raise ModelPackageError(
                f"The weights of {self.title} ({path.name}) have checksum {found[:12]}..., the "
                f"card says {entry['sha256'][:12]}... The file is damaged or was exchanged; "
                "reinstall Senoscope."
            )
        return content

    def setting(self, name: str) -> float:
        """A number of the card's settings. ModelPackageError where the card lacks it."""
        try:
            return self.settings[name]
        except KeyError:
            raise ModelPackageError(
                f"The card of {self.title} lacks the setting {name!r}. Reinstall Senoscope."
            ) from None


def load_package(folder: Path) -> ModelPackage:
    """Read `folder`/card.json. ModelPackageError says what is missing or not understood."""
    path = folder / "card.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if card["format"] != CARD_FORMAT:
            raise ModelPackageError(
                f"{path.parent.name} has a card of format {card['format']}, this version reads "
                f"format {CARD_FORMAT}. Install the matching Senoscope."
            )
        return ModelPackage(
            name=card["name"],
            version=card["version"],
            folder=folder,
            size=int(card["input"]["size"]),
            mean=float(card["input"]["mean"]),
            std=float(card["input"]["std"]),
            settings={name: float(value) for name, value in card["settings"].items()},
            card=card,
        )
    except OSError as error:
        raise ModelPackageError(
            f"The model package {folder.name} has no readable card.json ({error.strerror}). "
            "Reinstall Senoscope, or give the folder of a package."
        ) from error
    except (KeyError, TypeError, ValueError) as error:
        raise ModelPackageError(
            f"The card of the model package {folder.name} is not understood ({error!r}). "
            "Reinstall Senoscope, or write the card again with `senoscope train ... --package`."
        ) from error


def shipped_packages() -> tuple[Path, ...]:
    """Folders of the packages that came with Senoscope."""
    return tuple(sorted(card.parent for card in SHIPPED.glob("*/card.json")))
