"""The tables of docs/growth.md, from the report of `growth.py`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def tables(report: Row) -> dict[str, list[str]]:
    """Lines of Markdown, by where they stand in the document."""
    return {
        "checked": checked_table(report["checked"]),
        "rooms": rooms_table(report["rooms"], report["given"]),
        "fills": fills_table(report["fills"]),
        "archive": archive_table(report["archive"]),
    }


def filled(document: str, report: Row) -> str:
    """The document with the report's tables between its marks."""
    for name, lines in tables(report).items():
        begin, end = (f"<!-- {name}: {which} -->" for which in ("begin", "end"))
        before, begun, rest = document.partition(begin)
        _, ended, after = rest.partition(end)
        if not (begun and ended):
            raise ValueError(f"The document lacks {begin} or, after it, {end}. Put them there.")
        document = "\n".join([before + begin, *lines, end]) + after
    return document


def checked_table(rows: Sequence[Row]) -> list[str]:
    """Predicted / measured."""
    lines = []
    for row in rows:
        both = [
            pair(row["read_per_s"], row["measured_per_s"]),
            pair(row["latency_ms"]["mean"], row["measured_ms"]["mean"]),
            pair(row["latency_ms"]["p50"], row["measured_ms"]["p50"]),
            pair(row["latency_ms"]["p95"], row["measured_ms"]["p95"]),
        ]
        added = ["", ""]
        if "added_ms" in row:
            added = [
                pair(row["added_ms"][name], row["measured_added_ms"][name])
                for name in ("mean", "p50")
            ]
        who = f"{row['engine']}, {row['rooms']} at {row['rate_hz']:g}"
        paper = f"{row['read_per_s_on_paper']:.1f}, {row['latency_ms_on_paper']:.0f}"
        lines.append([who, *both, *added, paper])
    head = [
        "engine, rooms, rate", "frames a second of a room", "latency mean, ms", "p50",
        "p95", "added mean, ms", "p50", "on paper",
    ]  # fmt: skip
    return table(head, lines)


def pair(predicted: float, measured: float) -> str:
    """And by how much they differ."""
    off = f" ({100 * (predicted / measured - 1):+.0f} %)" if measured else ""
    return f"{predicted:.1f} / {measured:.1f}{off}"


def rooms_table(rows: Sequence[Row], given: Row) -> list[str]:
    """What so many rooms need."""
    head = [
        "rooms", "frames a second", f"servers of {given['server_cores']} cores", "or cards",
        "link in, Gbit/s", "out", "acts and beats of the store a second", "disk, TB a year",
    ]  # fmt: skip
    lines = [
        [
            f"{row['rooms']:,}",
            f"{row['frames_per_s']:,.0f}",
            counted(row["servers"]),
            counted(row["cards"]),
            f"{row['up_gbit_per_s']:.2f}",
            f"{row['down_gbit_per_s']:.2f}",
            f"{row['acts_per_s']:.2f} + {row['beats_per_s']:.1f}",
            f"{row['disk_tb_a_year']:.2f}",
        ]
        for row in rows
    ]
    prices = [
        "rooms",
        "servers a year",
        "or cards a year",
        f"disk of {given['keep_years']:g} years",
    ]
    costs = [
        [
            f"{row['rooms']:,}",
            *(counted(row["cost_a_year"][name]) for name in ("servers", "cards", "disk")),
        ]
        for row in rows
    ]
    return [*table(head, lines), "", *table(prices, costs)]


def counted(number: float | None) -> str:
    """None: one is too slow for a single room."""
    return "none is fast enough" if number is None else f"{number:,.0f}"


def fills_table(rows: Sequence[Row]) -> list[str]:
    """By how many rooms each part is full."""
    return table(
        ["part", "full with rooms"], [[row["part"], f"{row['rooms']:,.0f}"] for row in rows]
    )


def archive_table(rows: Sequence[Row]) -> list[str]:
    """An archive of each kind."""
    stores = sorted(rows[0]["stores"])
    head = [
        "kind", "CPU-s a study", "cores", "memory, GB", "from the PACS, Gbit/s", "disk, TB",
        "rows", "database, GB", *(f"hours of one {name}" for name in stores),
        *(f"{name} stores" for name in stores), "cores, cost", "disk, cost a year",
    ]  # fmt: skip
    lines = [
        [
            row["kind"],
            f"{row['cpu_s']:.1f}",
            f"{row['cores']:,}",
            f"{row['memory_gb']:,.0f}",
            f"{row['in_gbit_per_s']:,.1f}",
            f"{row['disk_tb']:,.0f}",
            f"{row['rows']:,.0f}",
            f"{row['database_gb']:,.0f}",
            *(f"{row['store_hours'][name]:,.0f}" for name in stores),
            *(f"{row['stores'][name]:,}" for name in stores),
            f"{row['cost']['cores']:,.0f}",
            f"{row['cost']['disk_a_year']:,.0f}",
        ]
        for row in rows
    ]
    return table(head, lines)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """In Markdown."""
    lines = [f"| {' | '.join(each)} |" for each in (head, ["---"] * len(head), *rows)]
    return [line.replace("|  |", "| |") for line in lines]
