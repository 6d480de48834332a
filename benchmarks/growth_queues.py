"""Queues on paper: how many frames are read, and how late, without playing any of it through.

Where rooms and server share a machine it is a closed network: each room has two frames at most on
their way, which share the cores equally and then wait for the scanner. It is solved by mean value
analysis (Reiser and Lavenberg, J. ACM 27(2), 1980), with cores of which several serve at once
(Harchol-Balter, Performance Modeling and Design of Computer Systems, 2013, chapter 19, has the
network and why shared cores need no more than the mean of the work).

A server apart is asked at the scanners' even pace. With one instance that is the queue N*D/D/1,
whose waiting time is known exactly (Roberts and Virtamo, IEEE Trans. Commun. 39(2), 1991, give it
for the cells of ATM); several instances share the line, which is a little better than to have one
each.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, inf, lgamma, log

from benchmarks.growth_figures import Site

AT_ONCE = 2
"""Frames of a room on their way."""


@dataclass(frozen=True)
class Steady:
    """`held_ms` is from being taken to being read; `latency_ms` from being captured."""

    read_per_s: float
    held_ms: float
    latency_ms: float
    busy: float


def cycle(customers: int, work_ms: float, cores: int, think_ms: float) -> tuple[float, float]:
    """Frames a ms and ms that one is held, of so many that share cores and then think.

    Exact for shared cores and any distributions: chance[j] is that of j frames at the cores.
    """
    chance = [1.0, *([0.0] * (cores - 1))]
    held = present = rate = 0.0
    for number in range(1, customers + 1):
        unused = sum((cores - 1 - j) * chance[j] for j in range(cores - 1))
        held = work_ms / cores * (1 + present + unused)
        rate = number / (think_ms + held)
        present = rate * held
        later = [0.0] * cores
        for j in range(1, cores):
            later[j] = rate * work_ms / j * chance[j - 1]
        load = rate * work_ms
        later[0] = 1 - (load + sum((cores - j) * later[j] for j in range(1, cores))) / cores
        later[0] = max(later[0], 0.0)
        chance = later
    return rate, held


def on_one_machine(site: Site, rooms: int) -> Steady:
    """Rooms and what reads for them on the same cores."""
    cores, customers = int(site.cores), AT_ONCE * rooms
    work = site.frame.work_ms
    rate, held = cycle(customers, work, cores, 0.0)
    # One stage takes one frame at a time, however many cores are idle.
    longest = max(site.frame.first_ms, site.frame.second_ms)
    most = min(1 / site.period_ms, rate / rooms, 1 / longest)
    if most < 1 / site.period_ms:
        # Two are held all the time; the newest waits for one of them to end, half a period old.
        held = AT_ONCE / most
        late = held + site.period_ms / 2
    else:
        held = _at_pace(customers, work, cores, AT_ONCE * site.period_ms)
        # Nobody waits for the spare work; in the idle time nobody works.
        runs = 1 + site.frame.lesions
        held += runs * (site.frame.idle_ms - site.frame.spare_ms)
        late = held
    return Steady(1000 * most, held, late, rooms * most * work / cores)


def _at_pace(customers: int, work_ms: float, cores: int, every_ms: float) -> float:
    """Ms held, where each comes back after `every_ms`, whatever it was held."""
    low, high = work_ms, every_ms
    for _ in range(60):
        middle = (low + high) / 2
        _, held = cycle(customers, work_ms, cores, every_ms - middle)
        low, high = (middle, high) if held > middle else (low, middle)
    return low


def waits_longer(than: float, sources: int, period: float) -> float:
    """The share of requests that wait longer, of `sources` that each ask once in `period`.

    All in units of the service, one after the other. Who asks finds what the others left behind.
    """
    others = sources - 1
    if others >= period:
        return 1.0
    total = 0.0
    for number in range(floor(than) + 1, others + 1):
        share = (number - than) / period
        if share >= 1:
            break
        ways = lgamma(others + 1) - lgamma(number + 1) - lgamma(others - number + 1)
        log_of = ways + number * log(share)
        if others > number:
            log_of += (others - number) * log(1 - share)
        total += exp(log_of) * (period - others + than) / (period - number + than)
    return min(total, 1.0)


def wait_of(share: float, sources: int, period: float) -> float:
    """So long or shorter waits that share of the requests."""
    low, high = 0.0, float(sources)
    if sources - 1 >= period:
        return inf
    if waits_longer(0.0, sources, period) <= 1 - share:
        return 0.0
    for _ in range(50):
        middle = (low + high) / 2
        is_longer = waits_longer(middle, sources, period) > 1 - share
        low, high = (middle, high) if is_longer else (low, middle)
    return high
