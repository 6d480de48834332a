"""`senoscope simulate`: studies of breasts that were never there, with what is true of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import typer

from senoscope.domain.mammogram import Intent

simulate = typer.Typer(help="Simulated studies with known truth.", no_args_is_help=True)


@simulate.callback()
def _() -> None:
    """Keeps `mammograms` a word of its own while it is the only one."""


@simulate.command()
def mammograms(
    out: Annotated[Path, typer.Option(help="The folder to write a folder for each exam into.")],
    exams: Annotated[int, typer.Option(min=1, help="How many women.")] = 10,
    first: Annotated[int, typer.Option(min=0, help="The first one's seed.")] = 0,
    *,
    processing: Annotated[
        bool, typer.Option("--processing", help="Write also what is for processing.")
    ] = False,
) -> None:
    """Both breasts in both views, as DICOM, with masks and growths. Goes on where it stopped."""
    # pydicom takes a quarter of a second, which `senoscope --help` need not wait for.
    from senoscope.calibration.phantoms.breast.screening import (  # noqa: PLC0415
        screening_growths,
    )
    from senoscope.studies.wrapping.simulated_exam import (  # noqa: PLC0415
        ExamToSimulate,
        write_simulated_exam,
    )

    cv2.setNumThreads(1)
    intents = tuple(Intent) if processing else (Intent.PRESENTATION,)
    for seed in range(first, first + exams):
        exam = ExamToSimulate(seed, *screening_growths(seed))
        if (out / exam.folder).is_dir():
            typer.echo(f"{exam.folder} is there already")
            continue
        write_simulated_exam(out, exam, intents)
        typer.echo(f"{exam.folder}: {', '.join(exam.growths) or 'no growth'}")
