"""An exam's result files: how they are downloaded."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from senoscope.studies.exams.exam_records import KeptResult
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.present_results import result_bytes
from senoscope.studies.results.made_results import VOLUMES
from senoscope.ui.frames.overlay import Header

OFFERED = {
    "report.pdf": ("report_pdf", "pdf", "application/pdf"),
    "report.html": ("report_html", "html", "text/html"),
    "measurements": ("structured_report", "dcm", "application/dicom"),
}
"""By kind: what can be had by itself, as the page calls it. Everything is in the zip."""


def offered(results: Sequence[KeptResult]) -> list[Header]:
    """For the page: a `title`, the file's `name` and its `place`; the zip is the last."""
    by_kind = {each.kind: each for each in results}
    found: list[Header] = [
        {"title": title, "name": _name(results, ending), "place": by_kind[kind].number}
        for kind, (title, ending, _) in OFFERED.items()
        if kind in by_kind
    ]
    if results:
        found.append({"title": "all", "name": _name(results, "zip"), "place": 0})
    return found


def content(
    store: ExamStore, results: Sequence[KeptResult], place: int
) -> tuple[str, str, bytes] | None:
    """File name, media type and bytes of what `offered` calls `place`; None where there is none."""
    if place == 0 and results:
        return _name(results, "zip"), "application/zip", _zip(store, results)
    for each in results:
        if each.number == place and each.kind in OFFERED:
            _, ending, media_type = OFFERED[each.kind]
            return _name(results, ending), media_type, result_bytes(store, each)
    return None


def copied(store: ExamStore, results: Sequence[KeptResult], folder: Path) -> Path:
    """What a signed report refers to, as files of a new `folder`, which is given back."""
    folder.mkdir(mode=0o700)
    for each in results:
        if each.kind in ("measurements", "segmentation"):
            (folder / f"{each.number}.dcm").write_bytes(result_bytes(store, each))
        elif each.kind.endswith(VOLUMES):
            (folder / f"{each.number}{VOLUMES}").write_bytes(result_bytes(store, each))
    return folder


def _zip(store: ExamStore, results: Sequence[KeptResult]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, each in enumerate(results, 1):
            name = each.kind if each.instance_uid is None else f"{each.kind}.dcm"
            archive.writestr(f"{place:02d}_{name}".replace(" ", "_"), result_bytes(store, each))
    return packed.getvalue()


def _name(results: Sequence[KeptResult], ending: str) -> str:
    """Of the exam's number, never of the patient."""
    return f"senoscope_exam_{results[0].exam}.{ending}"
