"""Which phases lie before the injection, and when that was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from senoscope.studies.images.mri_header import DAY_S
from senoscope.studies.mri.phase_samples import Samples, first_enhanced
from senoscope.studies.mri.phase_times import TimedVolumes

NO_PRE = (
    "no phase before the contrast was found: neither ContrastBolusStartTime nor ContrastBolusAgent "
    "nor a description tells one, and no later phase is brighter than the first one. Send the "
    "phase before contrast too, or say in the phase table which it is"
)
ALL_AFTER = (
    "no phase before the contrast was found: by ContrastBolusStartTime all were taken after the "
    "injection. Send the phase before contrast too, or correct the phase table"
)
AGENT_ON_ALL = (
    "a contrast agent is named on every phase; which lie before it was seen in the pixels: check "
    "the phase table"
)
_LONGEST_BEFORE_S = 3600.0
BY_START, BY_AGENT = "ContrastBolusStartTime", "ContrastBolusAgent"
BY_WORDS, BY_PIXELS = "SeriesDescription", "the first rise of the signal"


@dataclass(frozen=True, slots=True)
class Injection:
    """`pre_contrast` phases come first; 0: `trouble` says why none is known. `pre_from`: the rule.

    `injected_s` from the first phase, None where it is not said.
    """

    pre_contrast: int
    pre_from: str
    injected_s: float | None = None
    trouble: str = ""
    cautions: tuple[str, ...] = ()


def injection_of(phases: TimedVolumes, samples: Sequence[Samples]) -> Injection:
    """Of phases in order of time; what the header says is held against the pixels."""
    injected = _injected_s(phases)
    count = len(phases.volumes)
    seen = first_enhanced(samples)
    for rule, pre in (
        (BY_START, _by_start(phases, injected)),
        (BY_AGENT, _leading([not each.first.said.contrast for each in phases.volumes])),
        (BY_WORDS, _leading([each.first.said.says_pre for each in phases.volumes])),
    ):
        if 1 <= pre < count:
            return Injection(pre, rule, injected, "", _doubts(rule, pre, seen))
    if injected is not None and injected < 0:
        return Injection(0, "", injected, ALL_AFTER)
    if seen is not None:
        agent = all(each.first.said.contrast for each in phases.volumes)
        return Injection(seen, BY_PIXELS, injected, "", (AGENT_ON_ALL,) * agent)
    return Injection(0, "", injected, NO_PRE)


def _doubts(rule: str, pre: int, seen: int | None) -> tuple[str, ...]:
    if seen == pre:
        return ()
    found = "in none" if seen is None else f"first in phase {seen + 1}"
    return (
        f"by {rule} {pre} of the phases lie before the contrast, but it is seen {found}: check the "
        "phase table",
    )


def _injected_s(phases: TimedVolumes) -> float | None:
    """Of ContrastBolusStartTime, which has no date, near the phases."""
    if phases.times_s is None or phases.clock_s is None:
        return None
    said = [each.first.said.bolus_s for each in phases.volumes]
    known = [each for each in said if each is not None]
    if not known:
        return None
    away = (known[-1] - phases.clock_s) % DAY_S
    away -= DAY_S if away > DAY_S / 2 else 0.0
    return round(away, 3) if -_LONGEST_BEFORE_S <= away < phases.times_s[-1] else None


def _by_start(phases: TimedVolumes, injected: float | None) -> int:
    """Phases whose middle lies before it; of which only the start is known, that."""
    if injected is None or phases.times_s is None:
        return 0
    return sum(each < injected for each in phases.times_s)


def _leading(says: Sequence[bool]) -> int:
    """How many come first, where none comes later and one says otherwise; else 0."""
    count = next((place for place, each in enumerate(says) if not each), len(says))
    return 0 if any(says[count:]) else count
