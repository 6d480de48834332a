"""A data set of simulated tomosynthesis with mammograms of the same breasts, on the disk as DICOM.

A folder for each case, and one table of what is true of all of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless

from senoscope.calibration.phantoms.breast.anatomy import BreastAnatomy
from senoscope.calibration.phantoms.breast.compressed import CompressedBreast
from senoscope.calibration.phantoms.breast.footprint import PLANE_MM
from senoscope.calibration.phantoms.breast.mammogram import PIXEL_MM, SimulatedMammogram
from senoscope.calibration.phantoms.breast.projections import check_dose
from senoscope.calibration.phantoms.breast.tomosynthesis import SimulatedTomosynthesis
from senoscope.calibration.phantoms.breast.tomosynthesis_cases import TomosynthesisCase
from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.mammogram import Intent
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.wrapping.mammogram_object import WrappedExam, mammogram_object
from senoscope.studies.wrapping.simulated_exam import (
    DATE,
    VIEWS,
    as_stored,
    picture_of,
    stored_point,
)
from senoscope.studies.wrapping.tomosynthesis_object import SlicesToWrap, write_tomosynthesis
from senoscope.studies.wrapping.whole_folder import whole_folder

COLUMNS = (
    *("case", "class", "seed", "laterality", "view", "density", "dose", "tomosynthesis"),
    *("kind", "malignant", "x", "y", "frame", "height_mm", "radius_px"),
    *("mammogram", "mammogram_x", "mammogram_y", "simulated"),
)
"""Of both tables. A view in which nothing grew has one row without a kind. Places are pixels as
stored. Frames count from 1, `height_mm` from the first, which lies next to the paddle: along the
normal that the object gives its slices, as whoever reads it counts.
"""
CASE_TABLE, TRUTH = "truth.csv", "truth.csv"
"""Within each case's folder, and beside these folders for all."""
WINDOW = (2000.0, 3600.0)
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class CaseToSimulate:
    """`views` are of "CC" and "MLO". `is_compressed`: JPEG 2000, without loss."""

    case: TomosynthesisCase
    views: tuple[str, ...] = ("CC", "MLO")
    dose: str = "standard"
    is_compressed: bool = False

    def __post_init__(self) -> None:
        known = [each for each in VIEWS if each in self.views]
        if not known or sorted(known) != sorted(self.views):
            raise SettingsError(
                f"The views {','.join(self.views)[:32]!r} were given; expected CC, MLO or both as "
                "CC,MLO."
            )
        check_dose(self.dose)

    @property
    def folder(self) -> str:
        """Its name: "case00042"."""
        return f"case{self.case.seed:05d}"


def write_simulated_case(folder: Path, asked: CaseToSimulate) -> Path:
    """The case's folder within `folder`: whole, or not there. StorageError where it cannot be.

    For each view `CC-tomosynthesis.dcm` and `CC-mammogram.dcm`, hung as they are stored, the chest
    wall of a left breast at the left edge, and `truth.csv` with COLUMNS.
    """
    with whole_folder(folder, asked.folder, "The simulated case") as partial:
        rows = [row for view in asked.views for row in _write_view(partial, asked, view)]
        _write_table(partial / CASE_TABLE, rows)
    return folder / asked.folder


def is_written(folder: Path, asked: CaseToSimulate) -> bool:
    """Whether that case is there. SettingsError where it is another than what is asked for."""
    table = folder / asked.folder / CASE_TABLE
    if not table.parent.is_dir():
        return False
    rows = _read_table(table)
    views = tuple(dict.fromkeys(row["view"] for row in rows))
    doses = {row["dose"] for row in rows}
    if views != asked.views or doses != {asked.dose}:
        raise SettingsError(
            f"{asked.folder} is there with {', '.join(views)} at dose {', '.join(doses)}; expected "
            f"{', '.join(asked.views)} at dose {asked.dose}. Choose another folder."
        )
    return True


def write_truth(folder: Path) -> Path:
    """One table of all cases that are there, in the order of their names, whole or as it was."""
    tables = sorted(folder.glob(f"case*/{CASE_TABLE}"))
    truth, partial = folder / TRUTH, folder / f".{TRUTH}.partial"
    try:
        _write_table(partial, [row for table in tables for row in _read_table(table)])
        partial.replace(truth)
    except OSError as error:
        raise StorageError(
            f"{truth} cannot be written ({error.strerror}). Free space, or allow writing there, "
            "and start again: cases that are there are not made again."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return truth


def _write_view(folder: Path, asked: CaseToSimulate, view: str) -> Iterator[Row]:
    anatomy = asked.case.anatomy()
    breast = CompressedBreast.of(anatomy, view)
    flat = SimulatedMammogram.of_compressed(anatomy, breast)
    deep = SimulatedTomosynthesis.of_compressed(anatomy, breast, dose=asked.dose)
    exam, number = _wrapped(asked), asked.views.index(view) + 1
    syntax = JPEG2000Lossless if asked.is_compressed else ExplicitVRLittleEndian
    frames = (as_stored(each, deep.laterality) for each in deep.slices[::-1])
    write_tomosynthesis(
        folder / f"{view}-tomosynthesis.dcm", exam, _to_wrap(deep), frames, number, syntax
    )
    made = mammogram_object(exam, picture_of(flat, Intent.PRESENTATION), number)
    made.save_as(folder / f"{view}-mammogram.dcm", enforce_file_format=True)
    yield from _rows(asked, anatomy, flat, deep)


def _wrapped(asked: CaseToSimulate) -> WrappedExam:
    case = asked.case
    return WrappedExam(
        key=f"simulated tomosynthesis 1/{case.seed}/{case.kinds}/{asked.dose}",
        patient_id=f"SIMT{case.seed:05d}",
        name=f"Simulated^{asked.folder}",
        description="Simulated tomosynthesis",
        date=DATE,
        is_simulated=True,
    )


def _to_wrap(deep: SimulatedTomosynthesis) -> SlicesToWrap:
    _, rows, columns = deep.slices.shape
    return SlicesToWrap(
        shape=(rows, columns),
        bits=12,
        heights_mm=deep.heights_mm,
        slice_mm=PLANE_MM,
        laterality=deep.laterality,
        view=deep.view,
        spacing=PixelSpacing(PIXEL_MM, PIXEL_MM),
        windows=(WINDOW,),
        thickness_mm=deep.thickness_mm,
        derivation=f"25 exposures over 50 degrees, dose {deep.dose}; filtered back-projection.",
    )


def _rows(
    asked: CaseToSimulate,
    anatomy: BreastAnatomy,
    flat: SimulatedMammogram,
    deep: SimulatedTomosynthesis,
) -> Iterator[Row]:
    of = {
        "case": asked.folder,
        "class": asked.case.diagnosis.value,
        "seed": str(asked.case.seed),
        "laterality": deep.laterality.value,
        "view": deep.view,
        "density": anatomy.density,
        "dose": deep.dose,
        "tomosynthesis": f"{asked.folder}/{deep.view}-tomosynthesis.dcm",
        "mammogram": f"{asked.folder}/{deep.view}-mammogram.dcm",
        "simulated": "simulated",
    }
    if not deep.marks:
        yield of
    for mark, on_flat in zip(deep.marks, flat.marks, strict=True):
        x, y = stored_point(mark.centre, deep.breast.shape[1], deep.laterality)
        flat_x, flat_y = stored_point(on_flat.centre, flat.breast.shape[1], deep.laterality)
        yield of | {
            "kind": mark.kind,
            "malignant": str(int(mark.is_malignant)),
            "x": f"{x:.1f}",
            "y": f"{y:.1f}",
            "frame": str(len(deep.slices) - mark.slice_index),
            "height_mm": f"{deep.heights_mm[-1] - mark.height_mm:.2f}",
            "radius_px": f"{mark.radius_px:.1f}",
            "mammogram_x": f"{flat_x:.1f}",
            "mammogram_y": f"{flat_y:.1f}",
        }


def _write_table(path: Path, rows: list[Row]) -> None:
    with path.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)


def _read_table(path: Path) -> list[Row]:
    """Of a case that is complete; SettingsError where it has no table that is one."""
    try:
        with path.open(newline="", encoding="utf-8") as table:
            reader = csv.DictReader(table)
            rows = list(reader)
            named = tuple(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({error}). Remove {path.parent}.") from error
    if named != COLUMNS or not rows:
        raise SettingsError(
            f"{path} is no table of a simulated case; expected the columns {', '.join(COLUMNS)} "
            f"and a row for each view. Remove {path.parent}, or choose another folder."
        )
    return rows
