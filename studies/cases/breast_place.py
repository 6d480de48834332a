"""A finding's place in the breast in one frame of words, whatever modality saw it.

Conventions. A breast is seen by who faces the patient: 12 o'clock is towards her head, and the
patient's left is at the viewer's right. So 3 o'clock of the left breast and 9 o'clock of the right
one are lateral (ACR BI-RADS Atlas, 5th ed.). `lateral_mm` rises to the side of the body, `up_mm`
to the head, both from the nipple.

The common frame is the breast laid flat, as it lies under a probe: its clock angle, and the
distance from the nipple along the skin. Between prone MRI and supine ultrasound a lesion keeps its
distance to the nipple and moves along the arc (Telegrafo et al., Br J Radiol 2016;89:20150497); so
what hangs far behind the nipple lies farther out when the breast is laid flat, by how much is not
known exactly: between its distance as seen from in front and that in space. Half way is taken, and
a quarter of the difference is its standard deviation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import atan2, cos, hypot, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import SettingsError
from senoscope.domain.mammogram import Laterality

HOUR = radians(30)
CLOCK_SD = radians(17)
"""Of what an operator said: half an hour of rounding and half an hour of judgement."""
DISTANCE_SD_MM = 10.0
"""Of a distance from the nipple that was said in centimetres, with the probe's own width."""
USUAL_FROM_NIPPLE_MM, USUAL_SD_MM = 40.0, 25.0
"""Where no distance was said."""
WITHIN_MM = 40.0
"""Standard deviation of where findings lie along a direction in which nothing is known."""
SAME_ANGLE = radians(15)
"""Views that differ by less say the same of a place, and not two things."""
MOST_STRETCH = 3.0
BEHIND_NIPPLE_MM = 10.0
"""Nearer than this it has no clock position worth the name."""
SURE = 1.96


class Third(StrEnum):
    """Of the depth, from the nipple to the chest wall."""

    ANTERIOR = "anterior"
    MIDDLE = "middle"
    POSTERIOR = "posterior"


@dataclass(frozen=True, slots=True)
class ClockSpan:
    """Hours above 0 and up to 12, the likeliest and how far it may be off (95 %)."""

    hour: float
    within: float


@dataclass(frozen=True, slots=True)
class ViewOffset:
    """Of a finding on one mammographic view, from the nipple.

    `angle`: of the view, radians, 0 for CC and a right angle for ML. `across_mm`: along the
    detector, to the lateral side in CC, to the head in ML, between both in MLO.
    `sd_mm` as usual.
    """

    angle: float
    across_mm: float
    sd_mm: float


@dataclass(frozen=True, slots=True)
class BreastPlace:
    """In the breast of `side`, laid flat; `side` None: not known, and nothing is compared.

    `lateral_mm`, `up_mm` are the likeliest place and `spread` the standard deviations along the
    two and their covariance (mm, mm, mm²). `from_nipple_mm` as that modality measures it, in space
    where it can; None where it does not know. `third` None: not known.
    `is_known`: something other than the side is.
    """

    side: Laterality | None
    lateral_mm: float = 0.0
    up_mm: float = 0.0
    spread: tuple[float, float, float] = (WITHIN_MM, WITHIN_MM, 0.0)
    from_nipple_mm: float | None = None
    third: Third | None = None
    is_known: bool = False

    @property
    def middle(self) -> NDArray[np.float64]:
        """[lateral, up] in mm."""
        return np.array([self.lateral_mm, self.up_mm])

    @property
    def covariance(self) -> NDArray[np.float64]:
        """(2, 2) mm²."""
        one, other, both = self.spread
        return np.array([[one**2, both], [both, other**2]])

    @property
    def clock(self) -> ClockSpan | None:
        """None behind the nipple, where the angle is not known within four hours, or no side."""
        away = hypot(self.lateral_mm, self.up_mm)
        if self.side is None or not self.is_known or away < BEHIND_NIPPLE_MM:
            return None
        turned = np.array([-self.up_mm, self.lateral_mm]) / away
        within = SURE * sqrt(float(turned @ self.covariance @ turned)) / away / HOUR
        hour = clock_hour(self.side, self.lateral_mm, self.up_mm)
        return ClockSpan(hour, within) if within <= 4 else None

    @property
    def is_behind_nipple(self) -> bool:
        """As surely as can be told."""
        near = hypot(self.lateral_mm, self.up_mm) < BEHIND_NIPPLE_MM
        return self.is_known and near and max(self.spread[:2]) <= 1.5 * BEHIND_NIPPLE_MM

    @property
    def quadrant(self) -> str:
        """Such as "upper outer", or only "upper" where the other is not known; "" for neither.

        A half is said where the place is more than one standard deviation within it.
        """
        said = []
        if abs(self.up_mm) > self.spread[1]:
            said.append("upper" if self.up_mm > 0 else "lower")
        if abs(self.lateral_mm) > self.spread[0]:
            said.append("outer" if self.lateral_mm > 0 else "inner")
        return " ".join(said) if self.is_known else ""


def clock_hour(side: Laterality, lateral_mm: float, up_mm: float) -> float:
    """Above 0 and up to 12, as seen by who faces the patient."""
    right_of_viewer = lateral_mm if side is Laterality.LEFT else -lateral_mm
    hour = atan2(right_of_viewer, up_mm) / HOUR % 12
    return hour or 12.0


def of_clock(side: Laterality, hour: float, away_mm: float) -> tuple[float, float]:
    """(lateral, up) in mm of what lies so far from the nipple: `clock_hour` the other way."""
    right_of_viewer, up = away_mm * sin(hour * HOUR), away_mm * cos(hour * HOUR)
    return (right_of_viewer if side is Laterality.LEFT else -right_of_viewer), up


def third_of(behind_mm: float, depth_mm: float) -> Third | None:
    """Of what lies so far behind the nipple, of a breast of that depth; None for no depth."""
    if depth_mm <= 0:
        return None
    share = behind_mm / depth_mm
    return Third.ANTERIOR if share < 1 / 3 else Third.MIDDLE if share < 2 / 3 else Third.POSTERIOR


def operator_place(
    side: Laterality | None, clock: float | None, from_nipple_mm: float | None
) -> BreastPlace:
    """Of a lesion under the probe, as it was said; each may be unknown."""
    if clock is not None and not 0 < clock <= 12:
        raise SettingsError(f"A clock position of {clock} was given; expected 1 to 12.")
    if from_nipple_mm is not None and not 0 <= from_nipple_mm <= 300:
        raise SettingsError(
            f"A distance from the nipple of {from_nipple_mm} mm was given; expected 0 to 300."
        )
    if side is None or (clock is None and from_nipple_mm is None):
        return BreastPlace(side, from_nipple_mm=from_nipple_mm)
    if clock is None:
        assert from_nipple_mm is not None, "one of the two was said"
        # A ring: no Gaussian, but one as wide as it.
        wide = hypot(from_nipple_mm / sqrt(2), DISTANCE_SD_MM)
        return BreastPlace(side, 0.0, 0.0, (wide, wide, 0.0), from_nipple_mm, None, True)
    away, sd = from_nipple_mm, DISTANCE_SD_MM
    if away is None:
        away, sd = USUAL_FROM_NIPPLE_MM, USUAL_SD_MM
    lateral, up = of_clock(side, clock, away)
    along = np.array(of_clock(side, clock, 1.0))
    spread = _oriented(along, sd, max(away * CLOCK_SD, DISTANCE_SD_MM / 2))
    return BreastPlace(side, lateral, up, spread, from_nipple_mm, None, True)


def views_place(
    side: Laterality | None,
    views: Sequence[ViewOffset],
    behind_mm: float | None,
    third: Third | None = None,
) -> BreastPlace:
    """Of what is seen on mammographic views of one breast.

    From above (CC, angle 0) across is lateral; at `angle` it is cos(angle) of lateral and
    sin(angle) of up, since the detector then lies below and beside the breast. Views at two angles
    give the place exactly (least squares); one angle leaves the direction across it open.
    `behind_mm`: how far behind the nipple.
    """
    if side is None or not views:
        return BreastPlace(side, third=third)
    rows = [np.array([cos(each.angle), sin(each.angle)]) for each in views]
    weights = [1 / each.sd_mm**2 for each in views]
    seen = [each.across_mm for each in views]
    angles = [each.angle for each in views]
    open_mm = 0.0
    if max(angles) - min(angles) < SAME_ANGLE:
        open_mm = WITHIN_MM
        rows.append(np.array([-rows[0][1], rows[0][0]]))
        weights.append(1 / WITHIN_MM**2)
        seen.append(0.0)
    matrix, weight = np.array(rows), np.diag(weights)
    covariance = np.linalg.inv(matrix.T @ weight @ matrix)
    middle = covariance @ matrix.T @ weight @ np.array(seen)
    # What one view alone shows is its distance in that view, which the front adds nothing to.
    away = None if behind_mm is None else hypot(*middle, behind_mm)
    return _flat(
        BreastPlace(side, from_nipple_mm=away, third=third), middle, covariance, behind_mm, open_mm
    )


def space_place(
    side: Laterality,
    left_mm: float,
    head_mm: float,
    back_mm: float,
    sd_mm: float,
    third: Third | None = None,
) -> BreastPlace:
    """Of what lies so far to the patient's left, head and back of the nipple, as MRI has it.

    The clock angle is exact; `sd_mm` is of where the nipple was found.
    """
    lateral = left_mm if side is Laterality.LEFT else -left_mm
    covariance = np.eye(2) * sd_mm**2
    away = sqrt(left_mm**2 + head_mm**2 + back_mm**2)
    known = BreastPlace(side, from_nipple_mm=away, third=third)
    return _flat(known, np.array([lateral, head_mm]), covariance, back_mm)


def _flat(
    known: BreastPlace,
    middle: NDArray[np.float64],
    covariance: NDArray[np.float64],
    behind_mm: float | None,
    open_mm: float = 0.0,
) -> BreastPlace:
    """Laid flat: farther out by what lies behind the nipple, see the module.

    `open_mm`: standard deviation along a direction that no view shows, by which it may be farther
    from the nipple than `middle` is. Nothing is less sure than being within the breast.
    """
    front = float(np.hypot(*middle))
    if behind_mm is not None and front > 0:
        likely = hypot(front, open_mm)
        space = hypot(likely, behind_mm)
        stretch = min((likely + space) / 2 / likely, MOST_STRETCH)
        outward, doubt = middle / front, (space - likely) / 4
        covariance = covariance * stretch**2 + np.outer(outward, outward) * doubt**2
        middle = middle * stretch
    sizes, axes = np.linalg.eigh(covariance)
    covariance = (axes * np.minimum(sizes, WITHIN_MM**2)) @ axes.T
    one, other = np.sqrt(np.diag(covariance))
    lateral, up = (float(each) for each in middle)
    return replace(
        known,
        lateral_mm=lateral,
        up_mm=up,
        spread=(float(one), float(other), float(covariance[0, 1])),
        is_known=True,
    )


def _oriented(
    along: NDArray[np.float64], sd_mm: float, across_mm: float
) -> tuple[float, float, float]:
    """`spread` of what is known within `sd_mm` along a unit vector and `across_mm` across it."""
    across = np.array([-along[1], along[0]])
    made = np.outer(along, along) * sd_mm**2 + np.outer(across, across) * across_mm**2
    return sqrt(made[0, 0]), sqrt(made[1, 1]), float(made[0, 1])
