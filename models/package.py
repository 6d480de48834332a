"""Shipped weights and the card that says what they are, how to feed them and where they fail."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ModelPackageError

SHIPPED = Path(__file__).parent / "packages"
SEGMENTER, CLASSIFIER = SHIPPED / "unet-realtime", SHIPPED / "googlenet"
"""What reads frames unless a person names others."""
CARD_FORMAT = 1
SHARES = frozenset(
    {"lesion_from", "smallest_share", "head_share", "presence_from", "low_below", "high_from",
     "prevalence"}
)  # fmt: skip
"""Settings that are a share or a probability."""


class Precision(StrEnum):
    """Of the weights file."""

    INT8 = "int8"
    FP16 = "fp16"
    FP32 = "fp32"


@dataclass(frozen=True, slots=True)
class ModelPackage:
    """A card that was read and understood.

    `size` is the side of the square input; grey values in 0..1 are fed as (grey - mean) / std.
    `margins` are those a lesion is cropped at, of a package that reads crops.
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
    margins: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        numbers = (self.mean, self.std, *self.margins, *self.settings.values())
        if self.size < 1 or self.std <= 0 or not all(math.isfinite(each) for each in numbers):
            raise ModelPackageError(
                f"The card of {self.title} asks for inputs of {self.size} pixels, fed as (grey - "
                f"{self.mean}) / {self.std}, with settings {dict(self.settings)}; expected finite "
                "numbers, size and divisor above 0. Reinstall Senoscope."
            )

        wrong = {k: v for k, v in self.settings.items() if k in SHARES and not 0 <= v <= 1}
        if wrong or self.settings.get("low_below", 0) > self.settings.get("high_from", 1):
            raise ModelPackageError(
                f"The card of {self.title} holds {wrong or dict(self.settings)}; expected "
                f"{', '.join(sorted(SHARES))} in 0 to 1 and low_below at most high_from. Do not "
                "use this package; reinstall Senoscope."
            )

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """(crops, 1, rows, columns) that its network takes."""
        return max(1, len(self.margins)), 1, self.size, self.size

    @property
    def output_shapes(self) -> Mapping[str, tuple[int, ...]]:
        """What its network must give, by name; it may give more."""
        if self.margins:
            return {"malignant": (1,), "is_lesion": (1,)}
        return {"lesion": self.input_shape, "presence": (1,)}

    @property
    def title(self) -> str:
        """Name and version, as shown and stored beside every reading."""
        return f"{self.name} {self.version}"

    def fed(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Grey pictures (n, size, size) as its network takes them, (n, 1, size, size)."""
        picture = pictures.astype(np.float32)[:, None]
        picture *= 1 / (255 * self.std)
        picture -= self.mean / self.std
        return picture

    def weights(self, precision: Precision) -> bytes:
        """The ONNX file, after its checksum was found to be the card's."""
        name, checksum = self._file(precision)
        path = self.folder / name
        if path.name != name or "\0" in name:
            raise ModelPackageError(
                f"The card of {self.title} names the weights {name!r}; expected a file beside the "
                "card. Do not use this package; reinstall Senoscope."
            )
        try:
            content: bytes = path.read_bytes()
        except OSError as error:
            raise ModelPackageError(
                f"The weights of {self.title} ({path.name}) cannot be read: {error.strerror}. "
                "Reinstall Senoscope."
            ) from error
        found = hashlib.sha256(content).hexdigest()
        if found != checksum:
            raise ModelPackageError(
                f"The weights of {self.title} ({path.name}) have checksum {found[:12]}..., the "
                f"card says {checksum[:12]}... The file is damaged or was exchanged; "
                "reinstall Senoscope."
            )
        return content

    def checksum(self, precision: Precision) -> str:
        """The SHA-256 that `weights` have."""
        return self._file(precision)[1]

    def _file(self, precision: Precision) -> tuple[str, str]:
        """Name and SHA-256 of the weights, as the card says."""
        try:
            name, checksum = (str(self.card["files"][precision][key]) for key in ("file", "sha256"))
        except (KeyError, TypeError) as error:
            raise ModelPackageError(
                f"The card of {self.title} names no {precision} weights with a checksum. "
                "Reinstall Senoscope, or ask for another precision."
            ) from error
        return name, checksum

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
            margins=tuple(float(each) for each in card["input"].get("margins", ())),
        )
    except OSError as error:
        raise ModelPackageError(
            f"The model package {folder.name} has no readable card.json ({error.strerror}). "
            "Reinstall Senoscope, or give the folder of a package."
        ) from error
    # Infinity for a whole number, and a nest of brackets, are among what a card may hold.
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ModelPackageError(
            f"The card of the model package {folder.name} is not understood ({error!r}). "
            "Reinstall Senoscope, or write the card again with `senoscope train ... --package`."
        ) from error


def shipped_packages() -> tuple[Path, ...]:
    """Folders of the packages that came with Senoscope."""
    return tuple(sorted(card.parent for card in SHIPPED.glob("*/card.json")))
