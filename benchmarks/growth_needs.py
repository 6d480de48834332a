"""What rooms and archives need, and by how many each part is full."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from typing import Any

from benchmarks.growth_figures import Frame, Site
from benchmarks.growth_queues import wait_of
from benchmarks.growth_simulation import simulated

ARCHIVE_ACTS = 5
"""Transactions of a study of an archive: begun, kept, told so, read, finished."""
Row = dict[str, Any]


def shared_bytes(lesions: float) -> tuple[int, int]:
    """Of a frame: tensors to the server and back."""
    from senoscope.models.engines.openvino import ports_of  # noqa: PLC0415 - reads networks
    from senoscope.models.package import (  # noqa: PLC0415
        CLASSIFIER,
        SEGMENTER,
        Precision,
        load_package,
    )

    up = down = 0.0
    for folder, runs in ((SEGMENTER, 1.0), (CLASSIFIER, lesions)):
        ports = ports_of(load_package(folder).weights(Precision.INT8))
        up += runs * 4 * math.prod(ports.input_shape)
        down += runs * 4 * sum(map(math.prod, ports.outputs.values()))
    return round(up), round(down)


def rooms_per_server(
    frame: Frame, given: argparse.Namespace, cores: int, up: int, down: int
) -> int:
    """As many as one server of so many cores reads for, all frames, none but 1 in 100 too late."""
    runs = 1 + frame.lesions
    site = Site(
        frame, 1000 / given.rate, cores, cores, one_machine=False,
        up_ms=up / runs / per_ms(given.link_gbit), down_ms=down / runs / per_ms(given.link_gbit),
        wire_ms=given.wire_ms,
    )  # fmt: skip
    low, high = 0, math.ceil(cores * 1000 / given.rate / frame.served_ms) + 1
    while high - low > 1:
        middle = (low + high) // 2
        seen = simulated(site, middle, 3.0, middle)
        good = seen.read_per_s >= 0.99 * given.rate and seen.late(0.99) <= given.late_ms
        low, high = (middle, high) if good else (low, middle)
    return low


def per_ms(gbit: float) -> float:
    """Bytes a link carries in a ms, nine tenths of what it is called."""
    return gbit * 1e9 / 8 / 1000 * 0.9


def rooms_per_card(given: argparse.Namespace) -> int:
    """Likewise of a card that takes `--card-ms` a frame, one after the other: N*D/D/1."""
    period = 1000 / given.rate / given.card_ms
    room = given.late_ms / 2 / given.card_ms
    rooms = 0
    while rooms + 1 <= period and wait_of(0.99, rooms + 1, period) <= room:
        rooms += 1
    return rooms


def rooms_row(rooms: int, parts: Mapping[str, float], given: argparse.Namespace) -> Row:
    """What so many rooms need."""
    exams = rooms * given.exams_a_day
    row = {
        "rooms": rooms,
        "frames_per_s": rooms * given.rate,
        "servers": how_many(rooms, parts["per_server"]),
        "cards": how_many(rooms, parts["per_card"]),
        "up_gbit_per_s": rooms * given.rate * parts["up"] * 8 / 1e9,
        "down_gbit_per_s": rooms * given.rate * parts["down"] * 8 / 1e9,
        "exams_a_day": exams,
        "disk_tb_a_year": exams * given.days_a_year * parts["exam_bytes"] / 1e12,
        "acts_per_s": exams * given.acts_an_exam / (given.hours_a_day * 3600),
        "beats_per_s": rooms / given.beat_s,
    }
    hours = given.hours_a_day * given.days_a_year
    stored = row["disk_tb_a_year"] * given.keep_years
    prices = {
        "servers": given.server_cores * hours * given.price_core_hour,
        "cards": hours * given.price_card_hour,
    }
    row["cost_a_year"] = {
        name: None if row[name] is None else row[name] * price for name, price in prices.items()
    } | {"disk": stored * 12 * given.price_tb_month}
    return row


def how_many(rooms: int, each: float) -> int | None:
    """None where one is too slow for a single room: no number of them is enough."""
    return math.ceil(rooms / each) if each else None


def fills(parts: Mapping[str, float], given: argparse.Namespace) -> list[Row]:
    """By how many rooms each part is full."""
    most = {
        f"a server of {given.server_cores} cores": parts["per_server"],
        f"a card that takes {given.card_ms:g} ms a frame (assumed)": parts["per_card"],
    }
    for gbit in (1.0, 10.0, 100.0, given.link_gbit):
        full = per_ms(gbit) * 1000 / (given.rate * parts["up"])
        most[f"a link of {gbit:g} Gbit/s"] = full
    for store in ("SQLite", "PostgreSQL"):
        if f"acts {store}" in parts:
            # Both kinds of writes wait for the same disk.
            exams = given.exams_a_day * given.acts_an_exam / (given.hours_a_day * 3600)
            most[f"one store, {store}"] = parts[f"acts {store}"] / (exams + 1 / given.beat_s)
    return [
        {"part": name, "rooms": rooms} for name, rooms in sorted(most.items(), key=lambda e: e[1])
    ]


def archive_rows(
    costs: Mapping[str, Any], acts_per_s: Mapping[str, float], given: argparse.Namespace
) -> list[Row]:
    """For each kind, were all of its studies of that kind."""
    seconds = given.archive_hours * 3600
    rows = []
    for kind, cost in costs["kinds"].items():
        kept = cost["given_bytes"] + cost["result_bytes"]
        cores = given.studies * cost["cpu_s"] / seconds / given.busy
        row = {
            "kind": kind,
            "cpu_s": cost["cpu_s"],
            "cores": math.ceil(cores),
            "memory_gb": math.ceil(cores) * cost["most_memory_mb"] / 1000,
            "in_gbit_per_s": given.studies * cost["given_bytes"] * 8 / 1e9 / seconds,
            "disk_tb": given.studies * kept / 1e12,
            "rows": given.studies * sum(cost["rows"].values()),
            "database_gb": given.studies * cost["database_bytes"] / 1e9,
            "acts_per_s": given.studies * ARCHIVE_ACTS / seconds,
            "stores": {
                name: math.ceil(given.studies * ARCHIVE_ACTS / seconds / pace)
                for name, pace in acts_per_s.items()
            },
            "store_hours": {
                name: given.studies * ARCHIVE_ACTS / pace / 3600
                for name, pace in acts_per_s.items()
            },
        }
        row["cost"] = {
            "cores": math.ceil(cores) * given.archive_hours * given.price_core_hour,
            "disk_a_year": row["disk_tb"] * 12 * given.price_tb_month,
        }
        rows.append(row)
    return rows
