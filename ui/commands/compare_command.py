"""`senoscope compare`: every table of the documents, on equal terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from senoscope.models.package import CLASSIFIER, SEGMENTER

compare = typer.Typer(help="Compare ways to outline and to score a lesion.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="Folder that holds bus-bra/ and busi/.")]
Report = Annotated[
    Path | None, typer.Option(dir_okay=False, help="A JSON file to write all figures into.")
]
IntoDocs = Annotated[
    Path | None,
    typer.Option(help="The docs/ folder whose results and tables, and README beside it, to renew."),
]


@compare.command()
def ultrasound(
    data: Data,
    package: Annotated[
        list[Path],
        typer.Option(help="A classifier package's folder; may be given often. The first is fused."),
    ] = [CLASSIFIER],  # noqa: B006 - typer copies it
    segmenter: Annotated[Path, typer.Option(help="A model package's folder.")] = SEGMENTER,
    report: Report = None,
    into_docs: IntoDocs = None,
    into_cards: Annotated[bool, typer.Option(help="Also write into the packages' cards.")] = False,
) -> None:
    """Size alone, BI-RADS, networks, CADx, radiomics, fusion; by kinds of images; across sets.

    What is fitted learns from BUS-BRA folds 1 and 2 and BUSI train, thresholds from their inner
    split; figures are of BUS-BRA fold 3 and BUSI val.
    """
    from senoscope.ui.commands.comparison import compare_rivals  # noqa: PLC0415 - other commands start soon

    compare_rivals(data, package, segmenter, report=report, docs=into_docs, into_cards=into_cards)


@compare.command()
def segmentation(
    data: Data,
    package: Annotated[
        list[Path],
        typer.Option(help="A U-Net package's folder; may be given often, all against the first."),
    ] = [SEGMENTER],  # noqa: B006 - typer copies it
    report: Report = None,
    into_docs: IntoDocs = None,
) -> None:
    """U-Nets and one ellipse drawn everywhere: Dice, IoU, boundaries, lesions found, alarms."""
    from senoscope.ui.commands.comparison import compare_segmenters  # noqa: PLC0415 - as above

    compare_segmenters(data, package, report=report, docs=into_docs)


@compare.command()
def tables(
    docs: Annotated[Path, typer.Option(help="The docs/ folder of a checkout.")] = Path("docs"),
) -> None:
    """Make the documents' tables anew from the figures kept in docs/results, without data."""
    from senoscope.ui.commands.result_folder import require_places, write_tables  # noqa: PLC0415

    require_places(docs)
    write_tables(docs)
