"""Which engine reads here: the fastest of those that read as the fp32 reference does.

Which is fastest hangs on the processor, and whether one can be trusted on the libraries installed,
so both are found out on the machine itself, and again when anything of it changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter

import numpy as np

from senoscope.calibration.engine_trust import Reads, Verdict, compared
from senoscope.domain.errors import EngineUnavailable, SenoscopeError
from senoscope.domain.frame import Gray
from senoscope.domain.reading import Reading

WARM_UP = 3
"""Frames that are not timed: the first of them allocate."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A clip as one way read it: `shapes` (rows, columns) of its frames, `median_ms` of one."""

    readings: tuple[Reading, ...]
    shapes: tuple[tuple[int, int], ...]
    median_ms: float


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying one way to read.

    `refused` None: it may be used. `median_ms` is of one frame, from grey picture to findings; 0
    and no `verdict` of what could not be tried. `verdict` is on simulated frames, `own` on the
    user's, None without any.
    """

    way: str
    refused: str | None
    median_ms: float = 0.0
    verdict: Verdict | None = None
    own: Verdict | None = None

    @property
    def in_words(self) -> str:
        """For a person, without its name."""
        if self.verdict is None:
            return f"not used. {self.refused}"
        said = (
            f"{self.median_ms:.1f} ms a frame; beside the fp32 reference "
            f"{_compared(self.verdict)} on {self.verdict.frames} simulated frames"
        )
        if self.own is not None:
            said += f"; {_compared(self.own)} on {self.own.frames} frames of your own"
        return said if self.refused is None else f"{said}. Not used. {self.refused}"


def _compared(verdict: Verdict) -> str:
    return (
        f"Dice {verdict.mean_dice:.4f} (worst {verdict.worst_dice:.3f}), {verdict.flips:.1%} of "
        f"{verdict.findings} findings changed,"
    )


def attempted(reader: Reads, clip: Sequence[Gray]) -> Attempt:
    """Read `clip` and take the time."""
    for frame in clip[:WARM_UP]:
        reader.read(frame, 0)
    readings, took = [], []
    for index, frame in enumerate(clip):
        started = perf_counter()
        readings.append(reader.read(frame, index))
        took.append(perf_counter() - started)
        if readings[-1].fell_back:
            raise EngineUnavailable(
                f"It left frame {index} to another engine. Try `senoscope engines --again`."
            )
    shapes = tuple((frame.shape[0], frame.shape[1]) for frame in clip)
    return Attempt(tuple(readings), shapes, float(np.median(took)) * 1e3)


def tried(
    ways: Sequence[str],
    attempt: Callable[[str], Attempt],
    say: Callable[[str], None],
    simulated: int | None = None,
) -> tuple[Trial, ...]:
    """Try each of `ways`; the first is the reference, and its errors are raised.

    `attempt` reads the same clip each time, or raises a SenoscopeError that says why it cannot. Of
    its frames the first `simulated` are (None: all), the rest the user's own.
    """
    say(f"trying {ways[0]}")
    reference = attempt(ways[0])
    trials = [_judged(ways[0], reference, reference, simulated)]
    for way in ways[1:]:
        say(f"trying {way}")
        try:
            trials.append(_judged(way, attempt(way), reference, simulated))
        except SenoscopeError as error:
            trials.append(Trial(way, str(error)))
    return tuple(trials)


def fastest(trials: Sequence[Trial]) -> Trial:
    """The trusted one with the least median time. EngineUnavailable where none is trusted."""
    trusted = [trial for trial in trials if trial.refused is None]
    if not trusted:
        reasons = " ".join(f"{trial.way}: {trial.in_words}" for trial in trials)
        raise EngineUnavailable(
            f"No engine can be trusted on this machine. {reasons} Reinstall Senoscope."
        )
    return min(trusted, key=lambda trial: trial.median_ms)


def fingerprint(of: Sequence[str]) -> str:
    """Of all that a choice hangs on, in words: machine, versions, checksums of the weights."""
    return hashlib.sha256("\n".join(of).encode()).hexdigest()


def as_json(trials: Sequence[Trial], of: str) -> str:
    """To be kept; `of` is the fingerprint they hold for."""
    return json.dumps({"of": of, "trials": [asdict(trial) for trial in trials]}, indent=2) + "\n"


def from_json(text: str, of: str) -> tuple[Trial, ...] | None:
    """What `as_json` wrote; None where it holds for another fingerprint or is not understood."""
    try:
        kept = json.loads(text)
        if kept["of"] != of:
            return None
        return tuple(
            Trial(**{**each, **{k: each[k] and Verdict(**each[k]) for k in ("verdict", "own")}})
            for each in kept["trials"]
        )
    except (ValueError, TypeError, KeyError):
        return None


def _judged(way: str, attempt: Attempt, reference: Attempt, simulated: int | None) -> Trial:
    split = len(attempt.readings) if simulated is None else simulated
    verdict, own = (
        compared(reference.readings[part], attempt.readings[part], attempt.shapes[part])
        for part in (slice(split), slice(split, None))
    )
    refusal = verdict.refusal
    # Where the reference finds nothing on them, they say nothing against an engine either.
    if own.findings and refusal is None and own.refusal is not None:
        refusal = f"On frames of your own: {own.refusal}"
    return Trial(way, refusal, attempt.median_ms, verdict, own if own.frames else None)
