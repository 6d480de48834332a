"""An exam's images without the person, as a zip."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from threading import Event

from senoscope.domain.errors import SourceUnavailable, StorageError
from senoscope.studies.deidentification.deidentify import deidentified
from senoscope.studies.deidentification.deidentify_report import DeidentifyReport
from senoscope.studies.deidentification.pseudonyms import PseudonymKey
from senoscope.studies.files.study_files import StudyFiles


class _Stopped(Exception):
    """Nobody asks any more."""


def write_deidentified(paths: Sequence[Path], key: PseudonymKey, file: Path) -> Iterator[float]:
    """Write the zip `file`; gives how much is done, 0..1, as it goes on.

    It holds report.txt, which says what was left out, and why. Whoever stops asking has cancelled:
    nothing stays. SourceUnavailable where no file may be written; StorageError.
    """
    told: SimpleQueue[int | None] = SimpleQueue()
    stopping = Event()

    def tell(done: int) -> None:
        told.put(done)
        if stopping.is_set():
            raise _Stopped

    def work(out: Path) -> DeidentifyReport:
        with StudyFiles.listed(paths) as files:
            return deidentified(files, out, key, on_file=tell)

    with TemporaryDirectory(prefix="senoscope-export-") as room, ThreadPoolExecutor(1) as thread:
        out = Path(room) / "files"
        job = thread.submit(work, out)
        job.add_done_callback(lambda _: told.put(None))
        try:
            while (done := told.get()) is not None:
                yield 0.99 * done / len(paths)
            report = job.result()
        finally:
            stopping.set()
        if not report.written:
            raise SourceUnavailable(f"No file may be given without the person. {report}")
        _pack(out, str(report), file)
    yield 1.0


def _pack(folder: Path, report: str, file: Path) -> None:
    partial = file.with_name(f".{file.name}.partial")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with zipfile.ZipFile(partial, "x", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr("report.txt", report + "\n")
            for each in sorted(folder.rglob("*.dcm")):
                archive.write(each, each.relative_to(folder))
        partial.replace(file)
    except OSError as error:
        raise StorageError(
            f"The copy cannot be kept in {file.parent} ({error.strerror}). Free space there."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
