"""Does a fast engine still give the right answer? Its readings beside the fp32 reference's.

A quantised or miscompiled network can be fast and wrong, and one that is slightly wrong looks right
on the page. So every engine replays a calibration clip before it is used on a machine. The shipped
clip is simulated: it tells engines of one network apart, and nothing of patients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from senoscope.calibration.phantoms.bmode import BModePhantom
from senoscope.domain.frame import Gray
from senoscope.domain.reading import Reading
from senoscope.models.evaluation.matching import paired
from senoscope.models.evaluation.metrics import dice
from senoscope.models.segmenter import lesion_mask

CLIP_SEEDS = (1, 2, 3, 4)
CLIP_SIZE = (512, 384)
"""Columns, rows: a quarter of the live phantom's pixels, which the networks reduce anyway."""
FRAMES_A_SEED = 25
LEAST_LESION_FRAMES = 50
LEAST_MEAN_DICE, LEAST_WORST_DICE, MOST_SHIFT, MOST_FLIPS = 0.99, 0.95, 0.05, 0.02
MOST_PRESENCE_SHIFT = 0.10
"""The shipped int8 weights stay well inside; a set whose scales were cut short changed a third of
the findings' words and moved a probability by 0.07 (decision 11)."""


class Reads(Protocol):
    """What reads a (rows, columns) frame."""

    def read(self, pixels: Gray, frame_index: int) -> Reading:
        """Its findings."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far readings are from the reference's.

    Dice is over frames where either outlines anything. `worst_shift` is of the probability of
    malignancy, over findings that both have; `presence_shift` the largest of any frame's presence.
    `flips` is the share of findings that only one has, or that the operating point calls by
    another word. What is not a number makes the figure none.
    """

    frames: int
    findings: int
    mean_dice: float
    worst_dice: float
    worst_shift: float
    presence_shift: float
    flips: float

    @property
    def refusal(self) -> str | None:
        """None where the engine may be trusted, else what is wrong with its readings."""
        for held, words in (
            (self.findings > 0, "the reference found nothing to compare with"),
            (
                self.mean_dice >= LEAST_MEAN_DICE,
                f"mean Dice {self.mean_dice:.3f}, expected at least {LEAST_MEAN_DICE}",
            ),
            (
                self.worst_dice >= LEAST_WORST_DICE,
                f"Dice {self.worst_dice:.3f} on one frame, expected at least {LEAST_WORST_DICE}",
            ),
            (
                self.worst_shift <= MOST_SHIFT,
                f"a probability moved by {self.worst_shift:.3f}, expected at most {MOST_SHIFT}",
            ),
            (
                self.presence_shift <= MOST_PRESENCE_SHIFT,
                f"the presence of a lesion moved by {self.presence_shift:.3f}, expected at most "
                f"{MOST_PRESENCE_SHIFT}",
            ),
            (
                self.flips <= MOST_FLIPS,
                f"{self.flips:.1%} of findings changed, expected at most {MOST_FLIPS:.0%}",
            ),
        ):
            if not held:
                return f"It does not read as the fp32 reference does: {words}."
        return None


def calibration_clip() -> tuple[Gray, ...]:
    """Simulated frames, (rows, columns) each, at least LEAST_LESION_FRAMES of them with lesions."""
    frames = []
    for seed in CLIP_SEEDS:
        frames += list(BModePhantom(seed, *CLIP_SIZE).sweep(FRAMES_A_SEED))
    assert sum(bool(frame.truth) for frame in frames) >= LEAST_LESION_FRAMES
    return tuple(frame.pixels for frame in frames)


def compared(
    reference: Sequence[Reading], candidate: Sequence[Reading], shapes: Sequence[tuple[int, int]]
) -> Verdict:
    """Readings of the same frames, of those (rows, columns), in the same order."""
    overlaps: list[float] = []
    shifts: list[float] = []
    presences = [
        abs(one.presence - other.presence) for one, other in zip(reference, candidate, strict=True)
    ]
    flips = findings = 0
    for one, other, shape in zip(reference, candidate, shapes, strict=True):
        masks = [
            lesion_mask(tuple(f.lesion for f in each.findings), shape) for each in (one, other)
        ]
        if masks[0].any() or masks[1].any():
            overlaps.append(dice(masks[1], masks[0]))
        pairs = paired(one.findings, other.findings, shape)
        alone = len(one.findings) + len(other.findings) - 2 * len(pairs)
        findings += len(pairs) + alone
        flips += alone + sum(first.suspicion is not second.suspicion for first, second in pairs)
        shifts += [abs(first.probability - second.probability) for first, second in pairs]
    return Verdict(
        frames=len(reference),
        findings=findings,
        mean_dice=float(np.mean(overlaps)) if overlaps else 1.0,
        worst_dice=min(overlaps, default=1.0),
        # Unlike max, it lets what is not a number through.
        worst_shift=float(np.max(shifts, initial=0.0)),
        presence_shift=float(np.max(presences, initial=0.0)),
        flips=flips / findings if findings else 0.0,
    )
