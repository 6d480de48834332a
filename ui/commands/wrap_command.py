"""`senoscope study wrap`: plain pictures of mammograms as DICOM images."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from senoscope.domain.errors import ImageError, SettingsError
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing


def wrap(
    path: Annotated[Path, typer.Argument(help="A picture, or a folder of them.")],
    out: Annotated[Path, typer.Option(help="The new folder to write the DICOM files into.")],
    spacing: Annotated[
        float | None,
        typer.Option(help="Millimetres a pixel; left out: not known, and no marks are sought."),
    ] = None,
    laterality: Annotated[
        Laterality | None, typer.Option(help="Of a single picture whose name does not say it.")
    ] = None,
    view: Annotated[str | None, typer.Option(help="Likewise: CC, MLO, ML or LM.")] = None,
    mirror: Annotated[
        bool, typer.Option(help="Mirror pictures whose breast lies as one of the other side.")
    ] = False,
    patient_id: Annotated[str, typer.Option(help="PatientID to write.")] = "WRAPPED",
) -> None:
    """Mammograms that are PNG or JPEG as one DICOM exam; side and view from names like L-CC.png."""
    # Here, since pydicom takes a quarter of a second, which other commands need not wait for.
    from senoscope.studies.results.write_results import require_empty  # noqa: PLC0415
    from senoscope.studies.wrapping.plain_pictures import (  # noqa: PLC0415
        ENDINGS,
        named_views,
        read_plain_picture,
        write_wrapped_exam,
    )

    if not path.exists():
        raise SettingsError(f"There is nothing at {path}; expected a picture, or a folder of them.")
    require_empty(out)
    millimetres = None if spacing is None else PixelSpacing(spacing, spacing)
    pictures = [
        read_plain_picture(each, *(named_views(each) if told is None else told))
        for each, told in _given(path, ENDINGS, laterality, view)
    ]
    if mirror:
        pictures = [each.hung() for each in pictures]
    if out.exists():
        out.rmdir()
    write_wrapped_exam(out, pictures, millimetres, patient_id)
    for each in pictures:
        how = ", mirrored" if each.is_mirrored else ""
        typer.echo(f"{each.name}: {each.laterality} {each.view}{how}")
        if each.lies_as_other_side:
            typer.echo("  but the breast lies as one of the other side: see --mirror", err=True)
    typer.echo(f"{len(pictures)} DICOM images in {out}.")


def _given(
    path: Path, endings: Sequence[str], laterality: Laterality | None, view: str | None
) -> list[tuple[Path, tuple[Laterality, str] | None]]:
    """Each picture with what was told of it; None: its name says it."""
    files = [path] if path.is_file() else sorted(path.iterdir())
    files = [each for each in files if each.suffix.lower() in endings]
    if not files:
        raise ImageError(
            f"{path} holds no picture; expected files ending in {', '.join(endings)}. Give the "
            "folder that holds them."
        )
    if laterality is None and view is None:
        return [(each, None) for each in files]
    if laterality is None or view is None or len(files) > 1:
        raise SettingsError(
            "--laterality and --view go together, for a single picture; of several their names "
            "say it."
        )
    return [(files[0], (laterality, view.upper()))]
