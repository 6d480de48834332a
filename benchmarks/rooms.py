"""Rooms that share one inference server: what reading there adds, by a real Triton.

    python -m benchmarks.rooms --report docs/results/rooms.json

Simulated throughout: 1, 2 and 4 rooms are processes on this one machine, the server is another, and
all of them share its cores; in a hospital each room has a machine of its own. A room offers frames
of the phantom, 1024x768, at the scanner's rate and reads them as `realtime/worker.py` does: the
first stage (resize, U-Net, outlines) on one thread, the second (crops, GoogLeNet, for each lesion)
on another, so that two frames are under way at most; of the frames that come meanwhile the newest
is kept and the others are left out. The same rooms read by the local engine in the same run, in
turn, are what the added latency is over. No picture is encoded and no page is served.

The report:

    about                    date, machine, versions, command, conditions
      cores                  that all processes share
      instances              of each model on the server: requests of one model it works on at once
      precision, size, simulated, load (before, after: of one minute)
    service                  one room's frame, from the shared run of 1 room at the lowest rate
      segment, classify      of one run of the U-Net; of one run of GoogLeNet (a lesion each):
        server_ms            Triton's compute (input + infer + output) a request, the mean
        server_queue_ms      waiting before it, the mean
        round_trip_ms        p50, p95, mean: as the room's engine sees a run
        local_ms             p50, p95, mean: a run of the local engine, one room at the same rate
      classify_per_frame     runs of GoogLeNet a frame read
      room_cpu_ms            processor time of the room's process a frame read: resizing, outlines,
                             crops, packing and gRPC; no network
      room_segment_ms, room_classify_ms
                             p50, p95, mean: a stage on the clock without its runs of a network
      server_cpu_ms          processor time of the server and what it starts, a frame read
    runs                     a list, one for each of engine x rooms x rate_hz:
      engine                 "local" or "shared"
      rooms, rate_hz, seconds
      offered, read, left_out, falls
                             frames, all rooms together; offered = read + left_out
      read_per_s             frames a second, one a room
      latency_ms             p50, p95, mean, all rooms: capture until the reading is there
      room_cpu_ms, server_cpu_ms
                             processor time a frame read; of a local room with its networks
      cpu_share              of all cores, that rooms and server used, 0..1
      server                 {"segment": {server_ms, server_queue_ms, requests}, "classify": ...}
    kills                    of a live loop that reads on the server, 1024x768 at the highest rate:
      times                  that the server was killed (-9) in mid-sweep and started again
      gap_ms                 for each: the longest from one reading to the next, from the kill until
                             the server reads again, on the clock
      captured, read, falls, in_flight
                             the loop's books at the end
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.one_room import RoomNotes, RoomPlan, open_room
from benchmarks.server_kills import SWEEP, killed
from benchmarks.triton_statistics import STAGES, Statistics, since, statistics
from senoscope.models.engines.remote import state_of
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.served_network import networks_of
from senoscope.models.engines.triton_config import Serving
from senoscope.models.engines.triton_repository import write_repository
from senoscope.models.engines.ways import SERVER, Way
from senoscope.models.package import Precision, load_package
from senoscope.realtime.sources.phantom import PhantomSource
from senoscope.ui.commands.bench_command import about
from senoscope.ui.written import write_text
from tests.triton_server import Triton, running_triton

SIZE = (1024, 768)
ROOMS = (1, 2, 4)
Server = tuple[float, Statistics]
"""Seconds of processor time so far, and its statistics."""


def spread(values: Sequence[float]) -> dict[str, float]:
    """Of milliseconds."""
    p50, p95 = np.percentile(values, (50, 95)) if len(values) else (float("nan"),) * 2
    mean = float(np.mean(values)) if len(values) else float("nan")
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "mean": round(mean, 2)}


def rooms_at(
    plans: Sequence[RoomPlan], server: Callable[[], Server]
) -> tuple[list[RoomNotes], Server, Server]:
    """Every room's notes, all rooms at once, and the server as they began and had ended."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    try:
        for plan in plans:
            near, far = context.Pipe()
            process = context.Process(target=open_room, args=(far, plan), daemon=True)
            process.start()
            far.close()
            pipes.append(near)
            processes.append(process)
        for pipe in pipes:
            pipe.recv()
        before = server()
        begins_at = time.monotonic() + 0.5
        for pipe in pipes:
            pipe.send(begins_at)
        notes = [pipe.recv() for pipe in pipes]
        return notes, before, server()
    finally:
        for process in processes:
            process.kill()
            process.join()


class Bench:
    """The server, the pictures, and what is asked of them."""

    def __init__(self, given: argparse.Namespace, triton: Triton, folder: Path) -> None:
        from tritonclient.grpc import InferenceServerClient  # noqa: PLC0415 - an extra

        self._given, self.triton = given, triton
        self._client = InferenceServerClient(triton.address)
        self._precision = Precision(given.precision)
        self._server = RemoteServer(triton.address, deadline_ms=given.deadline)
        self._pictures = folder / "pictures.npy"
        source = PhantomSource(rate_hz=None, size=SIZE, frames=SWEEP)
        source.open()
        np.save(self._pictures, [source.grab().pixels for _ in range(SWEEP)])  # type: ignore[union-attr]
        source.close()

    def way(self, engine: str) -> Way:
        """What "local" or "shared" means here."""
        if engine == "local":
            return Way("openvino", self._precision)
        return Way(SERVER, self._precision, self._server)

    def run(
        self, engine: str, rooms: int, rate_hz: float
    ) -> tuple[dict[str, Any], list[RoomNotes]]:
        """One entry of `runs`, and what it was made of."""
        seconds = self._given.seconds
        plans = [
            RoomPlan(
                self.way(engine), self._pictures, SWEEP // rooms * number, rate_hz, seconds,
                number / rooms / rate_hz,
            )
            for number in range(rooms)
        ]  # fmt: skip
        notes, (cpu_s, before), (cpu_now_s, after) = rooms_at(plans, self._server_now)
        server_s, told = cpu_now_s - cpu_s, since(before, after)
        read = [len(each.latency) for each in notes]
        offered = sum(each.offered for each in notes)
        wall_s = max(each.wall_s for each in notes)
        used_s = server_s + sum(each.cpu_s for each in notes)
        return {
            "engine": engine,
            "rooms": rooms,
            "rate_hz": rate_hz,
            "seconds": round(wall_s, 2),
            "offered": offered,
            "read": sum(read),
            "left_out": offered - sum(read),
            "falls": sum(each.falls for each in notes),
            "read_per_s": [round(n / each.wall_s, 2) for n, each in zip(read, notes, strict=True)],
            "latency_ms": spread([ms for each in notes for ms in each.latency]),
            "cpu_share": round(used_s / wall_s / self.cores, 3),
            "room_cpu_ms": round(1e3 * sum(each.cpu_s for each in notes) / sum(read), 2),
            "server_cpu_ms": round(1e3 * server_s / sum(read), 2),
            "server": told,
        }, notes

    def _server_now(self) -> Server:
        return self.triton.cpu_s(), statistics(self._client, self._precision)

    @property
    def cores(self) -> int:
        """That this process may use."""
        return len(os.sched_getaffinity(0))

    def service(
        self, shared: Mapping[str, Any], there: RoomNotes, here: RoomNotes
    ) -> dict[str, Any]:
        """One room's frame, by the server and by the engine here."""
        found: dict[str, Any] = {}
        for stage in STAGES:
            told = shared["server"][stage]
            found[stage] = {
                "server_ms": told["server_ms"],
                "server_queue_ms": told["server_queue_ms"],
                "round_trip_ms": spread(getattr(there, f"{stage}_run")),
                "local_ms": spread(getattr(here, f"{stage}_run")),
            }
        return found | {
            "classify_per_frame": round(len(there.classify_run) / len(there.latency), 3),
            "room_cpu_ms": shared["room_cpu_ms"],
            "server_cpu_ms": shared["server_cpu_ms"],
            "room_segment_ms": spread(there.segment_rest),
            "room_classify_ms": spread(there.classify_rest),
        }


def measure(given: argparse.Namespace, bench: Bench) -> Iterator[tuple[str, Any]]:
    """The report's parts, by name."""
    runs: list[dict[str, Any]] = []
    alone: dict[str, tuple[dict[str, Any], RoomNotes]] = {}
    for rate_hz in sorted(given.rates):
        for rooms in ROOMS:
            for engine in ("local", "shared"):
                run, notes = bench.run(engine, rooms, rate_hz)
                if rooms == 1 and engine not in alone:
                    alone[engine] = run, notes[0]
                runs.append(run)
                print(json.dumps(run), file=sys.stderr)
    shared, there = alone["shared"]
    yield "service", bench.service(shared, there, alone["local"][1])
    yield "runs", runs
    way, rate_hz = bench.way("shared"), max(given.rates)
    yield "kills", killed(bench.triton, way, rate_hz, SIZE, given.kills)


@contextmanager
def bench_of(given: argparse.Namespace) -> Iterator[tuple[Bench, str]]:
    """With a server of its own; and what that says it is."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        packages = [load_package(each) for each in STAGES.values()]
        networks = networks_of(packages, [Precision(given.precision)])
        write_repository(folder / "models", networks, Serving(instances=given.instances))
        with running_triton(folder / "models", folder) as triton:
            yield Bench(given, triton, folder), state_of(RemoteServer(triton.address), ()).identity


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each run")
    parser.add_argument("--rates", type=float, nargs="+", default=[10.0, 30.0])
    parser.add_argument("--precision", default="int8")
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--deadline", type=float, default=100.0, help="ms")
    parser.add_argument("--kills", type=int, default=5)
    given = parser.parse_args()
    load = [os.getloadavg()[0]]
    with bench_of(given) as (bench, server):
        parts = dict(measure(given, bench))
        conditions = {
            "cores": bench.cores,
            "server": f"{server}, Python back end, OpenVINO",
            "instances": given.instances,
            "precision": given.precision,
            "deadline_ms": given.deadline,
            "size": list(SIZE),
            "simulated": True,
            "load": [round(each, 2) for each in (*load, os.getloadavg()[0])],
            "command": " ".join(["python -m benchmarks.rooms", *sys.argv[1:]]),
        }
    report = {"about": about() | conditions, **parts}
    write_text(given.report, json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
