"""`senoscope study deidentify`: a copy of studies without the persons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_config_path

from senoscope.domain.errors import SettingsError
from senoscope.ui.commands.stopping import STOPPED
from senoscope.ui.written import write_text


def key_file() -> Path:
    """Where the key is kept unless another file is given."""
    return user_config_path("senoscope", appauthor=False) / "pseudonyms.key"


def deidentify(
    path: Annotated[Path, typer.Argument(help="A folder, a zip, a DICOMDIR or a DICOM file.")],
    out: Annotated[Path, typer.Option(help="The new folder to write the copy into.")],
    key: Annotated[
        Path | None,
        typer.Option(help="The file of the secret key; made where there is none. Guard it."),
    ] = None,
    dates: Annotated[
        bool, typer.Option(help="Keep dates, moved by 1 to 365 days a patient, and times.")
    ] = True,
    characteristics: Annotated[
        bool, typer.Option(help="Keep age (at most 90), sex, size, weight and the like.")
    ] = True,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="A JSON file of what was done.")
    ] = None,
) -> None:
    """A copy without the persons, by PS3.15 Annex E. Look at every picture before you give it."""
    # Here, since pydicom takes a quarter of a second, which other commands need not wait for.
    from senoscope.studies.deidentification.clean_header import (  # noqa: PLC0415
        DeidentifyOptions,
    )
    from senoscope.studies.deidentification.deidentify import deidentified  # noqa: PLC0415
    from senoscope.studies.deidentification.pseudonyms import PseudonymKey  # noqa: PLC0415
    from senoscope.studies.files.study_files import StudyFiles  # noqa: PLC0415

    if out.resolve().is_relative_to(path.resolve()):
        raise SettingsError(
            "The new folder lies within what is read; expected one elsewhere. Name another."
        )
    secret = PseudonymKey.kept_in(key or key_file())
    options = DeidentifyOptions(dates, characteristics)
    try:
        with StudyFiles(path) as files:
            done = deidentified(files, out, secret, options, _say)
    except KeyboardInterrupt:
        typer.echo("\nStopped; nothing was written.", err=True)
        raise typer.Exit(STOPPED) from None
    typer.echo("", err=True)
    typer.echo(str(done))
    if report is not None:
        write_text(report, json.dumps(done.as_json(), indent=1))
    if not done.written:
        raise typer.Exit(1)


def _say(done: int) -> None:
    """On one line of the terminal."""
    typer.echo(f"\rFile {done}", nl=False, err=True)
