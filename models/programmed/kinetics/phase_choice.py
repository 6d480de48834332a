"""Which phase of a dynamic series is early and which is late."""

from __future__ import annotations

from dataclasses import dataclass

from senoscope.domain.breast_mri import DynamicSeries
from senoscope.domain.errors import SettingsError

EARLY_S = 120.0
"""After the injection: ACR BI-RADS MRI has the initial phase end at two minutes."""
EARLY_WINDOW_S = (60.0, 150.0)
"""A phase within is taken before any outside, however near that one is to the time wished."""


@dataclass(frozen=True)
class PhaseChoice:
    """Indices of phases, and when each was taken.

    `late` None: nothing follows the early phase, so that nothing delayed can be said. `after_s`:
    seconds after the injection, one for each phase; None where no times are known.
    """

    pre_contrast: int
    early: int
    late: int | None
    after_s: tuple[float, ...] | None

    @property
    def delay_s(self) -> float | None:
        """From the early phase to the late one."""
        if self.late is None or self.after_s is None:
            return None
        return self.after_s[self.late] - self.after_s[self.early]


def after_injection(series: DynamicSeries) -> tuple[float, ...] | None:
    """Seconds, one for each phase; from the last phase before contrast where none is said."""
    if series.times_s is None:
        return None
    start = series.injected_s
    if start is None:
        start = series.times_s[series.pre_contrast - 1]
    return tuple(each - start for each in series.times_s)


def phase_choice(
    series: DynamicSeries, early_s: float = EARLY_S, late_s: float | None = None
) -> PhaseChoice:
    """Early is the phase nearest `early_s` after the injection, of those from 60 to 150 s if any.

    Without times it is the first after contrast. Late is the last, or the one nearest `late_s` of
    those that follow the early one.
    """
    if not early_s > 0 or (late_s is not None and not late_s > early_s):
        raise SettingsError(
            f"An early phase at {early_s} s and a late one at {late_s} s were asked for; expected "
            "seconds after the injection, the late one after the early one."
        )
    after = after_injection(series)
    last = len(series.phases) - 1
    if after is None:
        early = series.first_post
        return PhaseChoice(series.pre_contrast, early, last if last > early else None, None)
    low, high = EARLY_WINDOW_S

    def misfit(index: int) -> tuple[bool, float]:
        return not low <= after[index] <= high, abs(after[index] - early_s)

    early = min(range(series.first_post, last + 1), key=misfit)
    later = range(early + 1, last + 1)
    if not later:
        return PhaseChoice(series.pre_contrast, early, None, after)
    late = last if late_s is None else min(later, key=lambda index: abs(after[index] - late_s))
    return PhaseChoice(series.pre_contrast, early, late, after)
