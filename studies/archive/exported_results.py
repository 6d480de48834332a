"""Results of the exam store as files of a folder, each reading in one of its own."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.wrapping.whole_folder import whole_folder

NAMES = {"segmentation": "seg", "key image": "key_image", "measurements": "sr", "cad": "sr"}
"""By kind, where the file is called otherwise, as `study read` does."""


def export_results(store: ExamStore, exam: int, out: Path, who: str) -> None:
    """`out/exam_7_reading_9`, for each reading of the exam that is not there yet. StorageError.

    Each has an audit row, of one that then could not be written as well.
    """
    results = store.results_of(exam)
    for reading in store.readings_of(exam):
        name = f"exam_{exam}_reading_{reading.number}"
        if (out / name).exists():
            continue
        with whole_folder(out, name, "The folder of results") as partial:
            count: Counter[str] = Counter()
            for each in results:
                if each.reading != reading.number or each.sign_off is not None:
                    continue
                file = each.kind  # under its own name, where it is no DICOM
                if each.instance_uid is not None:
                    file = NAMES.get(each.kind, each.kind)
                    count[file] += 1
                    file = f"{file}_{count[file]}.dcm"
                with store.open_file(each.content) as content, (partial / file).open("xb") as to:
                    shutil.copyfileobj(content, to)
            store.note("results exported", who, exam, {"reading": reading.number})
