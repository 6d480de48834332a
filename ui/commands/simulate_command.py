"""`senoscope simulate`: studies of breasts that were never there, with what is true of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import cv2
import typer

from senoscope.domain.mammogram import Intent

simulate = typer.Typer(help="Simulated studies with known truth.", no_args_is_help=True)


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


@simulate.command()
def tomosynthesis(
    out: Annotated[Path, typer.Option(help="The folder to write a folder for each case into.")],
    cases: Annotated[int, typer.Option(min=1, help="How many women, one breast of each.")] = 12,
    first_seed: Annotated[int, typer.Option(min=0, help="The first one's seed.")] = 0,
    dose: Annotated[str, typer.Option(help="Of the whole sweep: low, standard or high.")] = (
        "standard"
    ),
    views: Annotated[str, typer.Option(help="CC, MLO, or both as CC,MLO.")] = "CC,MLO",
    *,
    compressed: Annotated[
        bool,
        typer.Option("--compressed", help="A third of the size, as JPEG 2000 without loss; slow."),
    ] = False,
) -> None:
    """Slices with mammograms of the same breasts, as DICOM, and truth.csv. Goes on where stopped.

    A third each is malignant (a spiculated mass, some with calcifications), benign (an oval mass)
    and normal.
    """
    # pydicom takes a quarter of a second, which `senoscope --help` need not wait for.
    from senoscope.calibration.phantoms.breast.tomosynthesis_cases import (  # noqa: PLC0415
        tomosynthesis_growths,
    )
    from senoscope.studies.wrapping.simulated_tomosynthesis import (  # noqa: PLC0415
        CaseToSimulate,
        is_written,
        write_simulated_case,
        write_truth,
    )

    cv2.setNumThreads(1)
    asked_views = tuple(views.split(","))
    for number, seed in enumerate(range(first_seed, first_seed + cases), 1):
        asked = CaseToSimulate(tomosynthesis_growths(seed), asked_views, dose, compressed)
        if is_written(out, asked):
            typer.echo(f"{asked.folder} is there already")
            continue
        write_simulated_case(out, asked)
        write_truth(out)
        grew = ", ".join(asked.case.kinds) or "no growth"
        typer.echo(f"{asked.folder} ({number} of {cases}): {asked.case.diagnosis}, {grew}")
    typer.echo(f"What is true of them is in {write_truth(out)}")
