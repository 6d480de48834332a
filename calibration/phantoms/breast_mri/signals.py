"""The signal of a woman's tissue in each phase, without noise, shading and motion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from senoscope.calibration.phantoms.breast.power_law import Field
from senoscope.calibration.phantoms.breast_mri.dce import PROTONS, T1_MS, MriProtocol
from senoscope.calibration.phantoms.breast_mri.fields import field_slice
from senoscope.calibration.phantoms.breast_mri.grid import Three
from senoscope.calibration.phantoms.breast_mri.labels import Label
from senoscope.calibration.phantoms.breast_mri.physiology import Uptake, UptakeTable
from senoscope.calibration.phantoms.breast_mri.tissue import Tissue
from senoscope.domain.breast_mri import Volume


class FatAndScale(Protocol):
    """Of a scanner: how much of fat's signal is left, on nodes `step` apart; gland's grey value."""

    @property
    def fat_left(self) -> Field:
        """(slices, rows, columns) of nodes, 0..1."""
        ...

    @property
    def step(self) -> Three:
        """Voxels between nodes."""
        ...

    @property
    def gland_grey(self) -> float:
        """Before contrast."""
        ...


@dataclass(frozen=True, eq=False)
class Signals:
    """By label, (256,): `rates` R1 per s, `protons`, and `still`, the signal before contrast.

    `fat_left` is on nodes `step` apart, 0..1. `scale` turns a share of gland's protons into grey
    values.
    """

    tissue: Tissue
    protocol: MriProtocol
    table: UptakeTable
    rates: NDArray[np.float32]
    protons: NDArray[np.float32]
    still: NDArray[np.float32]
    fat_left: Field
    step: Three
    scale: float

    @classmethod
    def of(
        cls,
        tissue: Tissue,
        protocol: MriProtocol,
        scanner: FatAndScale,
        t1_shares: Mapping[int, float],
    ) -> Signals:
        """`t1_shares` of lesions against typical ones, by label."""
        typical = protocol.t1_ms(Label.LESION)
        t1 = np.full(256, typical, np.float32)
        protons = np.ones(256, np.float32)
        for label in T1_MS:
            t1[label] = protocol.t1_ms(label)
        for lesion, share in t1_shares.items():
            t1[lesion] = share * typical
        for label, density in PROTONS.items():
            protons[label] = density
        protons[Label.FAT] = 1.0  # of the water in fat
        t1[Label.FAT] = protocol.t1_ms(Label.GLAND)
        rates = (1000 / t1).astype(np.float32)
        still = (protons * protocol.echo.signal(rates)).astype(np.float32)
        scale = scanner.gland_grey / float(still[Label.GLAND])
        table = UptakeTable.of(protocol.after_s, protocol.delay_s)
        return cls(
            tissue, protocol, table, rates, protons, still, scanner.fat_left, scanner.step, scale
        )

    def slice_of(self, place: int) -> SliceSignal:
        """Of every phase."""
        labels = self.tissue.labels[place]
        water = self.tissue.water[place].astype(np.float32) / 255
        inside = self.tissue.inside[place].astype(np.float32) * np.float32(self.scale / 255)
        fat_rate = 1000 / self.protocol.t1_ms(Label.FAT)
        fat = PROTONS[Label.FAT] * float(self.protocol.echo.signal(fat_rate))
        left = field_slice(self.fat_left, self.step, place, (labels.shape[0], labels.shape[1]))
        water *= inside
        ktrans = self.tissue.ktrans[place]
        takes = np.flatnonzero((water > 0) & ((ktrans > 0) | (self.tissue.takes_up[labels, 1] > 0)))
        its = labels.reshape(-1)[takes]
        up = Uptake.of(ktrans.reshape(-1)[takes], *self.tissue.takes_up[its].T)
        still = water * self.still[labels] + (inside - water) * np.float32(fat) * left
        return SliceSignal(self, still, takes, its, up, water.reshape(-1)[takes])

    def box_of(self, phase: int, box: tuple[slice, slice, slice]) -> Volume:
        """(slices, rows, columns) of a box of the axial volume."""
        return np.stack(
            [self.slice_of(at).at(phase)[box[1], box[2]] for at in range(box[0].start, box[0].stop)]
        )


@dataclass(frozen=True, eq=False)
class SliceSignal:
    """`before` (rows, columns) grey values before contrast.

    `takes` are the flat places that take up contrast, `labels`, `uptake` and `water` theirs: grey
    values of a whole voxel's protons.
    """

    signals: Signals
    before: Field
    takes: NDArray[np.intp]
    labels: NDArray[np.uint8]
    uptake: Uptake
    water: Field

    def at(self, phase: int) -> Field:
        """(rows, columns) grey values."""
        whole, protocol = self.signals, self.signals.protocol
        found = self.before.copy()
        if protocol.after_s[phase] <= protocol.delay_s:
            return found
        agent = whole.table.concentration_mm(phase, self.uptake)
        rates = whole.rates[self.labels] + np.float32(protocol.relaxivity) * agent
        after = whole.protons[self.labels] * protocol.echo.signal(rates)
        flat = found.reshape(-1)
        flat[self.takes] += self.water * (after - whole.still[self.labels])
        return found
