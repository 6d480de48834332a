"""Growth on paper: 1, 12, 100 and 1,000 rooms, and an archive, from service times measured.

    python -m benchmarks.growth --report docs/results/growth.json --document docs/growth.md
    python -m benchmarks.growth --rooms 40 --rate 30 --server-cores 32 --link-gbit 10 --report FILE

`docs/results/rooms.json` (`benchmarks/rooms.py`) gives what one room's frame costs, and nothing
else of it is used but to be compared with; `docs/results/archive_costs.json`
(`benchmarks/archive_costs.py`) what studies and the store cost. What a site may know better is an
option with a default, and the report lists all of them; assumed as they stand are `per_ms`,
`ARCHIVE_ACTS` and `Site.room_cores`. Rooms are counted as if all scanned at once: a server is
bought for the peak.

    given     the options
    checked   1, 2 and 4 rooms on one machine: predicted beside measured
    rooms     for each number of rooms: servers, link, disk, store
    fills     by how many rooms each part is full, the first one first
    archive   for each kind: cores, network, disk, rows, and hours at one store's pace
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.growth_figures import Site, local_frame, read_report, shared_frame
from benchmarks.growth_needs import (
    archive_rows,
    fills,
    rooms_per_card,
    rooms_per_server,
    rooms_row,
    shared_bytes,
)
from benchmarks.growth_queues import on_one_machine
from benchmarks.growth_simulation import simulated

RESULTS = Path(__file__).parents[1] / "docs" / "results"
SWEEP_LESIONS = (
    *[0] * 10, *[2] * 15, *[0] * 7, *[2] * 15, *[0] * 26, *[2] * 15, *[0] * 7, *[2] * 15, *[0] * 10,
)  # fmt: skip
"""That the U-Net outlines in each picture of the sweep that `rooms.py` reads: its work, no time."""
LATE = (0.5, 0.95)
Row = dict[str, Any]


def checked(report: Mapping[str, Any]) -> list[Row]:
    """Predicted beside measured; `rooms.py` says what its keys are."""
    about = report["about"]
    cores, instances = about["cores"], about["instances"]
    rows = []
    beside: dict[tuple[int, float], dict[str, float]] = {}
    alone: dict[tuple[int, float], dict[str, float]] = {}
    for run in sorted(report["runs"], key=lambda each: each["engine"] != "local"):
        rooms, rate, shared = run["rooms"], run["rate_hz"], run["engine"] == "shared"
        frame = (shared_frame if shared else local_frame)(report, rooms * rate)
        site = Site(
            frame, 1000 / rate, cores, instances, one_machine=True, even=True,
            lesions=SWEEP_LESIONS,
        )  # fmt: skip
        paper = on_one_machine(site, rooms)
        seen = simulated(site, rooms, round(run["seconds"]), 1, shared, skip_s=0.0)
        late = {f"p{100 * share:.0f}": seen.late(share) for share in LATE}
        late["mean"] = mean(seen.latency_ms)
        row = {
            "engine": run["engine"],
            "rooms": rooms,
            "rate_hz": rate,
            "read_per_s": seen.read_per_s,
            "read_per_s_on_paper": paper.read_per_s,
            "measured_per_s": sum(run["read_per_s"]) / rooms,
            "latency_ms": late,
            "latency_ms_on_paper": paper.latency_ms,
            "measured_ms": {name: run["latency_ms"][name] for name in late},
            "busy": seen.busy,
            "measured_busy": run["cpu_share"],
        }
        if not shared:
            beside[rooms, rate] = late
            alone[rooms, rate] = run["latency_ms"]
        else:
            local = beside[rooms, rate]
            row["added_ms"] = {name: late[name] - local[name] for name in late}
            row["measured_added_ms"] = {
                name: run["latency_ms"][name] - alone[rooms, rate][name] for name in late
            }
        rows.append(row)
    return rows


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """All that is given, and nowhere else."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument(
        "--document", type=Path, help="whose tables are to be these, a picture beside it"
    )
    parser.add_argument("--measured-rooms", type=Path, default=RESULTS / "rooms.json")
    parser.add_argument("--measured-archive", type=Path, default=RESULTS / "archive_costs.json")
    parser.add_argument("--rooms", type=int, nargs="+", default=[1, 12, 100, 1000])
    number = {
        "rate": (30.0, "frames a second of a room"),
        "late-ms": (100.0, "so late may 1 frame in 100 be"),
        "link-gbit": (10.0, "of the link into the server"),
        "wire-ms": (0.2, "one way without bytes: ASSUMED"),
        "card-ms": (2.0, "of a card for a whole frame: ASSUMED, no card was ever measured"),
        "exams-a-day": (20.0, "of a room: ASSUMED"),
        "acts-an-exam": (10.0, "of the store, from kept to sent: ASSUMED"),
        "hours-a-day": (8.0, "of scanning: ASSUMED"),
        "days-a-year": (250.0, "of scanning: ASSUMED"),
        "keep-years": (10.0, "that exams are kept: ASSUMED"),
        "beat-s": (5.0, "a room tells of itself so often"),
        "studies": (10_000_000.0, "of the archive"),
        "archive-hours": (60.0, "from Friday evening to Monday morning"),
        "busy": (0.9, "of a worker's time it reads"),
        "price-core-hour": (0.05, "EXAMPLE, no market's price; in your own currency"),
        "price-card-hour": (1.0, "EXAMPLE, likewise"),
        "price-tb-month": (20.0, "EXAMPLE, likewise"),
    }
    for name, (usual, says) in number.items():
        parser.add_argument(f"--{name}", type=float, default=usual, help=f"{says} [{usual:g}]")
    parser.add_argument("--server-cores", type=int, default=16, help="of one server [16]")
    return parser.parse_args(words)


def grown(given: argparse.Namespace) -> Row:
    """The report."""
    measured, costs = read_report(given.measured_rooms), read_report(given.measured_archive)
    frame = shared_frame(measured, given.rate)
    up, down = shared_bytes(frame.lesions)
    ultrasound = costs["kinds"]["ultrasound"]
    # What a store keeps a second does not grow with those who write: they stand in line.
    acts = {row["store"]: row["1"]["acts_per_s"] for row in costs["acts"]}
    parts = {
        "per_server": rooms_per_server(frame, given, given.server_cores, up, down),
        "per_card": rooms_per_card(given),
        "up": up,
        "down": down,
        "exam_bytes": ultrasound["given_bytes"] + ultrasound["result_bytes"],
        **{f"acts {name}": pace for name, pace in acts.items()},
    }
    return {
        "given": {name: each for name, each in vars(given).items() if not isinstance(each, Path)},
        "frame": asdict(frame),
        "parts": parts,
        "checked": checked(measured),
        "rooms": [rooms_row(each, parts, given) for each in given.rooms],
        "fills": fills(parts, given),
        "archive": archive_rows(costs, acts, given),
    }


def main() -> None:
    """Calculate, and write the report."""
    from benchmarks.growth_picture import fills_picture  # noqa: PLC0415 - only where it is wanted
    from benchmarks.growth_tables import filled, tables  # noqa: PLC0415

    given = arguments()
    found = rounded(grown(given))
    given.report.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if given.document is not None:
        text = given.document.read_text(encoding="utf-8")
        given.document.write_text(filled(text, found), encoding="utf-8")
        picture = fills_picture(found["fills"])
        given.document.with_suffix(".svg").write_text(picture, encoding="utf-8")
    for lines in tables(found).values():
        print("\n".join([*lines, ""]))


def rounded(value: Any) -> Any:
    """Four figures that count are more than the model is good for."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main()
