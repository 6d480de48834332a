"""`senoscope simulate breast-mri`: dynamic breast MRI that was never taken, with its truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import cv2
import typer

from senoscope.domain.errors import SettingsError

if TYPE_CHECKING:
    from senoscope.calibration.phantoms.breast_mri.exam import SimulatedBreastMri

LAYOUTS = {
    "series-per-phase": "series per phase",
    "one-series": "one series",
    "enhanced": "enhanced",
}
SIDES = ("both", "L", "R")


def simulate_breast_mri(
    folder: Annotated[Path, typer.Argument(help="The folder to write; empty, or not there yet.")],
    exams: Annotated[int, typer.Option(min=1, help="How many women.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="The first one's seed.")] = 0,
    layout: Annotated[str, typer.Option(help=f"DICOM as {', '.join(LAYOUTS)}.")] = (
        "series-per-phase"
    ),
    phases: Annotated[int, typer.Option(help="How many, the one before contrast included.")] = 6,
    motion_mm: Annotated[
        float, typer.Option(help="How far she moves between phases at most, in mm.")
    ] = 0.0,
    orientation: Annotated[str, typer.Option(help="Of the slices: axial or sagittal.")] = "axial",
    side: Annotated[str, typer.Option(help="In the field: both breasts, L or R.")] = "both",
    voxel_mm: Annotated[float, typer.Option(help="Of its edges.")] = 1.8,
    *,
    fat_suppression: Annotated[
        bool, typer.Option("--fat-suppression/--no-fat-suppression", help="Dark fat, or bright.")
    ] = True,
    t2: Annotated[bool, typer.Option("--t2", help="Write a T2-weighted series, too.")] = False,
) -> None:
    """Whole exams as DICOM, each with truth.json and masks: all of them, or nothing.

    About two fifths of the women have a malignant lesion, two fifths a benign one and a fifth none.
    """
    # pydicom takes a quarter of a second, which `senoscope --help` need not wait for.
    from senoscope.calibration.phantoms.breast_mri.exam import (  # noqa: PLC0415
        SimulatedBreastMri,
    )
    from senoscope.domain.mammogram import Laterality  # noqa: PLC0415
    from senoscope.studies.wrapping.whole_folder import whole_folder  # noqa: PLC0415

    _check(folder, layout, side)
    cv2.setNumThreads(1)
    how: dict[str, Any] = {
        "phases": phases,
        "motion_mm": motion_mm,
        "orientation": orientation,
        "side": None if side == SIDES[0] else Laterality(side),
        "spacing_mm": (voxel_mm,) * 3,
        "fat_suppressed": fat_suppression,
    }
    with whole_folder(folder.parent, folder.name, "The simulated breast MRI") as partial:
        for number, each in enumerate(range(seed, seed + exams), 1):
            exam = SimulatedBreastMri.drawn(each, **how)
            name = f"exam{each:05d}"
            _write(partial / name, exam, layout, side, t2=t2)
            kinds = ", ".join(lesion.kind for lesion in exam.lesions) or "no lesion"
            typer.echo(f"{name} ({number} of {exams}), simulated: {kinds}")
    typer.echo(f"{exams} simulated exams are in {folder}, each with dicom and truth.json")


def _check(folder: Path, layout: str, side: str) -> None:
    if layout not in LAYOUTS:
        raise SettingsError(
            f"The layout {layout[:32]!r} was given; expected one of {', '.join(LAYOUTS)}."
        )
    if side not in SIDES:
        raise SettingsError(f"The side {side[:32]!r} was given; expected both, L or R.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(
            f"{folder} is there and not empty; expected a folder to make. Choose another, or "
            "remove it."
        )


def _write(folder: Path, exam: SimulatedBreastMri, layout: str, side: str, *, t2: bool) -> None:
    from senoscope.calibration.phantoms.breast_mri.truth_files import write_truth  # noqa: PLC0415
    from senoscope.studies.wrapping.simulated_mri import written_mri  # noqa: PLC0415

    laterality = "B" if side == SIDES[0] else side
    written_mri(
        exam.series,
        folder / "dicom",
        LAYOUTS[layout],
        exam.seed,
        laterality,
        t2=exam.t2 if t2 else None,
    )
    write_truth(folder, exam)
