"""What is kept and what waits, as metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from senoscope.ui.monitoring.loop_metrics import gauge
from senoscope.ui.monitoring.store_watch import StoreWatch


def store_metrics(watch: StoreWatch) -> Iterator[Metric]:
    """Nothing of what is not known yet; figures are some seconds old, and say how many."""
    free, figures = watch.free(), watch.figures()
    yield gauge("store_up", "1 while the exam store answers.", free.answers)
    if free.value is not None:
        yield gauge("store_free_bytes", "Free where the store's files lie.", free.value)
    running, waiting = watch.jobs()
    yield gauge("study_jobs_running", "Studies being read.", running)
    yield gauge("study_jobs_waiting", "Studies that wait to be read.", waiting)
    if figures.value is None:
        return
    held = figures.value
    yield gauge("store_figures_age_seconds", "How old the figures below are.", figures.age_s)
    yield _by_state("store_exams", "Exams kept, by state.", held.exams)
    yield _by_state("outbox_files", "Files for destinations, by state.", held.outbox)
    yield _by_state("archive_tasks", "Studies of archives, by state.", held.archive)
    yield gauge("store_files", "Files kept.", held.files)
    yield gauge("store_bytes", "Size of the files kept.", held.size)


def log_metrics(counts: Mapping[str, int]) -> Iterator[Metric]:
    """What went wrong."""
    records = CounterMetricFamily(
        "senoscope_log_records", "Records of the log since the page is served.", labels=["level"]
    )
    for level, count in counts.items():
        records.add_metric([level], count)
    yield records


def _by_state(name: str, words: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(f"senoscope_{name}", words, labels=["state"])
    for state, count in counts.items():
        family.add_metric([state], count)
    return family
