"""A small network over the lattice of parenchymal texture: a map of risk, and one score of it.

After Ha et al. (2019), who let a convolutional network say of each place how far it looks like the
breast of a woman who will have a cancer. Here a place is a cell of about a centimetre. Applied in
numpy: it has some thousand weights. None ship; `senoscope train risk --network` fits one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ModelPackageError
from senoscope.models.odds import logistic
from senoscope.models.programmed.mammography.parenchyma import FEATURES, ParenchymalTexture
from senoscope.models.programmed.mammography.risk_map import RiskMap
from senoscope.models.risk.penalised import Floats

FORMAT = 1
LIMIT = 4.0
"""Spreads beyond which a feature counts as this far."""


@dataclass(frozen=True, eq=False)
class RiskMapNetwork:
    """`usual`, `spread` (features,) standardise; `kernels` (out, in, k, k), `offsets` (out,).

    The first input channels are FEATURES, the last says where there is a cell. `learnt_from` are
    SHA-256 of the pictures' files, which it may not be judged on.
    """

    usual: Floats
    spread: Floats
    kernels: tuple[Floats, ...]
    offsets: tuple[Floats, ...]
    learnt_from: frozenset[str]
    trained_on: str
    is_simulated: bool
    name: str = "texture lattice network"

    def risk_map(self, texture: ParenchymalTexture) -> RiskMap:
        """Log odds at each cell; nan where there is none."""
        seen = lattice_input(texture.lattice, self.usual, self.spread)
        for place, (kernel, offset) in enumerate(zip(self.kernels, self.offsets, strict=True)):
            seen = _convolved(seen, kernel) + offset[:, None, None]
            if place < len(self.kernels) - 1:
                seen = np.maximum(seen, 0)
        nowhere = np.isnan(texture.lattice[..., 0])
        return RiskMap(np.where(nowhere, np.nan, seen[0]), texture.origin, texture.cell_px)

    def score(self, texture: ParenchymalTexture) -> float | None:
        """0..1: of the mean log odds; None where there is no whole cell of tissue."""
        values = self.risk_map(texture).values
        return None if np.isnan(values).all() else logistic(float(np.nanmean(values)))

    def as_json(self) -> dict[str, Any]:
        """What `load_risk_map_network` reads."""
        return {
            "format": FORMAT,
            "trained_on": self.trained_on,
            "is_simulated": self.is_simulated,
            "features": [each.name for each in FEATURES],
            "usual": self.usual.tolist(),
            "spread": self.spread.tolist(),
            "kernels": [each.tolist() for each in self.kernels],
            "offsets": [each.tolist() for each in self.offsets],
            "learnt_from": sorted(self.learnt_from),
        }


def load_risk_map_network(path: Path) -> RiskMapNetwork:
    """ModelPackageError where the file holds no such network."""
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        if card["format"] != FORMAT or card["features"] != [each.name for each in FEATURES]:
            raise ValueError(f"format {card['format']}")
        usual, spread = (np.array(card[name], np.float64) for name in ("usual", "spread"))
        kernels = tuple(np.array(each, np.float64) for each in card["kernels"])
        offsets = tuple(np.array(each, np.float64) for each in card["offsets"])
        channels = len(FEATURES) + 1
        for kernel, offset in zip(kernels, offsets, strict=True):
            if kernel.ndim != 4 or kernel.shape[1] != channels or offset.shape != kernel.shape[:1]:
                raise ValueError(f"weights of shape {kernel.shape}")
            channels = kernel.shape[0]
        if channels != 1 or usual.shape != (len(FEATURES),) or spread.shape != usual.shape:
            raise ValueError(f"{channels} outputs of {len(usual)} features")
        learnt_from = frozenset(map(str, card["learnt_from"]))
        told = str(card["trained_on"]), bool(card["is_simulated"])
        return RiskMapNetwork(usual, spread, kernels, offsets, learnt_from, *told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelPackageError(
            f"{path.name} holds no network of texture of this version ({error}). Fit one with "
            "`senoscope train risk --network`."
        ) from error


def lattice_input(lattice: NDArray[np.float64], usual: Floats, spread: Floats) -> Floats:
    """(features + 1, rows, columns) of a lattice (rows, columns, features)."""
    scaled = np.clip((lattice - usual) / spread, -LIMIT, LIMIT)
    there = ~np.isnan(lattice[..., :1])
    both = np.concatenate([np.where(there, np.nan_to_num(scaled), 0.0), there], axis=2)
    return np.asarray(both.transpose(2, 0, 1), np.float64)


def picture_sum(path: Path) -> str:
    """SHA-256 of a picture's file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _convolved(seen: Floats, kernel: Floats) -> Floats:
    """Same size, zeros around; (out, rows, columns)."""
    side = kernel.shape[2]
    half, (rows, columns) = side // 2, seen.shape[1:]
    around = np.pad(seen, ((0, 0), (half, half), (half, half)))
    out = np.zeros((len(kernel), rows, columns))
    for y, x in np.ndindex(side, side):
        part = around[:, y : y + rows, x : x + columns]
        out += np.einsum("oi,irc->orc", kernel[:, :, y, x], part)
    return out
