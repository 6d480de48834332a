"""Figures become lines that can be read, and what has none says why."""

from __future__ import annotations

from senoscope.calibration.engine_benchmark import EngineFigures, EngineRow
from senoscope.models.engines.peak import Peak
from senoscope.realtime.loop_benchmark import LoopFigures, LoopRow
from senoscope.realtime.loop_report import LoopReport
from senoscope.realtime.timing import Percentiles
from senoscope.ui.commands.bench_tables import engine_table, loop_table, peak_lines

USUAL = Percentiles(20, 30, 40)


def report(read: int = 148, latency: Percentiles | None = USUAL) -> LoopReport:
    return LoopReport(
        150, read, 0, {}, 0, 0, 0, 90, 30.0, latency, {"encode": Percentiles(1.25, 2, 3)},
        21.0, 0.2, "Fake engine", (),
    )  # fmt: skip


def test_engines_that_do_not_run_have_their_reason_s_first_sentence() -> None:
    head, first, second, third = engine_table(
        [
            EngineRow("net 1", "OpenVINO int8", None, EngineFigures(8.0, 9.5, 7.5, 120.0, 0.66)),
            EngineRow("net 1", "TensorRT int8", None, EngineFigures(1.0, 1.1, 0.4, None, None)),
            EngineRow("net 1", "TensorRT fp32", "No driver was found. Install the card's driver."),
        ]
    )
    assert head.split() == ["network", "engine", "median", "p95", "CPU-ms", "GFLOP/s", "of", "peak"]
    assert first.split()[4:] == ["8.00", "9.50", "7.50", "120.0", "66%"]
    assert second.split()[4:] == ["1.00", "1.10", "0.40", "-", "-"]
    assert third.endswith("not measured: No driver was found.")
    assert len({len(line) for line in (head, first, second)}) == 1


def test_a_peak_says_what_reached_it() -> None:
    assert peak_lines({"int8": Peak(1.9e11, "jit_avx2_I8")}) == [
        "A core reaches 190 GFLOP/s in int8 (jit_avx2_I8)."
    ]


def test_each_stream_has_a_line_and_what_all_share_stands_once() -> None:
    row = LoopRow("two", None, LoopFigures(18.04, 0.9, (report(), report(140))))
    head, first, second = loop_table([row])
    assert head.split()[:7] == ["run", "read", "found", "p50", "p95", "CPU-ms", "source"]
    assert first.split() == [
        "two", "148", "of", "150", "0.9", "20.0", "30.0", "18.0", "0.2", "encode", "1.2",
    ]  # fmt: skip
    assert second.split()[:6] == ["another", "stream", "140", "of", "150", "20.0"]
    assert "18.0" not in second
    assert first.index("encode") == second.index("encode") == head.index("median")


def test_what_was_not_measured_is_a_dash_or_a_reason() -> None:
    unread = LoopRow("none read", None, LoopFigures(None, None, (report(0, None),)))
    _, first, second = loop_table([unread, LoopRow("H.264", "OpenCV writes none. Use another.")])
    assert first.split()[5:9] == ["-", "-", "-", "-"]
    assert second.endswith("not measured: OpenCV writes none.")
