"""`senoscope store`: look after the exam store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from platformdirs import user_data_path

from senoscope.domain.errors import SettingsError
from senoscope.ui.settings import load_settings, settings_file

if TYPE_CHECKING:
    from senoscope.studies.exams.exam_store import ExamStore

WHO = "command line"

store = typer.Typer(help="Look after the exam store.", no_args_is_help=True)

Url = Annotated[
    str | None,
    typer.Option("--store", help="sqlite:////FILE or postgresql://USER@HOST/DATABASE."),
]
Folder = Annotated[Path | None, typer.Option(help="The folder of the store's files.")]
Really = Annotated[bool, typer.Option("--really", help="Do it; else only say what would go.")]


def store_folder() -> Path:
    """Where exams are kept unless another folder is given."""
    return user_data_path("senoscope", appauthor=False) / "exams"


def store_place(url: str | None = None, folder: Path | None = None) -> tuple[str, Path]:
    """What `ExamStore.open` takes: the database given, or of the settings, or in the folder."""
    stored = load_settings(settings_file())
    url, of_site = url or stored.store, stored.store_folder
    folder = (folder or (Path(of_site) if of_site else store_folder())).absolute()
    return url or f"sqlite:///{folder / 'exams.sqlite'}", folder


@store.command()
def check(
    url: Url = None,
    folder: Folder = None,
    head: Annotated[
        str | None, typer.Option(help="A head that was written down, COUNT:HASH.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Do not read the files.")] = False,
    backed_up: Annotated[
        bool, typer.Option("--backed-up", help="PostgreSQL was, so its tables may be migrated.")
    ] = False,
) -> None:
    """Check rows, files and audit trail, and remove files that no row names."""
    from senoscope.studies.exams.audit_trail import AuditHead  # noqa: PLC0415

    written_down = None if head is None else AuditHead.parse(head)
    with opened_store(url, folder, backed_up) as opened:
        found, room = opened.check(written_down, not quick), opened.room()
    typer.echo(f"{found.exams} exams, {found.files} files; {found.swept} that no row names removed")
    typer.echo(f"free {room.free / 1e9:.1f} GB{', which is low' if room.is_low else ''}")
    typer.echo(f"audit trail, to be written down: {found.head}")
    for complaint in found.complaints:
        typer.echo(f"WRONG {complaint}")
    if found.complaints:
        raise typer.Exit(1)
    typer.echo("All holds.")


@store.command()
def backup(
    file: Annotated[Path, typer.Argument(help="A zip that is not there yet.")],
    url: Url = None,
    folder: Folder = None,
) -> None:
    """Write the whole store into one file."""
    from senoscope.studies.exams import store_backup  # noqa: PLC0415

    with opened_store(url, folder) as opened:
        count = store_backup.backup(opened, file, WHO)
    typer.echo(f"{count} files and the database are in the backup. It holds patients' data.")


@store.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A zip that `backup` wrote.")],
    url: Url = None,
    folder: Folder = None,
) -> None:
    """Bring a backup back where nothing is."""
    from senoscope.studies.exams import store_backup  # noqa: PLC0415

    count = store_backup.restore(file, *store_place(url, folder), WHO)
    typer.echo(f"{count} files and the database are restored.")


@store.command()
def rollback(
    to: Annotated[str, typer.Option(help="An older version of the tables, as 0003.")],
    url: Url = None,
    folder: Folder = None,
    backed_up: Annotated[
        bool, typer.Option("--backed-up", help="PostgreSQL was, so its tables may be changed.")
    ] = False,
    really: Really = False,
) -> None:
    """Take the tables back, so that an older Senoscope opens the store."""
    from senoscope.studies.exams.schema_rollback import Wanted, roll_back  # noqa: PLC0415

    wanted = Wanted(to, WHO, really, backed_up)
    done = roll_back(*store_place(url, folder), wanted, datetime.now(UTC))
    for version, says in done.steps.items():
        typer.echo(f"{version}: {says}")
    tables = ", ".join(f"{name} ({count} rows)" for name, count in done.rows.items()) or "none"
    typer.echo(f"Tables that {'went' if really else 'would go'}: {tables}")
    if really:
        typer.echo(
            f"The store went back from version {done.found} to {to}. Start the older Senoscope "
            "only: this one brings the store up again when it opens it."
        )
    else:
        typer.echo("Nothing was changed. Add --really.")


@store.command()
def retain(
    older_than: Annotated[
        int, typer.Option(min=1, max=365_000, help="Days since an exam's last act.")
    ],
    url: Url = None,
    folder: Folder = None,
    really: Really = False,
) -> None:
    """Delete exams whose retention period is over."""
    with opened_store(url, folder) as opened:
        _say(opened.retain(timedelta(days=older_than), WHO, really), really)


@store.command("delete-patient")
def delete_patient(
    patient_id: Annotated[str, typer.Argument(help="The PatientID.")],
    url: Url = None,
    folder: Folder = None,
    really: Really = False,
) -> None:
    """Delete a patient for good: exams, readings, results, files."""
    with opened_store(url, folder) as opened:
        _say(opened.delete_patient(patient_id, WHO, really), really)


@store.command()
def search(
    text: Annotated[str, typer.Argument(help="Parts of the name or number.")] = "",
    url: Url = None,
    folder: Folder = None,
    state: Annotated[str | None, typer.Option(help="received, read or signed.")] = None,
    modality: Annotated[str | None, typer.Option(help="As US or MG.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Exams at most.")] = 50,
) -> None:
    """List exams, those that came last first."""
    from senoscope.studies.exams.exam_records import ExamState  # noqa: PLC0415

    if state is not None and state not in list(ExamState):
        raise SettingsError(
            f"--state {state} was given; expected one of {', '.join(ExamState)}. Give one of them."
        )
    wanted = None if state is None else ExamState(state)
    with opened_store(url, folder) as opened:
        for each in opened.search(text, wanted, modality, limit=limit):
            day = "-" if each.study_date is None else each.study_date.isoformat()
            typer.echo(
                f"{each.number}\t{each.state}\t{each.modality or '-'}\t{day}\t"
                f"{each.images} images\t{each.patient_id}\t{each.patient_name}"
            )


def opened_store(url: str | None, folder: Path | None, backed_up: bool = False) -> ExamStore:
    """The store that is there; none is made."""
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415

    return ExamStore.open(*store_place(url, folder), backed_up=backed_up, make=False)


def _say(exams: tuple[int, ...], really: bool) -> None:
    numbers = ", ".join(map(str, exams)) or "none"
    typer.echo(f"Exams {'deleted' if really else 'that would go'}: {numbers}")
    if exams:
        typer.echo("Backups made before still hold them." if really else "Add --really.")
