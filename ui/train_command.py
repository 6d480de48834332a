"""`senoscope train`: fit the networks and write their packages. Needs the [train] extra."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

import cv2
import typer

from senoscope.calibration.phantoms.folder import write_phantom
from senoscope.domain.errors import InstallationError
from senoscope.models.programmed.cade import SHIPPED as CADE
from senoscope.models.programmed.cadx import SHIPPED as CADX
from senoscope.models.training.cade import INNER_SHARE, train_cade
from senoscope.models.training.cadx import train_cadx
from senoscope.models.training.samples import DataFolders, load_samples
from senoscope.ui.assemble import CLASSIFIER, SEGMENTER, build_segmenter

train = typer.Typer(help="Train the networks. Resumes where it stopped.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="Folder that holds bus-bra/ and busi/.")]
Run = Annotated[Path, typer.Option(help="Folder for checkpoints and the log.")]
Config = Annotated[Path | None, typer.Option(help="Configuration; the shipped one if left out.")]
Segmenter = Annotated[Path, typer.Option(help="Outlines the lesions.")]
Package = Annotated[Path, typer.Option(help="The package to write.")]


@train.command()
def unet(
    data: Data,
    run: Run = Path("runs/unet"),
    config: Config = None,
    package: Package = SEGMENTER,
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
    segmenter: Segmenter = SEGMENTER,
    package: Package = CLASSIFIER,
) -> None:
    """Fit GoogLeNet; calibrated on lesions that the U-Net outlined."""
    _classifier("googlenet", data, run, config, segmenter, package)


@train.command()
def alexnet(
    data: Data,
    run: Run = Path("runs/alexnet"),
    config: Config = None,
    segmenter: Segmenter = SEGMENTER,
    package: Package = Path("runs/packages/alexnet"),
) -> None:
    """Fit AlexNet, to be compared with GoogLeNet."""
    _classifier("alexnet", data, run, config, segmenter, package)


@train.command()
def vgg19(
    data: Data,
    run: Run = Path("runs/vgg19"),
    config: Config = None,
    segmenter: Segmenter = SEGMENTER,
    package: Package = Path("runs/packages/vgg19"),
) -> None:
    """Fit VGG-19, to be compared with GoogLeNet."""
    _classifier("vgg19", data, run, config, segmenter, package)


@train.command()
def resnet18(
    data: Data,
    run: Run = Path("runs/resnet18"),
    config: Config = None,
    segmenter: Segmenter = SEGMENTER,
    package: Package = Path("runs/packages/resnet18"),
) -> None:
    """Fit ResNet-18, to be compared with GoogLeNet."""
    _classifier("resnet18", data, run, config, segmenter, package)


@train.command()
def cadx(
    data: Data,
    segmenter: Segmenter = SEGMENTER,
    model: Annotated[Path, typer.Option(help="The file to write.")] = CADX,
) -> None:
    """Fit programmed CADx on lesions that the U-Net outlined. Needs no [train] extra."""
    folders = DataFolders(data / "bus-bra", data / "busi", (), folds=("1", "2"), parts=("train",))
    cv2.setNumThreads(1)
    samples = load_samples(folders, INNER_SHARE, typer.echo)
    train_cadx(build_segmenter(segmenter), samples, model, typer.echo)
    typer.echo(f"CADx written to {model}")


@train.command()
def cade(
    data: Data, model: Annotated[Path, typer.Option(help="The file to write.")] = CADE
) -> None:
    """Fit programmed CADe. Needs no [train] extra."""
    folders = DataFolders(data / "bus-bra", data / "busi", (), folds=("1", "2"), parts=("train",))
    cv2.setNumThreads(1)
    train_cade(folders, model, typer.echo)
    typer.echo(f"CADe written to {model}")


def _classifier(
    network: str, data: Path, run: Path, config: Path | None, segmenter: Path, package: Path
) -> None:
    trainers = _trainers()
    recipe = trainers.read_config(config or trainers.shipped_config(network))
    made = trainers.train_classifier(recipe, data, segmenter, run, package, typer.echo)
    typer.echo(f"{made.title} written to {package}")


def _trainers() -> ModuleType:
    # Running needs no torch; only these commands do.
    try:
        from senoscope.models.training import trainers  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(
            f"Training needs more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    return trainers
