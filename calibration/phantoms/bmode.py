"""A simulated B-mode breast cine: the same pixels for the same seed, with the truth per frame.

Speckle, layers, lesions with their shadows and enhancement, and a probe that sweeps to and fro.
It looks like a scanner's picture and is none: no figure measured on it says anything of patients.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.anatomy import DRIFT_MM, Breast, breast
from senoscope.calibration.phantoms.lesions import LesionKind, SimulatedLesion
from senoscope.calibration.phantoms.speckle import Map, envelope, scatterers
from senoscope.domain.errors import SettingsError
from senoscope.domain.frame import LARGEST_SIDE, SMALLEST_SIDE, Gray
from senoscope.domain.spacing import PixelSpacing

_GRID_ROWS = 400
"""Rows that are simulated; about three to a speckle, so that enlarging them loses nothing."""
_SMALLEST_LESION_MM2 = 2.0
"""A cross-section smaller than this is within the slice's blur and is not called a lesion."""


@dataclass(frozen=True, eq=False)
class LesionTruth:
    """Where a simulated lesion is. `mask` is (rows, columns), True inside."""

    mask: NDArray[np.bool_]
    kind: LesionKind


@dataclass(frozen=True, eq=False)
class PhantomFrame:
    """One picture, (rows, columns) uint8, and the lesions in it; none where tissue is bare."""

    pixels: Gray
    truth: tuple[LesionTruth, ...]


@dataclass(frozen=True, slots=True)
class Display:
    """How the simulated scanner shows its echoes.

    `white_db` is the echo level, relative to gland, shown as white; `range_db` below it is black.
    `loss_db_per_mm` is what its depth gain leaves uncorrected, `smoothing_px` its persistence.
    """

    depth_mm: float
    white_db: float
    range_db: float
    gamma: float
    loss_db_per_mm: float
    smoothing_px: float

    @classmethod
    def drawn(cls, seed: int) -> Display:
        """The settings of `seed`."""
        random = np.random.default_rng([seed, 0])
        return cls(
            depth_mm=float(random.uniform(29, 40)),
            white_db=float(random.uniform(15, 24)),
            range_db=float(random.uniform(54, 62)),
            gamma=float(random.uniform(1.2, 1.7)),
            loss_db_per_mm=float(random.uniform(0.15, 0.45)),
            smoothing_px=float(random.uniform(0.6, 1.3)),
        )

    def shown(self, detected: Map) -> Gray:
        """A detected envelope (gland has 1) as grey, 0 black to 255 white."""
        smooth = cv2.GaussianBlur(detected, (0, 0), self.smoothing_px)
        echo_db = cv2.log(np.maximum(smooth, np.float32(1e-6))) / _NEPERS_PER_DB
        level = np.clip((echo_db - self.white_db) / self.range_db + 1, 0, 1)
        return np.asarray(cv2.convertScaleAbs(cv2.pow(level, self.gamma), alpha=255), np.uint8)


@dataclass(frozen=True)
class BModePhantom:
    """A simulated breast under a linear probe, the whole of it fixed by `seed`.

    SettingsError where the seed is negative or the size no scanner's.
    """

    seed: int
    columns: int = 1024
    rows: int = 768

    def __post_init__(self) -> None:
        sides = self.columns, self.rows
        usable = min(sides) >= SMALLEST_SIDE and max(sides) <= LARGEST_SIDE
        if self.seed < 0 or not usable or not 0.5 <= self.columns / self.rows <= 2.5:
            raise SettingsError(
                f"A phantom of seed {self.seed} and {self.columns}x{self.rows} pixels was asked "
                f"for; expected a seed of 0 or more and {SMALLEST_SIDE} to {LARGEST_SIDE} pixels a "
                "side, 0.5 to 2.5 times as wide as high. Try seed 0 and 1024x768."
            )

    @property
    def pixel_spacing(self) -> PixelSpacing:
        """Square pixels; the depth shown differs from seed to seed."""
        pitch_mm = Display.drawn(self.seed).depth_mm / self.rows
        return PixelSpacing(pitch_mm, pitch_mm)

    def sweep(self, frames: int) -> Iterator[PhantomFrame]:
        """The probe's way there and back in `frames` pictures; the last leads into the first.

        SettingsError where `frames` is less than 1.
        """
        if frames < 1:
            raise SettingsError(
                f"A sweep of {frames} frames was asked for; expected 1 or more. Try 120."
            )
        return self._frames(frames)

    def _frames(self, frames: int) -> Iterator[PhantomFrame]:
        display = Display.drawn(self.seed)
        tissue = breast(self.seed, display.depth_mm * self.columns / self.rows, display.depth_mm)
        section = _Section(self.seed, tissue, display, self.columns / self.rows)
        for index in range(frames):
            turn = 2 * np.pi * (index + 0.5) / frames
            # Nearly a triangle wave: a hand moves evenly and slows only where it turns round.
            swing = np.arcsin(0.97 * np.cos(turn)) / np.arcsin(0.97)
            pixels, masks = section.at(tissue.sweep_mm * (1 - swing) / 2)
            # Sideways at twice the pace, so the way back is not the way there.
            yield self._seen(section, pixels, masks, float(DRIFT_MM * np.sin(2 * turn)))

    def _seen(
        self,
        section: _Section,
        pixels: Gray,
        masks: list[tuple[Map, LesionKind]],
        drift_mm: float,
    ) -> PhantomFrame:
        """The part of a section that is under the probe, at the size asked for."""
        scale = _GRID_ROWS / self.rows
        left = (DRIFT_MM + drift_mm) / section.pitch_mm
        move = np.array(
            [[scale, 0, left + scale / 2 - 0.5], [0, scale, scale / 2 - 0.5]], np.float64
        )
        size = self.columns, self.rows
        smooth, linear = (how | cv2.WARP_INVERSE_MAP for how in (cv2.INTER_CUBIC, cv2.INTER_LINEAR))
        border = cv2.BORDER_REPLICATE
        moved = cv2.warpAffine(pixels, move, size, flags=smooth, borderMode=border)
        insides = (
            cv2.warpAffine(inside, move, size, flags=linear, borderMode=border)
            for inside, _ in masks
        )
        smallest = _SMALLEST_LESION_MM2 / (section.pitch_mm * scale) ** 2
        truth = [
            LesionTruth(np.asarray(inside > 0, np.bool_), kind)
            for inside, (_, kind) in zip(insides, masks, strict=True)
        ]
        kept = tuple(lesion for lesion in truth if np.count_nonzero(lesion.mask) >= smallest)
        return PhantomFrame(np.asarray(moved, np.uint8), kept)


class _Section:
    """The tissue cut by the probe's plane, wider than the probe by its drift on both sides."""

    def __init__(self, seed: int, tissue: Breast, display: Display, aspect: float) -> None:
        self.pitch_mm = display.depth_mm / _GRID_ROWS
        self._seed, self._tissue, self._display = seed, tissue, display
        columns = round(_GRID_ROWS * aspect + 2 * DRIFT_MM / self.pitch_mm) + 2
        depth = (np.arange(_GRID_ROWS, dtype=np.float32) + 0.5) * self.pitch_mm
        lateral = (np.arange(columns, dtype=np.float32) - (columns - 1) / 2) * self.pitch_mm
        self._depth_mm: Map = depth[:, None].astype(np.float32)
        self._lateral_mm: Map = lateral[None, :].astype(np.float32)

    def at(self, elevation_mm: float) -> tuple[Gray, list[tuple[Map, LesionKind]]]:
        """The picture at `elevation_mm`, and for each lesion cut the distance inside its edge."""
        level = self._tissue.echo_db(self._lateral_mm, self._depth_mm, elevation_mm)
        # What scatters much lets less through: ligaments and dense gland cast faint shadows.
        path_db = np.cumsum(np.clip(level + 4, 0, 12), axis=0) * np.float32(-0.06 * self.pitch_mm)
        masks = []
        for lesion in self._tissue.lesions:
            if (strength := lesion.section_scale(elevation_mm)) > 0.15:
                inside = lesion.inside_mm(self._lateral_mm, self._depth_mm, elevation_mm)
                level = _with_lesion(level, lesion, inside, min(1.0, strength * 2))
                path_db += self._below(lesion, inside)
                masks.append((inside, lesion.kind))
        level += np.clip(path_db, -24, 10)
        level -= self._display.loss_db_per_mm * self._depth_mm
        # Electronic noise, which the depth gain lifts with depth.
        power = cv2.exp(level * _NEPERS_PER_DB * 2) + np.exp(
            (0.35 * self._depth_mm - 52) * _NEPERS_PER_DB * 2
        )
        scattering = scatterers(self._seed, elevation_mm, *level.shape)
        detected = envelope(cv2.sqrt(power), scattering, self.pitch_mm)
        return self._display.shown(detected), masks

    def _below(self, lesion: SimulatedLesion, inside: Map) -> Map:
        """What the way through the lesion adds to echoes at and below each place, dB."""
        body = np.clip(inside * 4 + 0.5, 0, 1)
        path_mm = np.cumsum(body, axis=0, dtype=np.float32) * self.pitch_mm
        spread = cv2.GaussianBlur(path_mm, (0, 0), sigmaX=0.6 / self.pitch_mm, sigmaY=0.5)
        return np.asarray(spread * lesion.through_db_per_mm, np.float32)


_NEPERS_PER_DB = np.float32(np.log(10) / 20)


def _with_lesion(level: Map, lesion: SimulatedLesion, inside: Map, strength: float) -> Map:
    """Echo levels with the lesion in place of tissue; `strength` below 1 is a grazing cut."""
    share = strength * np.clip(inside / lesion.edge_mm + 0.5, 0, 1)
    mixed = level * (1 - share) + share * (lesion.echo_db + 0.15 * level)
    if lesion.wall_db > 0:
        mixed += strength * lesion.wall_db * cv2.exp(-np.square((inside + 0.1) / 0.16))
    if lesion.halo_db > 0:
        mixed += strength * lesion.halo_db * cv2.exp(-np.square((inside + 1.0) / 0.8))
    return np.asarray(mixed, np.float32)
