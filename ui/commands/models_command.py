"""`senoscope models export`: the networks as an inference server takes them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from senoscope.models.engines.triton_config import ServedBy, ServedFor, Serving
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package

models = typer.Typer(help="The networks that Senoscope reads with.", no_args_is_help=True)


class Layout(StrEnum):
    """Of the folder."""

    TRITON = "triton"


@models.command()
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", file_okay=False, help="The new folder to write into.")
    ],
    layout: Annotated[
        Layout, typer.Option(help="How the folder is laid out: a Triton model repository.")
    ] = Layout.TRITON,
    back_end: Annotated[
        ServedBy, typer.Option(help="What runs the networks within the server.")
    ] = ServedBy.PYTHON,
    use: Annotated[
        ServedFor,
        typer.Option("--for", help="live: each frame at once; offline: frames in batches."),
    ] = ServedFor.LIVE,
    precision: Annotated[
        list[Precision] | None,
        typer.Option(help="Of the weights; may be given often. Left out: int8 and fp32."),
    ] = None,
    package: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder of a model package; may be given often. Left out: the two that read.",
            file_okay=False,
        ),
    ] = None,
    instances: Annotated[
        int, typer.Option(help="So many of each network side by side, a thread each.")
    ] = 1,
    again: Annotated[
        bool, typer.Option("--again", help="Replace a repository that was written here.")
    ] = False,
) -> None:
    """Write the networks as a model repository for Triton, each named by its weights."""
    # Importing OpenVINO takes a while, which other commands need not wait for.
    from senoscope.models.engines.served_network import networks_of  # noqa: PLC0415
    from senoscope.models.engines.triton_repository import write_repository  # noqa: PLC0415

    del layout  # the only one there is
    serving = Serving(back_end, use, instances)
    precisions = tuple(dict.fromkeys(precision or (Precision.INT8, Precision.FP32)))
    packages = [load_package(each) for each in package or (SEGMENTER, CLASSIFIER)]
    networks = networks_of(packages, precisions)
    write_repository(folder, networks, serving, again)
    for network in networks:
        typer.echo(f"{network.name}  {network.package.title} {network.precision}")
    typer.echo(f"{len(networks)} networks in {folder}; its README.md says how they are served.")
