"""Which of an exam's result files hold, and what of them a breast MRI's lesions are read from."""

from __future__ import annotations

from collections.abc import Sequence

from senoscope.studies.exams.exam_records import KeptResult
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.results.made_results import VOLUMES


def present(results: Sequence[KeptResult]) -> tuple[KeptResult, ...]:
    """Those of the last reading that no later one supersedes."""
    return present_of(results, max((each.reading for each in results), default=0))


def present_of(results: Sequence[KeptResult], reading: int) -> tuple[KeptResult, ...]:
    """The same, of that reading."""
    old = {each.supersedes for each in results}
    return tuple(each for each in results if each.number not in old and each.reading == reading)


def volume_results(results: Sequence[KeptResult]) -> list[KeptResult]:
    """Of a breast MRI, what `kept_analysis_of` reads, one for each dynamic series in order."""
    return sorted((each for each in results if each.kind.endswith(VOLUMES)), key=lambda e: e.kind)


def kept_volumes(store: ExamStore, results: Sequence[KeptResult]) -> list[bytes]:
    """Their content."""
    return [result_bytes(store, each) for each in volume_results(results)]


def result_bytes(store: ExamStore, result: KeptResult) -> bytes:
    """The content of a file."""
    with store.open_file(result.content) as file:
        return file.read()
