"""`senoscope train`: fit the networks and write their packages. Needs the [train] extra."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Annotated

import cv2
import typer

from senoscope.calibration.phantoms.folder import write_phantom
from senoscope.domain.errors import DataSetError, InstallationError
from senoscope.models.package import CLASSIFIER, SEGMENTER, load_package
from senoscope.models.programmed.cade import SHIPPED as CADE
from senoscope.models.programmed.cadx import SHIPPED as CADX
from senoscope.models.training.cade import train_cade
from senoscope.models.training.cadx import train_cadx
from senoscope.models.training.samples import INNER_SHARE, DataFolders, load_samples
from senoscope.ui.assemble import build_segmenter

train = typer.Typer(help="Train the networks. Resumes where it stopped.", no_args_is_help=True)

Data = Annotated[
    Path, typer.Option(exists=True, file_okay=False, help="Folder that holds bus-bra/ and busi/.")
]
Run = Annotated[Path, typer.Option(help="Folder for checkpoints and the log.")]
Config = Annotated[Path | None, typer.Option(help="Configuration; the shipped one if left out.")]
Segmenter = Annotated[Path, typer.Option(help="Package of the U-Net that outlines the lesions.")]
Package = Annotated[Path, typer.Option(help="The package to write.")]


def _unet_command(name: str, default: Path, about: str) -> None:
    def command(
        data: Data,
        run: Run = Path("runs") / name,
        config: Config = None,
        package: Package = default,
    ) -> None:
        trainers = _trainers()
        recipe = trainers.read_config(config or trainers.shipped_config(name))
        _look_for_sets(data)
        phantoms = run / "phantoms"
        first, end = recipe.values["phantom_seeds"]
        for seed in range(first, end):
            folder = phantoms / f"seed{seed}"
            if not folder.exists():
                typer.echo(f"simulating seed {seed}")
                write_phantom(folder, seed, recipe.values["phantom_frames"])
        made = trainers.train_unet(recipe, data, phantoms, run, package, typer.echo)
        typer.echo(f"{made.title} written to {package}")

    train.command(name, help=about)(command)


def _classifier_command(name: str, default: Path, about: str) -> None:
    def command(
        data: Data,
        run: Run = Path("runs") / name,
        config: Config = None,
        segmenter: Segmenter = SEGMENTER,
        package: Package = default,
    ) -> None:
        trainers = _trainers()
        recipe = trainers.read_config(config or trainers.shipped_config(name))
        made = trainers.train_classifier(recipe, data, segmenter, run, package, typer.echo)
        typer.echo(f"{made.title} written to {package}")

    train.command(name, help=about)(command)


_unet_command("unet", SEGMENTER, "Fit the real-time U-Net.")
_unet_command(
    "unet-classic",
    SEGMENTER.with_name("unet-classic"),
    "Fit the classic U-Net, to be compared with the real-time one.",
)
_classifier_command(
    "googlenet", CLASSIFIER, "Fit GoogLeNet; calibrated on lesions that the U-Net outlined."
)
for _name, _called in (("alexnet", "AlexNet"), ("vgg19", "VGG-19"), ("resnet18", "ResNet-18")):
    _classifier_command(
        _name, Path("runs/packages") / _name, f"Fit {_called}, to be compared with GoogLeNet."
    )


@train.command()
def int8(
    data: Data,
    config: Config = None,
    package: Annotated[Path, typer.Option(help="Its folder.")] = CLASSIFIER,
) -> None:
    """Quantise a package's fp32 weights anew, and set what hangs on it."""
    trainers = _trainers()
    from senoscope.models.training.requantise import config_of, requantise  # noqa: PLC0415 - torch

    recipe = trainers.read_config(config or config_of(load_package(package)))
    made = requantise(recipe, data, package, typer.echo)
    typer.echo(f"{made.title} written to {package}. Evaluate it again: its figures were taken off.")


@train.command()
def cadx(
    data: Data,
    segmenter: Segmenter = SEGMENTER,
    model: Annotated[Path, typer.Option(help="The file to write.")] = CADX,
) -> None:
    """Fit programmed CADx on lesions that the U-Net outlined. Needs no torch."""
    cv2.setNumThreads(1)
    samples = load_samples(_folders(data), INNER_SHARE, typer.echo)
    train_cadx(build_segmenter(segmenter), samples, model, typer.echo)
    typer.echo(f"CADx written to {model}")


@train.command()
def cade(
    data: Data, model: Annotated[Path, typer.Option(help="The file to write.")] = CADE
) -> None:
    """Fit programmed CADe. Needs no torch."""
    cv2.setNumThreads(1)
    train_cade(_folders(data), model, typer.echo)
    typer.echo(f"CADe written to {model}")


def _look_for_sets(data: Path) -> None:
    """Before phantoms are simulated, which takes minutes and leaves files."""
    absent = [name for name in ("bus-bra", "busi") if not (data / name).is_dir()]
    if absent:
        raise DataSetError(
            f"{data} has no folder {' and no folder '.join(absent)}; expected both data sets in "
            "it. Give the folder that they were unpacked into."
        )


def _folders(data: Path) -> DataFolders:
    return DataFolders(data / "bus-bra", data / "busi", (), folds=("1", "2"), parts=("train",))


def _trainers() -> ModuleType:
    # Running needs no torch; only these commands do.
    try:
        from senoscope.models.training import trainers  # noqa: PLC0415
    except ImportError as error:
        raise InstallationError(
            f"Training needs more packages ({error}). Run: pip install 'senoscope[train]'"
        ) from error
    return trainers
