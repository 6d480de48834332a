"""`senoscope train`: fit the networks and write their packages. Needs the [train] extra."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from senoscope.calibration.phantoms.folder import write_phantom
from senoscope.domain.errors import InstallationError
from senoscope.ui.assemble import CLASSIFIER, SEGMENTER

train = typer.Typer(help="Train the networks. Resumes where it stopped.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="Folder that holds bus-bra/ and busi/.")]
Run = Annotated[Path, typer.Option(help="Folder for checkpoints and the log.")]
Config = Annotated[Path | None, typer.Option(help="Configuration; the shipped one if left out.")]


@train.command()
def unet(
    data: Data,
    run: Run = Path("runs/unet"),
    config: Config = None,
    package: Annotated[Path, typer.Option(help="The package to write.")] = SEGMENTER,
) -> None:
    """Fit the real-time U-Net."""
    trainers = _trainers()
    recipe = trainers.read_config(config or trainers.shipped_config("unet"))
    phantoms = run / "phantoms"
    first, end = recipe.values["phantom_seeds"]
    for seed in range(first, end):
        folder = phantoms / f"seed{seed}"
        if not folder.exists():
            typer.echo(f"simulating seed {seed}")
            write_phantom(folder, seed, recipe.values["phantom_frames"])
    made = trainers.train_unet(recipe, data, phantoms, run, package, typer.echo)
    typer.echo(f"{made.title} written to {package}")


@train.command()
def googlenet(
    data: Data,
    run: Run = Path("runs/googlenet"),
    config: Config = None,
    segmenter: Annotated[Path, typer.Option(help="Outlines the lesions.")] = SEGMENTER,
    package: Annotated[Path, typer.Option(help="The package to write.")] = CLASSIFIER,
) -> None:
    """Fit GoogLeNet; calibrated on lesions that the U-Net outlined."""
    trainers = _trainers()
    recipe = trainers.read_config(config or trainers.shipped_config("googlenet"))
    made = trainers.train_googlenet(recipe, data, segmenter, run, package, typer.echo)
    typer.echo(f"{made.title} written to {package}")


def _trainers() -> ModuleType:
    # Running needs no torch; only these two commands do.
    try:
        from senoscope.models.training import trainers  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(
            f"Training needs more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    return trainers
