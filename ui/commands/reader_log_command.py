"""`senoscope proof log` and `proof pathology`: the store's log out, what became of exams in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from senoscope.domain.errors import SettingsError
from senoscope.ui.commands.deidentify_command import key_file
from senoscope.ui.commands.store_command import WHO, Folder, Url, store_place


def log(
    out: Annotated[
        Path, typer.Option(help="The CSV: a new one, or one of earlier, which is added to.")
    ],
    key: Annotated[
        Path | None,
        typer.Option(help="The file of the secret key; made where there is none. Guard it."),
    ] = None,
    url: Url = None,
    folder: Folder = None,
) -> None:
    """Write what readers and the AI said of all exams, and what became of them, pseudonymous."""
    from senoscope.studies.deidentification.pseudonyms import PseudonymKey  # noqa: PLC0415
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415
    from senoscope.studies.proof.reader_log import log_of_store, write_log_csv  # noqa: PLC0415

    if not out.parent.is_dir() or (out.exists() and not out.is_file()):
        raise SettingsError(
            f"{out.name} is in no folder that is there, or is a folder itself; expected the name "
            "of a CSV. Give another --out."
        )
    with ExamStore.open(*store_place(url, folder), make=False) as opened:
        entries = log_of_store(opened, PseudonymKey.kept_in(key or key_file()))
        written = write_log_csv(entries, out)
        opened.note("reader log exported", WHO, detail={"rows": written.rows})
    typer.echo(f"{written.added} rows added; the log has {written.rows}.")
    for said, count in Counter(each.said.value for each in entries).items():
        typer.echo(f"  {said}: {count}")
    typer.echo(f"log, to be written down: {written.head}")


def pathology(
    csv: Annotated[
        Path,
        typer.Option(
            help="Columns: exam, study_uid or accession; laterality, outcome, date; if wanted "
            "finding, source, corrects."
        ),
    ],
    url: Url = None,
    folder: Folder = None,
) -> None:
    """Add what became of exams from a table. What cannot be true is refused, row by row."""
    from senoscope.studies.exams.exam_store import ExamStore  # noqa: PLC0415
    from senoscope.studies.proof.pathology_table import (  # noqa: PLC0415
        Fate,
        keep_pathology,
        read_pathology,
    )

    table = read_pathology(csv)
    with ExamStore.open(*store_place(url, folder), make=False) as opened:
        fates = keep_pathology(opened, table, WHO)
    for each in fates:
        typer.echo(str(each))
    counts = Counter(each.fate for each in fates)
    typer.echo(", ".join(f"{counts[each]} {each.value.lower()}" for each in Fate))
    if counts[Fate.REFUSED]:
        raise typer.Exit(1)
    if not counts[Fate.ADDED]:
        typer.echo("Nothing was added.")
