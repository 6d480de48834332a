"""What a study costs to be read and kept, by its kind, and how many acts a second the store keeps.

    python benchmarks/archive_costs.py --report docs/results/archive_costs.json
    python benchmarks/archive_costs.py --store postgresql://USER@/NAME --report FILE

All studies are simulated, `--each` of a kind; each is read in a process of its own as the studies
page does, into an empty SQLite store: files kept, read, results written and kept, with their rows.

    kinds: for each
      studies, files      in all; what is read first pays for the start, and is not in the times
      given_bytes         a study, as it came; of ultrasound one cine of 90 frames, 1024x768, JPEG
      result_bytes        a study, what was made of it: DICOM, report, masks
      database_bytes      a study, of SQLite's file with its journal's content
      rows                a study, by table
      cpu_s, wall_s       a study, of the process and those it starts: median of all but the first
      most_memory_mb      of the process and the largest of those it started
    acts: for each store, by how many programs write at once, each an exam of one small file a time
      exams_per_s, acts_per_s   all together; an exam is three acts: kept, read, put into the outbox
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

WHO = "benchmark"
US_FRAMES, US_SIZE, US_RATE_HZ = 90, (1024, 768), 30.0
WRITERS, ACTS_S = (1, 2, 4), 10.0
READING_BYTES = 20_000
"""Of a reading's JSON in `acts`: about what the kinds' own come to."""
SIMULATED = {
    "mammography": "mammograms --exams {each} --out {folder}",
    "tomosynthesis": "tomosynthesis --cases {each} --out {folder}",
    "breast MRI": "breast-mri {folder} --exams {each}",
}
KINDS = ("ultrasound", *SIMULATED)


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--report", type=Path, required=True)
    parser.add_argument("--each", type=int, default=3, help="studies of a kind, 2 at least")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--only", choices=("kinds", "acts"))
    parser.add_argument(
        "--store", help="the store of `acts`; SQLite in a new folder where left out"
    )
    given = parser.parse_args()
    if given.each < 2:
        parser.error(f"--each {given.each} was given; expected 2 at least.")
    from senoscope.ui.commands.bench_command import about  # noqa: PLC0415 - not in the processes

    report: dict[str, Any] = {"about": about(), "method": " ".join(str(__doc__).split())}
    with TemporaryDirectory() as place:
        if given.only != "acts":
            report["kinds"] = {
                kind: kind_row(kind, given.each, Path(place)) for kind in given.kinds
            }
        if given.only != "kinds":
            stores = [None] if given.store is None else [None, given.store]
            report["acts"] = [acts_row(store, Path(place)) for store in stores]
    given.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def kind_row(kind: str, each: int, place: Path) -> dict[str, Any]:
    """Read `each` studies of a kind, in a process of their own."""
    print(kind, file=sys.stderr)
    folder = place / kind.replace(" ", "-")
    if kind == "ultrasound":
        folder.mkdir()
        studies = [write_cine(folder / f"{number}", number) for number in range(each)]
    else:
        words = [sys.executable, "-m", "senoscope.ui.command_line", "simulate"]
        asked = SIMULATED[kind].format(each=each, folder=folder)
        subprocess.run([*words, *asked.split()], check=True)
        studies = sorted(path for path in folder.iterdir() if any(path.rglob("*.dcm")))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        row: dict[str, Any] = pool.submit(read_all, studies, folder / "store").result()
    print(json.dumps(row), file=sys.stderr)
    return row


def write_cine(folder: Path, number: int) -> Path:
    """One ultrasound study of a simulated breast, its frames as JPEG baseline."""
    import cv2  # noqa: PLC0415 - not where the studies are read
    from pydicom import Dataset, FileMetaDataset, dcmwrite, uid  # noqa: PLC0415
    from pydicom.encaps import encapsulate  # noqa: PLC0415

    from senoscope.realtime.sources.phantom import PhantomSource  # noqa: PLC0415

    source = PhantomSource(rate_hz=None, size=US_SIZE, frames=US_FRAMES)
    source.open()
    grabbed = [source.grab() for _ in range(US_FRAMES)]
    frames = [each.pixels for each in grabbed if each is not None]
    source.close()
    header = Dataset()
    header.file_meta = FileMetaDataset()
    header.file_meta.TransferSyntaxUID = uid.JPEGBaseline8Bit
    header.SOPClassUID = uid.UltrasoundMultiFrameImageStorage
    header.SOPInstanceUID = uid.generate_uid()
    header.StudyInstanceUID, header.SeriesInstanceUID = uid.generate_uid(), uid.generate_uid()
    header.PatientName, header.PatientID = "Simulated", f"simulated-{number}"
    header.Modality, header.SeriesNumber = "US", 1
    header.Rows, header.Columns = frames[0].shape
    header.NumberOfFrames, header.FrameTime = len(frames), str(1000 / US_RATE_HZ)[:16]
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated = header.BitsStored = 8
    header.HighBit, header.PixelRepresentation = 7, 0
    coded = [cv2.imencode(".jpg", each)[1].tobytes() for each in frames]
    header.PixelData = encapsulate([each + b"\0" * (len(each) % 2) for each in coded])
    header["PixelData"].is_undefined_length = True
    folder.mkdir()
    dcmwrite(folder / "cine.dcm", header, enforce_file_format=True)
    return folder


def read_all(studies: list[Path], folder: Path) -> dict[str, Any]:
    """Read them one after the other into a new store. The first of all pays for the start."""
    from senoscope.models.engines.ways import USUAL  # noqa: PLC0415 - in this process alone
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415
    from senoscope.studies.study_intake import StudyIntake  # noqa: PLC0415
    from senoscope.ui.assemble import build_reader, study_modes  # noqa: PLC0415

    url, cpu, walls = f"sqlite:///{folder / 'exams.sqlite'}", [], []
    with ExamStore.open(url, folder) as store:
        intake = StudyIntake(store, study_modes(partial(build_reader, USUAL)))
        for study in studies:
            before, clock = cpu_s(), time.monotonic()
            intake(study, WHO, lambda _: None, Event())
            cpu.append(cpu_s() - before)
            walls.append(time.monotonic() - clock)
            if study == studies[0]:
                first = database_bytes(folder)
        counted, results, readings = contents_of(store)
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return {
        "studies": len(studies),
        "files": sum(1 for each in studies for _ in each.rglob("*.dcm")),
        "given_bytes": bytes_of(studies) / len(studies),
        "result_bytes": results / len(studies),
        "reading_bytes": readings / len(studies),
        "database_bytes": (database_bytes(folder) - first) / (len(studies) - 1),
        "rows": {name: count / len(studies) for name, count in counted.items()},
        "cpu_s": median(cpu[1:]),
        "wall_s": median(walls[1:]),
        "most_memory_mb": sum(resource.getrusage(each).ru_maxrss for each in who) / 1024,
    }


def contents_of(store: Any) -> tuple[dict[str, int], int, int]:
    """Rows by table, bytes of all results' files, and of all readings as they are kept."""
    from sqlalchemy import func, select  # noqa: PLC0415 - in this process alone

    from senoscope.studies.exams.tables import CONTENT, METADATA, READING, RESULT  # noqa: PLC0415

    with store.parts.database.reading() as connection:
        tables = METADATA.sorted_tables
        counted = {
            each.name: connection.execute(select(func.count()).select_from(each)).scalar_one()
            for each in tables
        }
        made = select(CONTENT.c.size).where(CONTENT.c.sha256.in_(select(RESULT.c.content)))
        results = sum(connection.execute(made).scalars())
        lengths = select(func.length(READING.c.reading))
        readings = sum(connection.execute(lengths).scalars())
    return {name: count for name, count in counted.items() if count}, results, readings


def cpu_s() -> float:
    """Of this process and of those it started that have ended."""
    who = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    return sum(each.ru_utime + each.ru_stime for each in map(resource.getrusage, who))


def bytes_of(folders: list[Path]) -> int:
    """Of all DICOM files below."""
    return sum(file.stat().st_size for each in folders for file in each.rglob("*.dcm"))


def database_bytes(folder: Path) -> int:
    """Of SQLite's file, its journal written back into it."""
    import sqlite3  # noqa: PLC0415 - in this process alone

    file = folder / "exams.sqlite"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file.stat().st_size


def acts_row(url: str | None, place: Path) -> dict[str, Any]:
    """Exams a second that so many programs keep, and acts."""
    name = "SQLite" if url is None else "PostgreSQL"
    row: dict[str, Any] = {"store": name}
    for writers in WRITERS:
        folder = place / f"acts-{name}-{writers}"
        where = url or f"sqlite:///{folder / 'exams.sqlite'}"
        context = multiprocessing.get_context("spawn")
        with context.Manager() as shared, ProcessPoolExecutor(writers, context) as pool:
            ready = shared.Barrier(writers)
            asked = [
                pool.submit(keep_on, where, folder, writer, ready) for writer in range(writers)
            ]
            kept = sum(each.result() for each in asked)
        row[str(writers)] = {"exams_per_s": kept / ACTS_S, "acts_per_s": 3 * kept / ACTS_S}
    return row


def keep_on(url: str, folder: Path, writer: int, ready: Any) -> int:
    """Exams that one program keeps in ACTS_S, from when all are `ready`."""
    from senoscope.studies.exams.exam_records import (  # noqa: PLC0415 - in this process alone
        NewFile,
        NewReading,
        NewResult,
        StudyFacts,
    )
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415

    kept, own = 0, f"2.25.{os.getpid()}{time.time_ns()}"
    with TemporaryDirectory() as room, ExamStore.open(url, folder) as store:
        file = Path(room) / "image"
        ready.wait()
        end = time.monotonic() + ACTS_S
        while time.monotonic() < end:
            uid = f"{own}.{kept}"
            file.write_bytes(os.urandom(20_000))
            image = NewFile(f"{uid}.1", "US", 1, f"{uid}.1.1", "1.2.840.10008.5.1.4.1.1.6.1", file)
            exam = store.keep_study(StudyFacts(uid, f"P{writer}", "Simulated"), [image], WHO).exam
            said = {"findings": [], "note": "x" * READING_BYTES}
            reading = NewReading("clip", said, ("m",), "engine", {"v": "1"}, {"read": 90})
            report = NewResult(
                "report", os.urandom(20_000), f"{uid}.2", "1.2.840.10008.5.1.4.1.1.88.33"
            )
            store.add_reading(exam, reading, WHO, [report])
            store.outbox.put([store.results_of(exam)[0].content], "archive", WHO)
            kept += 1
    return kept


if __name__ == "__main__":
    main()
