"""Signal over time against the signal before contrast, for any shape of voxels.

Curves are (phases, ...): an array, or a sequence of one array for each phase, so that a series
need not be copied into one block. Maps are (...) float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import ImageError
from senoscope.models.programmed.kinetics.phase_choice import PhaseChoice

Map = NDArray[np.float32]
"""(...): one number for each voxel."""
Curves = NDArray[Any] | Sequence[NDArray[Any]]
"""(phases, ...)."""
FLOOR_SHARE = 0.05
"""Of the 95th percentile before contrast: about the noise of air, far below any tissue."""
FLOOR_PERCENTILE = 95
LEAST_SIGNAL = 1e-6
"""What is divided by where everything is 0."""
S_PER_MIN = 60.0


def before_contrast(curves: Curves, pre_contrast: int) -> Map:
    """Mean of the phases before contrast."""
    if not 1 <= pre_contrast < len(curves):
        raise ImageError(
            f"Of {len(curves)} phases {pre_contrast} were said to lie before the contrast; "
            "expected one at least, and one after it."
        )
    total = np.array(curves[0], np.float32)
    for each in curves[1:pre_contrast]:
        total += each
    total /= pre_contrast
    return total


def signal_floor(base: NDArray[Any]) -> float:
    """Signal that counts as air: smaller ones divide as this one does, above 0."""
    values = base.reshape(-1)
    values = values[:: max(1, len(values) // 1_000_000)]
    floor = FLOOR_SHARE * float(np.percentile(values, FLOOR_PERCENTILE))
    return max(floor, LEAST_SIGNAL)


def percent_above(base: NDArray[Any], signal: NDArray[Any], floor: float | None = None) -> Map:
    """Enhancement of one phase in percent of `base`, or of `floor` where that is more.

    `floor` None: `signal_floor(base)`.
    """
    least = signal_floor(base) if floor is None else floor
    if not least > 0:
        raise ImageError(f"A floor of {least} was given; expected a signal above 0.")
    found = signal.astype(np.float32)
    found -= base
    found /= np.maximum(base, np.float32(least))
    found *= np.float32(100)
    return found


def percent_curves(curves: Curves, pre_contrast: int, floor: float | None = None) -> Map:
    """(phases, ...) percent enhancement of each phase."""
    base = before_contrast(curves, pre_contrast)
    least = signal_floor(base) if floor is None else floor
    return np.stack([percent_above(base, each, least) for each in curves])


def signal_enhancement_ratio(
    base: NDArray[Any], early: NDArray[Any], late: NDArray[Any]
) -> NDArray[np.float64]:
    """SER = (early - base) / (late - base) (Hylton et al., Radiology 2016;279:44).

    Infinite where only the early phase differs from `base`, NaN where neither does. For a region
    take the ratio of its mean signals, not the mean of ratios.
    """
    rise = early.astype(np.float64) - base
    stays = late.astype(np.float64) - base
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(rise / stays, np.float64)


def delayed_change_percent(early: NDArray[Any], late: NDArray[Any]) -> NDArray[np.float64]:
    """From the early to the late phase, in percent of the early signal (the initial peak).

    NaN where there is no early signal.
    """
    first = early.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = 100 * (late - first) / first
    return np.where(first > 0, found, np.nan)


def washout_percent_per_min(
    base: NDArray[Any],
    early: NDArray[Any],
    late: NDArray[Any],
    delay_s: float,
    floor: float | None = None,
) -> Map:
    """Slope from the early to the late phase, percent of `base` a minute: below 0 is washout."""
    least = signal_floor(base) if floor is None else floor
    rise = percent_above(base, late, least) - percent_above(base, early, least)
    return np.asarray(rise * (S_PER_MIN / _above_zero(delay_s)), np.float32)


def wash_in_percent_per_min(
    base: NDArray[Any], early: NDArray[Any], after_s: float, floor: float | None = None
) -> Map:
    """Slope from the injection to the early phase, `after_s` seconds later; percent a minute."""
    return percent_above(base, early, floor) * np.float32(S_PER_MIN / _above_zero(after_s))


def peak_of(
    curves: Curves, choice: PhaseChoice, floor: float | None = None
) -> tuple[Map, NDArray[np.int16]]:
    """Largest percent enhancement after contrast, and its phase: the first of equals."""
    base = before_contrast(curves, choice.pre_contrast)
    least = signal_floor(base) if floor is None else floor
    best = percent_above(base, curves[choice.pre_contrast], least)
    at = np.full(best.shape, choice.pre_contrast, np.int16)
    for index in range(choice.pre_contrast + 1, len(curves)):
        other = percent_above(base, curves[index], least)
        higher = other > best
        np.copyto(best, other, where=higher)
        at[higher] = index
    return best, at


def time_to_peak_s(at: NDArray[np.int16], choice: PhaseChoice) -> Map:
    """Seconds after the injection of `peak_of`'s phases."""
    if choice.after_s is None:
        raise ImageError(
            "The time to the peak was asked for, but no times of phases are known; expected "
            "seconds in the phase table. Correct it."
        )
    return np.asarray(choice.after_s, np.float32)[at]


def curve_measures(
    curve: NDArray[Any], choice: PhaseChoice, floor: float | None = None
) -> dict[str, float]:
    """What is said of one curve, (phases,) of signals, such as a region's mean.

    A name is missing where it cannot be told: no late phase, no times, or nothing to divide by.
    """
    base = before_contrast(curve[:, None], choice.pre_contrast)
    least = LEAST_SIGNAL if floor is None else floor
    early = np.asarray(curve[choice.early])[None]
    peak, at = peak_of(curve[:, None], choice, least)
    found = {
        "early_percent": percent_above(base, early, least)[0],
        "peak_percent": peak[0],
    }
    if choice.after_s is not None:
        found["time_to_peak_s"] = time_to_peak_s(at, choice)[0]
        if choice.after_s[choice.early] > 0:
            found["wash_in_percent_per_min"] = wash_in_percent_per_min(
                base, early, choice.after_s[choice.early], least
            )[0]
    if choice.late is not None:
        late = np.asarray(curve[choice.late])[None]
        found["ser"] = signal_enhancement_ratio(base, early, late)[0]
        found["delayed_change_percent"] = delayed_change_percent(early, late)[0]
        if choice.delay_s is not None:
            found["washout_percent_per_min"] = washout_percent_per_min(
                base, early, late, choice.delay_s, least
            )[0]
    return {name: float(value) for name, value in found.items() if np.isfinite(value)}


def _above_zero(seconds: float) -> float:
    if not seconds > 0:
        raise ImageError(f"A slope over {seconds} s was asked for; expected seconds above 0.")
    return seconds
