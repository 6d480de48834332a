"""`senoscope evaluate dce`: exchange fits against the reference tables of OSIPI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from senoscope import __version__
from senoscope.models.evaluation.breast_mri.dce_reference import compare_with_references
from senoscope.models.evaluation.breast_mri.dce_table import DceModel, read_dce_table
from senoscope.ui.written import write_text


def evaluate_dce(
    data: Annotated[
        Path,
        typer.Option(dir_okay=False, help="A table with the columns of OSIPI's."),
    ],
    model: Annotated[DceModel, typer.Option(help="What the table holds references of.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
) -> None:
    """Ktrans, ve, vp, T1, input or concentration against references, by OSIPI's tolerances."""
    table = read_dce_table(data, model)
    compared, delay = compare_with_references(table)
    figures = {name: each.figures() for name, each in compared.items()}
    about: dict[str, Any] = {
        "senoscope": __version__,
        "data": data.name,
        "model": model.value,
        "rows": len(table.rows),
        "tolerance": "|found - true| <= absolute + relative * |true|, OSIPI's",
        "baseline": "every value the median of the true ones",
    }
    if delay:
        about["delay"] = delay
    text = json.dumps({**figures, "about": about}, indent=1, ensure_ascii=False, allow_nan=False)
    write_text(report, text + "\n")
    typer.echo(f"{'':16}{'n':>6}{'within':>8}{'largest error':>15}  tolerance")
    for name, figure in figures.items():
        most = figure["max_abs_error"]
        relative = figure["tolerance_relative"]
        tolerance = f"{figure['tolerance_absolute']:g}" + (
            f" + {relative:.4g} x" if relative else ""
        )
        told = "-" if most is None else f"{most:.4g}"
        typer.echo(
            f"{name:16}{figure['n']:6}{figure['within_tolerance']:8}{told:>15}  "
            f"{tolerance} {figure['unit'] if figure['unit'] != '1' else ''}".rstrip()
        )
    if delay:
        typer.echo(f"Delay of the artery: {delay}")
    typer.echo(f"Written to {report}")
