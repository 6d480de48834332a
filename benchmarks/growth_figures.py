"""What the model of growth is given: a frame's work, as one room was measured, and where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Frame:
    """Work on one frame, in ms on one core, nobody else working.

    `segment_ms` and `classify_ms` are one run of a network. Asking a server for it is `rpc_ms` of
    work on the way, half of either side; `spare_ms` of work that nobody waits for; and `idle_ms` in
    which nobody works. `room_..._ms` is the room's own: resizing, outlines, crops, of all lesions.
    `lesions` a frame is the mean: each frame has the whole number below or above it.
    """

    room_segment_ms: float
    segment_ms: float
    room_classify_ms: float
    classify_ms: float
    rpc_ms: float = 0.0
    spare_ms: float = 0.0
    idle_ms: float = 0.0
    lesions: float = 1.0

    @property
    def first_ms(self) -> float:
        """Its first stage takes, of one frame at a time."""
        return self.room_segment_ms + self.segment_ms + self.rpc_ms + self.idle_ms

    @property
    def second_ms(self) -> float:
        """Likewise, the mean."""
        run = self.classify_ms + self.rpc_ms + self.idle_ms
        return self.room_classify_ms + self.lesions * run

    @property
    def work_ms(self) -> float:
        """All of it, whether somebody waits for it or not."""
        late = self.first_ms + self.second_ms
        return late + (1 + self.lesions) * (self.spare_ms - self.idle_ms)

    @property
    def served_ms(self) -> float:
        """What a server works on it: the networks, and half of what asking costs."""
        asking = (1 + self.lesions) * (self.rpc_ms + self.spare_ms) / 2
        return self.segment_ms + self.lesions * self.classify_ms + asking


@dataclass(frozen=True)
class Site:
    """Where frames of that kind are read.

    `cores` are the server's; on `one_machine` the rooms share them, else each has `room_cores` of
    its own. A request's bytes hold the link, shared by all rooms, for `up_ms`, its answer's for
    `down_ms`; `wire_ms` is the way without bytes. `instances` of each network. `even`: the rooms'
    scanners are evenly apart in time, else as chance has it. `lesions` of each picture of a sweep;
    where they are not known, drawn by the frame's mean.
    """

    frame: Frame
    period_ms: float
    cores: float
    instances: int
    one_machine: bool
    room_cores: float = 2.0
    up_ms: float = 0.0
    down_ms: float = 0.0
    wire_ms: float = 0.0
    even: bool = False
    lesions: tuple[int, ...] = ()

    @property
    def linked(self) -> bool:
        """Whether requests wait for each other on the way."""
        return self.up_ms > 0


def read_report(path: Path) -> dict[str, Any]:
    """A report of this house."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def alone(report: Mapping[str, Any], engine: str, rate_hz: float) -> Mapping[str, Any]:
    """The run of one room, at the rate nearest to that.

    Cores that seldom sleep keep what they need at hand: asked for a rate of all rooms together, it
    gives the room that kept them most nearly as busy.
    """
    ones = [run for run in report["runs"] if (run["engine"], run["rooms"]) == (engine, 1)]
    found: Mapping[str, Any] = min(ones, key=lambda run: abs(run["rate_hz"] - rate_hz))
    return found


def shared_frame(report: Mapping[str, Any], rate_hz: float) -> Frame:
    """As read by the server, from what `rooms.py` measured of one room.

    Work is processor time, which other programs hardly move; where a clock shows less than that,
    several threads worked, and where it shows more, somebody waited.
    """
    service, run = report["service"], alone(report, "shared", rate_hz)
    lesions = float(service["classify_per_frame"])
    segment, classify = (run["server"][name]["server_ms"] for name in ("segment", "classify"))
    networks = segment + lesions * classify
    worked = min(1.0, run["server_cpu_ms"] / networks)
    own = service["room_segment_ms"]["mean"] + service["room_classify_ms"]["mean"]
    own_worked = min(1.0, run["room_cpu_ms"] / own)
    all_cpu = run["server_cpu_ms"] + run["room_cpu_ms"]
    asking = (all_cpu - worked * networks - own_worked * own) / (1 + lesions)
    on_the_way = _beside(service["segment"]) + lesions * _beside(service["classify"])
    beside = on_the_way / (1 + lesions)
    return Frame(
        own_worked * service["room_segment_ms"]["mean"],
        worked * segment,
        own_worked * service["room_classify_ms"]["mean"],
        worked * classify,
        min(asking, beside),
        max(asking - beside, 0.0),
        max(beside - asking, 0.0),
        lesions,
    )


def local_frame(report: Mapping[str, Any], rate_hz: float) -> Frame:
    """As read by the room itself."""
    service, run = report["service"], alone(report, "local", rate_hz)
    lesions = float(service["classify_per_frame"])
    parts = (
        service["room_segment_ms"]["mean"],
        service["segment"]["local_ms"]["mean"],
        service["room_classify_ms"]["mean"],
        service["classify"]["local_ms"]["mean"],
    )
    clock = parts[0] + parts[1] + parts[2] + lesions * parts[3]
    worked = min(1.0, run["room_cpu_ms"] / clock)
    spare = max(run["room_cpu_ms"] - clock, 0.0) / (1 + lesions)
    segment, network, own, classify = (worked * each for each in parts)
    return Frame(segment, network, own, classify, spare_ms=spare, lesions=lesions)


def _beside(network: Mapping[str, Any]) -> float:
    """What a round trip is longer than the server computes and lets wait."""
    took = float(network["round_trip_ms"]["mean"])
    return max(took - float(network["server_ms"]) - float(network["server_queue_ms"]), 0.0)
