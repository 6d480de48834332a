"""What a frame costs others, beside what it costs Senoscope, where both give the same answer.

Each peer has a process of its own: its libraries meet no others, and its processor time is its
own, all threads counted. Blocks of frames alternate, so that a busy machine slows both sides.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import process_time_ns
from typing import Any

import numpy as np

from senoscope.domain.errors import EngineUnavailable, SenoscopeError
from senoscope.models.evaluation.metrics import dice
from senoscope.models.peers.reading import Given, Mask, Read

LEAST_MEAN_DICE, MOST_MEAN_SHIFT = 0.95, 0.05
LIMIT_S = 600.0
"""For the first answers, libraries and networks loaded, and for a block."""
STDOUT, STDERR = 1, 2

Told = tuple[tuple[float, ...], Mask]
"""An answer's probabilities and its mask."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Peer:
    """`build` makes in its process what reads frames; it can be pickled.

    `beside` names the peer, of those before, that its cost is divided by; None of one that others
    are divided by.
    """

    name: str
    precision: str
    build: Callable[[], Read]
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Of the rounds."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How near a peer's answers are to the first peer's.

    Dice is of the masks. `unlike` are frames with more or fewer findings; shifts are of the
    probability of malignancy, over the findings of all others, None without any.
    """

    mean_dice: float
    worst_dice: float
    unlike: int
    mean_shift: float | None
    worst_shift: float | None

    @property
    def refusal(self) -> str | None:
        """None where it is the same answer, else why it isn't."""
        for held, words in (
            (
                self.mean_dice >= LEAST_MEAN_DICE,
                f"mean Dice {self.mean_dice:.3f}, expected at least {LEAST_MEAN_DICE}",
            ),
            (self.unlike == 0, f"{self.unlike} frames with more or fewer findings"),
            (self.mean_shift is not None, "no findings to compare"),
            (
                (self.mean_shift or 0.0) <= MOST_MEAN_SHIFT,
                f"probabilities moved by {self.mean_shift} on average, expected at most "
                f"{MOST_MEAN_SHIFT}",
            ),
        ):
            if not held:
                return f"It does not give the same answer: {words}."
        return None


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One peer. `cpu_ms` are milliseconds of processor time a frame, `ratio` those over `beside`'s.

    `withheld` says why there is no ratio of a peer that should have one: it is not available, and
    nothing was measured, or it gives another answer.
    """

    name: str
    precision: str
    beside: str | None
    withheld: str | None = None
    cpu_ms: Spread | None = None
    ratio: Spread | None = None
    agreement: Agreement | None = None


def peer_rows(
    peers: Sequence[Peer], given: Sequence[Given], frames: int, rounds: int, say: Say
) -> list[PeerRow]:
    """Each of `rounds` has for each peer a block of whom it is beside and one of its own.

    A block is `frames` long; `given` is read round and round. EngineUnavailable where a peer that
    others are divided by can't be measured.
    """
    with ExitStack() as stack:
        running: dict[str, _Child] = {}
        withheld: dict[str, str] = {}
        for peer in peers:
            say(peer.name)
            try:
                running[peer.name] = _Child(peer.build, given)
                stack.callback(running[peer.name].close)
            except EngineUnavailable as error:
                _note(peer, error, withheld)
        took: dict[str, list[float]] = {peer.name: [] for peer in peers}
        ratios: dict[str, list[float]] = {peer.name: [] for peer in peers}
        for nth in range(rounds):
            say(f"round {nth + 1} of {rounds}")
            for peer in peers:
                if peer.beside is None or peer.name in withheld:
                    continue
                beside_ms = running[peer.beside].block_ms(frames)
                try:
                    own_ms = running[peer.name].block_ms(frames)
                except EngineUnavailable as error:
                    _note(peer, error, withheld)
                    continue
                took[peer.beside].append(beside_ms)
                took[peer.name].append(own_ms)
                ratios[peer.name].append(own_ms / beside_ms)
        answers = {name: child.answers for name, child in running.items()}
    return [
        _row(peer, withheld.get(peer.name), took[peer.name], ratios[peer.name], answers, peers[0])
        for peer in peers
    ]


def _note(peer: Peer, error: EngineUnavailable, withheld: dict[str, str]) -> None:
    if peer.beside is None:
        raise EngineUnavailable(f"{peer.name} cannot be measured: {error}") from error
    withheld[peer.name] = f"Not available: {error}"


def _row(
    peer: Peer,
    withheld: str | None,
    took: Sequence[float],
    ratios: Sequence[float],
    answers: dict[str, list[Told]],
    first: Peer,
) -> PeerRow:
    if withheld is not None:
        return PeerRow(peer.name, peer.precision, peer.beside, withheld)
    agreement = agreed(answers[first.name], answers[peer.name]) if peer is not first else None
    refusal = agreement.refusal if agreement else None
    has_ratio = peer.beside is not None and refusal is None
    return PeerRow(
        peer.name,
        peer.precision,
        peer.beside,
        refusal,
        _spread(took) if took else None,
        _spread(ratios) if has_ratio else None,
        agreement,
    )


def agreed(ours: Sequence[Told], theirs: Sequence[Told]) -> Agreement:
    """Answers to the same frames in the same order, one or more."""
    overlaps = [dice(mask, mine) for (_, mine), (_, mask) in zip(ours, theirs, strict=True)]
    pairs = [(mine, own) for (mine, _), (own, _) in zip(ours, theirs, strict=True)]
    alike = [(mine, own) for mine, own in pairs if len(mine) == len(own)]
    shifts = [abs(a - b) for mine, own in alike for a, b in zip(mine, own, strict=True)]
    return Agreement(
        float(np.mean(overlaps)),
        min(overlaps),
        len(pairs) - len(alike),
        float(np.mean(shifts)) if shifts else None,
        max(shifts) if shifts else None,
    )


def _spread(values: Sequence[float]) -> Spread:
    return Spread(float(np.median(values)), min(values), max(values))


class _Child:
    """A peer in its process, which has read every frame once. EngineUnavailable says why not."""

    def __init__(self, build: Callable[[], Read], given: Sequence[Given]) -> None:
        context = multiprocessing.get_context("spawn")
        self._near, far = context.Pipe()
        self._process = context.Process(target=_serve, args=(far, build), daemon=True)
        self._process.start()
        # Only the child may hold this end: then its death closes the pipe. Frames go through it
        # too: what a child is started with waits forever for one that died while starting.
        far.close()
        try:
            self._send(given)
            self.answers: list[Told] = self._told()
        except EngineUnavailable:
            self.close()
            raise

    def block_ms(self, frames: int) -> float:
        """Milliseconds of processor time a frame, the mean of so many."""
        self._send(frames)
        return float(self._told())

    def close(self) -> None:
        """End the process."""
        self._near.close()
        self._process.kill()
        self._process.join()

    def _send(self, what: object) -> None:
        try:
            self._near.send(what)
        except OSError as error:
            raise self._ended() from error

    def _told(self) -> Any:
        try:
            if not self._near.poll(LIMIT_S):
                raise EngineUnavailable(
                    f"It did not answer within {LIMIT_S:g} s. Ask for fewer --frames, or close "
                    "what else runs."
                )
            told = self._near.recv()
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if isinstance(told, str):
            raise EngineUnavailable(told)
        return told

    def _ended(self) -> EngineUnavailable:
        self._process.join(1.0)
        return EngineUnavailable(
            f"It ended its process (exit code {self._process.exitcode}). Update the library."
        )


def _serve(far: Connection[Any, Any], build: Callable[[], Read]) -> None:
    # What libraries print is not for whoever reads the table.
    os.dup2(STDERR, STDOUT)
    try:
        given: Sequence[Given] = far.recv()
        read = build()
        far.send([(answer.probabilities, answer.mask()) for answer in map(read, given)])
        while True:
            far.send(_block_ms(read, given, far.recv()))
    except EOFError:
        return
    except SenoscopeError as error:
        far.send(str(error))
    # Whatever an optional library throws is a reason to have no figures.
    except Exception as error:  # noqa: BLE001
        far.send(f"{type(error).__name__}: {' '.join(str(error).split())}")


def _block_ms(read: Read, given: Sequence[Given], frames: int) -> float:
    # Once off the clock: the other side's block has taken the caches.
    read(given[-1])
    began_ns = process_time_ns()
    for nth in range(frames):
        read(given[nth % len(given)])
    return (process_time_ns() - began_ns) / 1e6 / frames
