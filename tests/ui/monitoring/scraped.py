"""What a scrape said, by name and labels."""

from __future__ import annotations

from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from senoscope.realtime.run_books import RunBooks

Told = dict[tuple[str, tuple[str, ...]], float]


def told_by(text: str) -> Told:
    """Each sample under its name and its labels' values, in the labels' order."""
    found: Told = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = sample.name, tuple(sample.labels[name] for name in sorted(sample.labels))
            assert key not in found, key
            found[key] = sample.value
    return found


def scraped(client: Any, **options: Any) -> Told:
    answer = client.get("/metrics", **options)
    assert answer.status_code == 200, answer.text
    return told_by(answer.text)


def assert_tells(told: Told, books: RunBooks) -> None:
    """To the frame."""
    expected = {
        ("senoscope_frames_captured_total", ()): books.captured,
        ("senoscope_frames_read_total", ()): books.read,
        ("senoscope_frames_duplicate_total", ()): books.duplicates,
        ("senoscope_frames_in_flight", ()): books.in_flight,
        ("senoscope_frames_with_lesion_total", ()): books.lesion_frames,
        ("senoscope_frames_unusable_total", ()): books.unusable,
        ("senoscope_frames_unshown_total", ()): books.unshown,
        ("senoscope_engine_falls_total", ()): books.engine_falls,
        ("senoscope_read_latency_seconds_count", ()): books.until_read.count,
        **{
            ("senoscope_frames_dropped_total", (cause.value,)): count
            for cause, count in books.dropped.items()
        },
    }
    assert {key: told[key] for key in expected} == expected


def assert_balances(told: Told) -> None:
    """Whatever moment it was: the frames' fates add up."""
    settled = sum(
        value
        for (name, _), value in told.items()
        if name
        in (
            "senoscope_frames_read_total",
            "senoscope_frames_duplicate_total",
            "senoscope_frames_dropped_total",
            "senoscope_frames_in_flight",
        )
    )
    assert settled == told["senoscope_frames_captured_total", ()]
