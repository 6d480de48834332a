"""What was measured, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from senoscope.calibration.engine_benchmark import EngineRow
from senoscope.models.engines.peak import Peak
from senoscope.realtime.loop_benchmark import LoopRow
from senoscope.realtime.loop_report import LoopReport


def engine_table(rows: Iterable[EngineRow]) -> list[str]:
    """A head, and a line for each row."""
    lines = [
        f"{'network':22}{'engine':20}{'median':>8}{'p95':>8}{'CPU-ms':>8}{'GFLOP/s':>9}"
        f"{'of peak':>9}"
    ]
    for row in rows:
        start = f"{row.network:22}{row.way:20}"
        if (found := row.figures) is None:
            lines.append(f"{start}not measured: {_first_sentence(row.refused)}")
            continue
        lines.append(
            f"{start}{found.median_ms:8.2f}{found.p95_ms:8.2f}{found.cpu_ms:8.2f}"
            f"{_or_dash(found.gflop_per_s, '.1f'):>9}{_or_dash(found.share_of_peak, '.0%'):>9}"
        )
    return lines


def peak_lines(peaks: dict[str, Peak]) -> list[str]:
    """A sentence for each."""
    return [
        f"A core reaches {peak.per_s / 1e9:.0f} GFLOP/s in {kind} ({peak.kernel})."
        for kind, peak in peaks.items()
    ]


def loop_table(rows: Iterable[LoopRow]) -> list[str]:
    """A head, and a line for each row and stream."""
    lines = [
        f"{'run':32}{'read':>13}{'found':>7}{'p50':>7}{'p95':>7}{'CPU-ms':>8}{'source':>8}"
        "  median of stages"
    ]
    for row in rows:
        if (found := row.figures) is None:
            lines.append(f"{row.name:32}not measured: {_first_sentence(row.refused)}")
            continue
        for nth, report in enumerate(found.reports):
            lines.append(
                f"{'  another stream' if nth else row.name:32}"
                + f"{report.read:5} of {report.captured:<4}"
                + f"{'' if nth else _or_dash(found.findings_per_reading, '.1f'):>7}"
                + _times(report)
                + f"{'' if nth else _or_dash(found.cpu_ms_per_frame, '.1f'):>8}"
                + f"{_or_dash(report.source_cpu_ms_per_frame, '.1f'):>8}  "
                + ", ".join(f"{name} {took.p50:.1f}" for name, took in report.stage_ms.items())
            )
    return lines


def _times(report: LoopReport) -> str:
    took = report.latency_ms
    return "".join(
        f"{_or_dash(value, '.1f'):>7}" for value in ((took.p50, took.p95) if took else (None, None))
    )


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _first_sentence(reason: str | None) -> str:
    """The report has the rest."""
    return (reason or "").split(". ", maxsplit=1)[0].rstrip(".") + "."
