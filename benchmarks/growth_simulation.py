"""Rooms, a link and an inference server, event by event, to check what is on paper.

Two kinds of things are waited for: cores, which all who work on them share equally, and gates,
through which so many pass at once and the others wait in line.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import Protocol

import numpy as np

from benchmarks.growth_figures import Site

Task = Iterator["Wait"]


class Wait(Protocol):
    """What a task yields: it goes on when `then` is called."""

    def __call__(self, world: World, then: Callable[[], None], /) -> None:
        """Ask."""


@dataclass
class World:
    """Time in ms. Everything that is to happen is in one heap."""

    now: float = 0.0
    due: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def at(self, time: float, then: Callable[[], None]) -> None:
        """Have it done then."""
        heapq.heappush(self.due, (time, next(self.order), then))

    def go(self, task: Task) -> None:
        """Until it waits for something, and then on."""
        wait = next(task, None)
        if wait is not None:
            wait(self, lambda: self.go(task))

    def run(self, until: float) -> None:
        """All that is due until then."""
        while self.due and self.due[0][0] <= until:
            self.now, _, then = heapq.heappop(self.due)
            then()


def pause(ms: float) -> Wait:
    """For so long, whatever others do."""
    return lambda world, then: world.at(world.now + ms, then)


@dataclass
class Cores:
    """`count` of them, shared equally by all who work there, each by one at most.

    `done` is the work in ms that each one who was there from the start has had by now.
    """

    count: float
    jobs: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    done: float = 0.0
    seen: float = 0.0
    changes: int = 0
    busy_ms: float = 0.0

    def work(self, ms: float) -> Wait:
        """So much of it, alone on one core."""

        def wait(world: World, then: Callable[[], None]) -> None:
            self._catch_up(world.now)
            heapq.heappush(self.jobs, (self.done + ms, next(world.order), then))
            self._plan(world)

        return wait

    @property
    def rate(self) -> float:
        """Work a ms of each who is there."""
        return min(1.0, self.count / len(self.jobs))

    def _catch_up(self, now: float) -> None:
        if self.jobs:
            self.done += (now - self.seen) * self.rate
            self.busy_ms += (now - self.seen) * self.rate * len(self.jobs)
        self.seen = now

    def _plan(self, world: World) -> None:
        self.changes += 1
        if self.jobs:
            left = max(self.jobs[0][0] - self.done, 0.0)
            world.at(world.now + left / self.rate, partial(self._end, world, self.changes))

    def _end(self, world: World, plan: int) -> None:
        if plan != self.changes:  # somebody came or went since
            return
        self._catch_up(world.now)
        self.done, _, then = heapq.heappop(self.jobs)
        self._plan(world)
        then()


@dataclass
class Gate:
    """So many are through at once; the others wait, who came first goes first."""

    free: int
    line: deque[Callable[[], None]] = field(default_factory=deque)

    def enter(self, _world: World, then: Callable[[], None]) -> None:
        """At once, or in turn."""
        if self.free:
            self.free -= 1
            then()
        else:
            self.line.append(then)

    def leave(self, _world: World, then: Callable[[], None]) -> None:
        """Let the next one through."""
        if self.line:
            self.line.popleft()()
        else:
            self.free += 1
        then()


@dataclass
class Server:
    """Each network has instances of its own; what they compute on may be the rooms' cores too."""

    cores: Cores
    segment: Gate
    classify: Gate
    up: Gate | None = None
    down: Gate | None = None


@dataclass
class Room:
    """Reads as `realtime/worker.py`: two frames at most, one in each stage, and the newest next."""

    world: World
    site: Site
    cores: Cores
    server: Server | None
    dice: Random
    first: int
    under_way: int = 0
    newest: tuple[float, int] | None = None
    begins: Gate = field(default_factory=lambda: Gate(1))
    finishes: Gate = field(default_factory=lambda: Gate(1))
    read_at: list[tuple[float, float]] = field(default_factory=list)
    offered: int = 0

    def offers(self, first: float) -> None:
        """A frame now, and again after each period from `first` on."""
        self.newest = self.world.now, self.first + self.offered
        self.offered += 1
        self._take()
        # By the count, not by adding: a scanner's clock does not drift.
        again = first + self.offered * self.site.period_ms
        self.world.at(again, lambda: self.offers(first))

    def _take(self) -> None:
        if self.newest is None or self.under_way == 2 or not self.begins.free:
            return
        (captured, number), self.newest = self.newest, None
        self.under_way += 1
        self.world.go(self._frame(captured, self._lesions(number)))

    def _lesions(self, number: int) -> int:
        known = self.site.lesions
        if known:
            return known[number % len(known)]
        return int(self.site.frame.lesions + self.dice.random())

    def _frame(self, captured: float, lesions: int) -> Task:
        frame, server = self.site.frame, self.server
        own = frame.room_classify_ms * (lesions / frame.lesions if frame.lesions else 1.0)
        yield self.begins.enter
        yield self.cores.work(frame.room_segment_ms / 2)
        yield from self._run(frame.segment_ms, None if server is None else server.segment)
        yield self.cores.work(frame.room_segment_ms / 2)
        yield self.begins.leave
        self._take()
        yield self.finishes.enter
        for _ in range(lesions):
            yield self.cores.work(own / lesions / 2)
            gate = None if server is None else server.classify
            yield from self._run(frame.classify_ms, gate)
            yield self.cores.work(own / lesions / 2)
        yield self.finishes.leave
        self.under_way -= 1
        self.read_at.append((captured, self.world.now))
        self._take()

    def _run(self, compute_ms: float, instances: Gate | None) -> Task:
        frame = self.site.frame
        if frame.spare_ms:
            self.world.go(self._spare(frame.spare_ms))
        if self.server is None or instances is None:
            yield self.cores.work(compute_ms)
            return
        # Half of packing and sending is the room's work, half the server's.
        yield self.cores.work(frame.rpc_ms / 4)
        yield pause(frame.idle_ms / 2)
        yield from self._sent(self.server.up, self.site.up_ms)
        yield self.server.cores.work(frame.rpc_ms / 4)
        yield instances.enter
        yield self.server.cores.work(compute_ms)
        yield instances.leave
        yield self.server.cores.work(frame.rpc_ms / 4)
        yield from self._sent(self.server.down, self.site.down_ms)
        yield pause(frame.idle_ms / 2)
        yield self.cores.work(frame.rpc_ms / 4)

    def _spare(self, ms: float) -> Task:
        if self.server is None:
            yield self.cores.work(ms)
            return
        yield self.cores.work(ms / 2)
        yield self.server.cores.work(ms / 2)

    def _sent(self, link: Gate | None, ms: float) -> Task:
        if link is not None:
            yield link.enter
            yield pause(ms)
            yield link.leave
        if self.site.wire_ms:
            yield pause(self.site.wire_ms)


@dataclass(frozen=True)
class Seen:
    """Of all rooms together, but `read_per_s`, which is of one. `latency_ms` in order."""

    read_per_s: float
    latency_ms: tuple[float, ...]
    busy: float

    def late(self, share: float) -> float:
        """So late or less is that share of the frames read, between two of them as numpy does."""
        return float(np.percentile(self.latency_ms, 100 * share))


def simulated(
    site: Site, rooms: int, seconds: float, seed: int, shared: bool = True, skip_s: float = 1.0
) -> Seen:
    """What is drawn is drawn with `seed`. Without `shared`, each room reads by itself.

    What is read in the first `skip_s` is not counted.
    """
    world, dice = World(), Random(seed)
    common = Cores(site.cores)
    server = None
    if shared:
        up, down = (Gate(1), Gate(1)) if site.linked else (None, None)
        instances = Gate(site.instances), Gate(site.instances)
        server = Server(common, *instances, up, down)
    made = []
    for number in range(rooms):
        own = common if site.one_machine else Cores(site.room_cores)
        # As `rooms.py` has them: evenly apart, in time and in the sweep.
        first = site.period_ms * (number / rooms if site.even else dice.random())
        picture = len(site.lesions) // rooms * number if site.even else dice.randrange(10_000)
        room = Room(world, site, own, server, dice, picture)
        world.at(first, partial(room.offers, first))
        made.append(room)
    skip, end = 1000.0 * skip_s, 1000.0 * (seconds + skip_s)
    world.run(end)
    read = [done - at for room in made for at, done in room.read_at if skip <= done]
    return Seen(len(read) / seconds / rooms, tuple(sorted(read)), common.busy_ms / end / site.cores)
