"""A simulated patient with ultrasound, mammograms then and now, tomosynthesis and MRI in a store.

All of the left breast's lesion lies at 2 o'clock, 4 cm from the nipple of the breast laid flat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import pi
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import numpy as np
from pydicom import Dataset

from senoscope.domain.breast_mri import AXIAL, DynamicSeries, VolumeGeometry
from senoscope.domain.mammogram import Laterality
from senoscope.domain.reading import ReaderDescription, Suspicion
from senoscope.domain.spacing import CalibratedSpacing, PixelSpacing, SpacingOrigin
from senoscope.models.programmed.breast_mri.analysis import MriAnalysis, MriSettings, Tissue
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.files.study_files import StudyFiles
from senoscope.studies.images.series import Study, read_studies
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.live_exam import keep_live_exam
from senoscope.studies.live_exam_facts import OperatorSaid
from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.quality.study_quality import quality_of
from senoscope.studies.results.identity import MODEL_NAME, new_uid
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_intake import frame_ledger, keep_files, new_reading, new_results
from senoscope.studies.study_reading import (
    MAMMOGRAPHY,
    FindingKind,
    ImageReading,
    Outlined,
    ReadingFact,
    StudyFinding,
    StudyReading,
)
from senoscope.studies.wrapping.simulated_mri import written_mri
from tests.studies import live_exams, mammograms, tomosynthesis
from tests.studies.dicom_files import write
from tests.studies.mri.analyses import small_analysis

PATIENT = "SIMR00001"
WHO = "reader"
MM = 0.3
"""Of a pixel of the drawn mammograms, whose breast is 72 mm deep."""
NIPPLE = (240.0, 250.0)
LATERAL, UP, BEHIND = 29.8, 17.2, 30.0
"""Of the lesion from the nipple, as seen from in front and from the side."""
OBLIQUE = (LATERAL + UP) / 2**0.5
SPACING = CalibratedSpacing(PixelSpacing(MM, MM), SpacingOrigin.DICOM_SPACING)
READER = ReaderDescription("drawn by hand", ("no network",))
ACROSS = {"CC": LATERAL, "MLO": OBLIQUE}


@dataclass(frozen=True)
class Marked:
    """On these views of a breast a mark `across_mm` from the nipple and as wide as `wide_mm`."""

    side: str
    across_mm: dict[str, float]
    wide_mm: float
    kind: FindingKind = FindingKind.MASS
    behind_mm: float = BEHIND


MASS = Marked("L", ACROSS, 14.0)


def circle(mark: Marked, view: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """As it is stored."""
    x, y = NIPPLE[0] - mark.behind_mm / MM, NIPPLE[1] - mark.across_mm[view] / MM
    if mark.side == "R":
        x = mammograms.COLUMNS - 1 - x
    turn = np.linspace(0, 2 * pi, 40, endpoint=False)
    radius = mark.wide_mm / 2 / MM
    return np.stack([x + radius * np.cos(turn), y + radius * np.sin(turn)], 1).astype(np.float32)


def picture(side: str, view: str, marks: Sequence[Marked]) -> np.ndarray[Any, np.dtype[np.uint16]]:
    drawn = mammograms.breast(label=False)
    drawn = drawn if side == "L" else np.ascontiguousarray(drawn[:, ::-1])
    rows, columns = np.mgrid[: mammograms.ROWS, : mammograms.COLUMNS]
    for mark in marks:
        if mark.side == side and view in mark.across_mm:
            middle = circle(mark, view).mean(axis=0)
            near = np.hypot(columns - middle[0], rows - middle[1]) * MM < mark.wide_mm / 2
            drawn[near] = 3800
    return drawn


def facts(side: str, view: str) -> tuple[ReadingFact, ...]:
    """As a reading keeps them."""
    x = NIPPLE[0] if side == "L" else mammograms.COLUMNS - 1 - NIPPLE[0]
    down = "F" if view == "MLO" else {"L": "R", "R": "L"}[side]
    return (
        ReadingFact("laterality", word=side),
        ReadingFact("view", word=view),
        ReadingFact("nipple_x", x, "px"),
        ReadingFact("nipple_y", NIPPLE[1], "px"),
        ReadingFact("nipple_depth", NIPPLE[0] * MM, "mm"),
        ReadingFact("chest_wall", word="left" if side == "L" else "right"),
        ReadingFact("down", word=down),
    )


def reading(
    study: Study, images: dict[tuple[str, str], StoredImage], marks: Sequence[Marked], frame: int
) -> StudyReading:
    """Of these views, on that frame."""
    read = [
        ImageReading(
            each.place, each.series_uid, each.instance_uid, each.sop_class, each.frames,
            each.frames, spacing=SPACING, facts=facts(*view),
        )
        for view, each in images.items()
    ]  # fmt: skip
    findings = []
    for number, mark in enumerate(marks, start=1):
        outlines = tuple(
            Outlined(images[mark.side, view].frame_place(frame), circle(mark, view))
            for view in mark.across_mm
        )
        findings.append(
            StudyFinding(
                number, str(new_uid()), outlines[0], outlines, 0.8 - 0.1 * number, 0.2, 0.8,
                Suspicion.UNCERTAIN, None, kind=mark.kind,
            )
        )  # fmt: skip
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return StudyReading(study.uid, MAMMOGRAPHY, READER, tuple(read), tuple(findings), now)


def keep_views(
    store: ExamStore, folder: Path, uid: str, day: str, marks: Sequence[Marked], deep: bool = False
) -> int:
    """Mammograms of both breasts, or slices of the left one."""
    sides = "L" if deep else "LR"
    views = [(side, view) for side in sides for view in ("CC", "MLO")]
    folder.mkdir()
    for place, (side, view) in enumerate(views, 1):
        shown, change = picture(side, view, marks), _change(uid, day, place)
        if deep:
            slices = [shown] * tomosynthesis.COUNT
            tomosynthesis.write_view(folder, side, view, slices, change=change, number=place)
        else:
            header = mammograms.mammogram(side, view, shown, place)
            change(header)
            write(folder / f"{place}.dcm", header)
    with StudyFiles(folder) as files:
        [study], _ = read_studies(files)
    by_uid = {each.instance_uid: each for each in study.images}
    images = {view: by_uid[f"{uid}.9.{place}"] for place, view in enumerate(views, 1)}
    made = reading(study, images, marks, 3 if deep else 1)
    number = keep_files(store, study, WHO)
    new = new_reading(made, quality_of(study), frame_ledger(made))
    store.add_reading(number, new, WHO)
    return number


def _change(uid: str, day: str, place: int) -> Callable[[Dataset], None]:
    def change(header: Dataset) -> None:
        header.PatientID, header.PatientName = PATIENT, "Simulated^Rosa"
        header.StudyInstanceUID, header.SeriesInstanceUID = uid, f"{uid}.9"
        header.SOPInstanceUID, header.StudyDate = f"{uid}.9.{place}", day
        if "file_meta" in vars(header) and "MediaStorageSOPInstanceUID" in header.file_meta:
            header.file_meta.MediaStorageSOPInstanceUID = f"{uid}.9.{place}"
        header.QualityControlImage, header.ManufacturerModelName = "YES", MODEL_NAME

    return change


SHAPE, STEPS = (40, 60, 110), (3.0, 2.0, 2.0)
NIPPLES = {"L": (20.0, 8.0, 80.0), "R": (20.0, 8.0, 30.0)}


def mri_series() -> DynamicSeries:
    """Two breasts that hang, with two regions that take up contrast."""
    slices, rows, columns = np.indices(SHAPE)
    base = np.full(SHAPE, 20, np.uint16)
    for middle in (80, 30):
        off = ((slices - 20) * 3 / 58) ** 2 + ((columns - middle) * 2 / 48) ** 2
        base[(off + ((52 - rows) * 2 / 90) ** 2 < 1) & (rows < 52)] = 180
    base[rows >= 50] = 150
    draw = np.random.default_rng(3)
    base += draw.integers(0, 9, SHAPE, dtype=np.uint16)
    phases = [base]
    regions = ((_lesion_voxel("L"), 9.0), (_lesion_voxel("R"), 5.0))
    for factor in (2.4, 2.2, 2.0):
        # No two phases have the same noise: they would be taken for copies.
        phase = base + draw.integers(0, 9, SHAPE, dtype=np.uint16)
        for at, radius in regions:
            voxels = np.stack([slices, rows, columns], axis=-1)
            off = np.linalg.norm((voxels - np.array(at)) * np.array(STEPS), axis=-1)
            phase[off < radius] = int(180 * factor)
        phases.append(phase)
    return DynamicSeries(tuple(phases), VolumeGeometry(STEPS, AXIAL), (0.0, 90.0, 180.0, 270.0))


def _lesion_voxel(side: str) -> tuple[float, float, float]:
    z, y, x = NIPPLES[side]
    if side == "L":
        return z + UP / 3, y + BEHIND / 2, x + LATERAL / 2
    return z - 6, y + 12, x + 9


def mri_analysis() -> MriAnalysis:
    """What a program might make of it."""
    series, given = mri_series(), small_analysis()
    gained = series.phases[1].astype(int) - series.phases[0].astype(int) > 50
    lesions = []
    for number, (side, mm) in enumerate((("L", 18.0), ("R", 10.0)), 1):
        z, y, x = (round(each) for each in _lesion_voxel(side))
        box = np.s_[z - 4 : z + 5, y - 6 : y + 7, x - 6 : x + 7]
        lesion = replace(
            given.lesions[0], number=number, corner=(z - 4, y - 6, x - 6), mask=gained[box],
            laterality=Laterality(side), longest_mm=mm, nipple_mm=45.0, score=0.9 - 0.3 * number,
        )  # fmt: skip
        lesions.append(lesion)
    tissue = np.where(series.phases[0] > 178, Tissue.BREAST, 0).astype(np.uint8)
    return replace(
        given, tissue=tissue, lesions=tuple(lesions), motion=None, bias=None, nipples=NIPPLES,
        dense_percent={"both": 20.0, "L": 18.0, "R": 22.0}, troubles=(),
    )  # fmt: skip


def keep_mri(store: ExamStore, folder: Path) -> int:
    """With the volumes beside the reading, from which places are told."""

    def analyse(
        _series: DynamicSeries,
        settings: MriSettings,
        _say: Callable[[float, str], None],
        _cancelled: Event | None,
    ) -> MriAnalysis:
        return replace(mri_analysis(), settings=settings)

    written_mri(mri_series(), folder, "series per phase", 1)
    with StudyFiles(folder) as files:
        [study], _ = read_studies(files)
    made = BreastMri(analyser=analyse).read(study)
    assert made is not None
    number = keep_files(store, study, WHO)
    with TemporaryDirectory() as room:
        results = new_results(write_results(study, made, Path(room) / "results"))
        new = new_reading(made, quality_of(study), frame_ledger(made))
        store.add_reading(number, new, WHO, results)
    return number


def keep_ultrasound(store: ExamStore, *said: OperatorSaid) -> int:
    """A live exam with a lesion for each thing that was said."""
    lesions = [live_exams.lesion(number, each) for number, each in enumerate(said, 1)]
    return keep_live_exam(store, live_exams.exam(*lesions, patient=PATIENT), WHO)


def keep_patient(store: ExamStore, folder: Path) -> dict[str, int]:
    """All of her exams, by what they are; their numbers."""
    calcifications = Marked("R", {"CC": -20.0}, 8.0, FindingKind.CALCIFICATIONS, 20.0)
    smaller, deep = replace(MASS, wide_mm=8.0), replace(MASS, wide_mm=16.0)
    old_one = Marked("L", {"CC": -25.0, "MLO": -25.0}, 9.0)
    return {
        "before": keep_views(store, folder / "a", "1.2.3.51", "20241205", [smaller, old_one]),
        "mammography": keep_views(
            store, folder / "b", "1.2.3.52", "20251205", [MASS, calcifications]
        ),
        "tomosynthesis": keep_views(store, folder / "c", "1.2.3.53", "20251206", [deep], True),
        "mri": keep_mri(store, folder / "d"),
        "ultrasound": keep_ultrasound(
            store, OperatorSaid("L", 2, 4.0, "", "accepted"), OperatorSaid("R", 10, 3.0)
        ),
    }
