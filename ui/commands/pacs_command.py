"""`senoscope pacs`: send to, search, fetch from and receive from a PACS."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senoscope.domain.errors import SettingsError
from senoscope.ui.commands.stopping import STOPPED
from senoscope.ui.settings import settings_file

# Importing pydicom takes a quarter of a second, which `senoscope --help` need not wait for.
if TYPE_CHECKING:
    from senoscope.studies.network.destinations import Destination, WebDestination

pacs = typer.Typer(help="A PACS on the other side.", no_args_is_help=True)

Named = Annotated[str, typer.Option("--to", help="The destination's name in the settings.")]
From = Annotated[str, typer.Option("--from", help="The destination's name in the settings.")]
SettingsAt = Annotated[
    Path | None, typer.Option("--pacs", help="The TOML file of destinations.", dir_okay=False)
]
Since = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Studies of this day or later.")
]
Until = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Studies of this day or earlier.")
]


@pacs.command()
def echo(
    dest: Annotated[str, typer.Argument(help="The destination's name in the settings.")],
    pacs_file: SettingsAt = None,
) -> None:
    """Ask whether it is there and knows us: C-ECHO, or a search that finds nothing."""
    from senoscope.studies.network.destinations import DimseDestination  # noqa: PLC0415
    from senoscope.studies.network.dimse_sending import echo as c_echo  # noqa: PLC0415
    from senoscope.studies.network.study_search import reach  # noqa: PLC0415

    destination = _destination(dest, pacs_file)
    if isinstance(destination, DimseDestination):
        c_echo(destination)
    else:
        reach(destination)
    typer.echo(f"{dest} answers")


@pacs.command()
def send(
    files: Annotated[list[Path], typer.Argument(help="DICOM files.", dir_okay=False)],
    to: Named,
    pacs_file: SettingsAt = None,
) -> None:
    """Send DICOM files, each in its own transfer syntax. Exit status 1 if one is not taken."""
    from senoscope.studies.network.sending import send_files  # noqa: PLC0415

    destination = _destination(to, pacs_file)
    failed = 0
    with closing(send_files(destination, files)) as outcomes:
        for number, outcome in enumerate(outcomes, 1):
            if isinstance(outcome, Exception):
                failed += 1
                typer.echo(f"file {number}: {outcome}", err=True)
            elif outcome.warning is not None:
                typer.echo(f"file {number}: sent; {outcome.warning}", err=True)
    typer.echo(f"{len(files) - failed} of {len(files)} files sent")
    if failed:
        raise typer.Exit(1)


@pacs.command()
def find(
    to: Named,
    patient_id: Annotated[
        str, typer.Option(help="The patient's ID, exactly as the PACS has it.")
    ] = "",
    accession: Annotated[str, typer.Option(help="The accession number.")] = "",
    modality: Annotated[str, typer.Option(help="Such as US, MG or MR.")] = "",
    since: Since = None,
    until: Until = None,
    most: Annotated[int, typer.Option(min=1, help="List at most so many studies.")] = 100,
    names: Annotated[
        bool, typer.Option("--names", help="Show patients' IDs and names too.")
    ] = False,
    pacs_file: SettingsAt = None,
) -> None:
    """List studies: UID, date, modalities, instances. By DICOMweb."""
    from senoscope.studies.network.study_search import StudyQuery, search  # noqa: PLC0415

    query = StudyQuery(
        patient_id,
        accession,
        modality,
        None if since is None else since.date(),
        None if until is None else until.date(),
        most,
    )
    found = search(_web(to, pacs_file), query)
    for each in found:
        count = "?" if each.instances is None else each.instances
        line = f"{each.study_instance_uid}  {each.study_date}  {'/'.join(each.modalities)}  {count}"
        typer.echo(f"{line}  {each.patient_id}  {each.patient_name}" if names else line)
    typer.echo(f"{len(found)} studies", err=True)


@pacs.command()
def fetch(
    uid: Annotated[str, typer.Argument(help="StudyInstanceUID.")],
    source: From,
    out: Annotated[Path, typer.Option(help="A new folder.")],
    pacs_file: SettingsAt = None,
) -> None:
    """Fetch a study into a new folder, as the PACS has it. By DICOMweb."""
    from senoscope.studies.network.study_fetching import fetch as fetched  # noqa: PLC0415

    typer.echo(f"{fetched(_web(source, pacs_file), uid, out)} instances fetched")


@pacs.command()
def receive(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")],
    out: Annotated[Path, typer.Option(help="The folder for what comes; nothing else may use it.")],
    aet: Annotated[str, typer.Option(help="The AE title that this receiver has.")] = "SENOSCOPE",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    caller: Annotated[
        list[str] | None,
        typer.Option(
            help="An AE title that may send; may be given often. Left out: any, of this machine."
        ),
    ] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="PEM file of a certificate; TLS alone is then taken.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="PEM file of the certificate's key.")] = None,
    ca: Annotated[
        Path | None,
        typer.Option(help="PEM file of the authority that callers' certificates must be of."),
    ] = None,
) -> None:
    """Take what is sent by C-STORE until Ctrl-C. Beyond this machine, name the callers."""
    from senoscope.studies.network.receiver import (  # noqa: PLC0415
        Receiver,
        ReceiverSettings,
        ServerTls,
    )

    if (certificate is None) != (key is None) or (ca is not None and certificate is None):
        raise SettingsError("TLS needs both --certificate and --key. Give both, or neither.")
    tls = None if certificate is None or key is None else ServerTls(certificate, key, ca)
    settings = ReceiverSettings(aet, port, host, tuple(caller or ()), tls)
    with Receiver(settings, out, lambda _path: typer.echo("1 object received")):
        typer.echo(f"{aet} takes objects on {host}:{port}; Ctrl-C ends it")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            typer.echo("ended")
            raise typer.Exit(STOPPED) from None


def _destination(name: str, path: Path | None) -> Destination:
    from senoscope.studies.network.destination_settings import load_destinations  # noqa: PLC0415

    path = path or settings_file().with_name("pacs.toml")
    known = load_destinations(path)
    if name not in known:
        names = ", ".join(sorted(known)) or "no destination yet"
        raise SettingsError(
            f"The destination {name!r} was given; {path} has {names}. Add it there, see "
            "docs/pacs.md, or give one that is there."
        )
    return known[name]


def _web(name: str, path: Path | None) -> WebDestination:
    from senoscope.studies.network.destinations import WebDestination  # noqa: PLC0415

    destination = _destination(name, path)
    if not isinstance(destination, WebDestination):
        raise SettingsError(
            f"The destination {name!r} is a DICOM one; expected one of kind 'dicomweb', by which "
            "alone studies are searched and fetched."
        )
    return destination
