"""`senoscope proof study`: a log in, the study out; `proof replay`: a finished study as a log."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from senoscope import __version__
from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.domain.reader_log import LogEntry, Said
from senoscope.models.evaluation.kept_figures import as_json, difference_cell, estimate_cell, table
from senoscope.models.evaluation.plots import reliability_picture, roc_picture
from senoscope.models.evaluation.readers.drift import LEAST_REFERENCE, REFERENCE_EXAMS
from senoscope.models.evaluation.readers.read_cases import CaseTable, read_cases
from senoscope.models.evaluation.readers.read_log import read_log
from senoscope.models.evaluation.readers.reader_rows import Outcomes, order
from senoscope.models.evaluation.readers.reader_study import ReaderStudy
from senoscope.models.evaluation.readers.reader_with_network import JoinedStudy, joined_study
from senoscope.models.evaluation.readers.replay import Replay, read_scores, replayed
from senoscope.models.evaluation.readers.study_tables import study_json, study_tables
from senoscope.studies.proof.reader_log import read_log_csv, write_log_csv
from senoscope.ui.written import write_text

SIMULATED = (
    "Times and scanners are SIMULATED: the table does not say when and on what each exam was read."
)
CALCULATED = "Readings with the AI are CALCULATED from both scores: nobody read with it."
LARGEST_FILE = 64 * 2**20
MOST_CURVES = 4


def proof_replay(
    scores: Annotated[Path, typer.Option(help="A CSV: case_ID, side, label, a column a reader.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The log to write, a CSV.")],
    with_ai: Annotated[
        str | None,
        typer.Option(help="A network: also write readings with it, calculated as mean log odds."),
    ] = None,
    shift: Annotated[
        float,
        typer.Option(help="SIMULATE a new scanner: so many SD are added to the networks' logits."),
    ] = 0.0,
) -> None:
    """A finished reader study as the log it would have made; times and scanners are SIMULATED."""
    how = Replay(with_ai, shift)
    entries = replayed(read_scores(_text(scores)), how)
    if out.exists():
        raise SettingsError(f"{out} is there already. Name another, or delete it first.")
    if not out.parent.is_dir():
        raise SettingsError(f"There is no folder {out.parent}. Make it, or name another.")
    write_log_csv(entries, out)
    counts = Counter(each.said for each in entries)
    typer.echo(
        f"{out}: {len(entries)} entries of {len({each.exam for each in entries})} exams ("
        + ", ".join(f"{count} {said}" for said, count in counts.items())
        + f").\n{SIMULATED}"
    )
    if with_ai is not None:
        typer.echo(CALCULATED)


def proof_study(
    log: Annotated[Path, typer.Option(help="A log that `senoscope proof log` or replay wrote.")],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    csv: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder for tables, their dictionary and pictures."),
    ] = None,
    reference: Annotated[
        int,
        typer.Option(min=LEAST_REFERENCE, help="Exams in the window that drift is told against."),
    ] = REFERENCE_EXAMS,
    joined: Annotated[
        bool, typer.Option(help="Also join every reader with every network (calculated).")
    ] = True,
) -> None:
    """Make the reader study of a log: accuracy, readers' mean, agreement, calibration, drift."""
    if csv is not None and csv.exists() and (not csv.is_dir() or any(csv.iterdir())):
        raise SettingsError(f"{csv} is there and not an empty folder. Name another.")
    entries = read_log_csv(log)
    cases = read_cases(entries)
    made = read_log(entries, reference)
    both = joined_study(cases) if joined else None
    about = {"senoscope": __version__, "log": log.name, "simulated": _is_simulated(entries)}
    whole = {**about, **study_json(made, both)}
    write_text(report, json.dumps(whole, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    typer.echo(_summary(made, both))
    typer.echo(f"Written to {report}")
    if csv is not None:
        for name, text in study_tables(made, both).items():
            write_text(csv / f"{name}.csv", text)
        for name, picture in _pictures(cases, made).items():
            write_text(csv / f"{name}.svg", picture)
        typer.echo(f"Tables, columns.csv that explains them, and pictures: {csv}")


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise DataSetError(f"{path} is larger than {LARGEST_FILE // 2**20} MiB.")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataSetError(
            f"{path} cannot be read as text ({error}). Give a CSV file of scores."
        ) from error


def _is_simulated(entries: Sequence[LogEntry]) -> bool:
    return any("simulated" in each.scanner for each in entries)


def _summary(made: ReaderStudy, both: JoinedStudy | None) -> str:
    counted = made.counted
    lines = [
        f"{counted.entries} entries: {counted.cases} cases (breasts) of {counted.exams} exams and "
        f"{counted.patients} patients, {counted.with_outcome} with an outcome, {counted.cancers} "
        "with a cancer."
    ]
    lines += [f"Left out, {each.reason}: {each.count}" for each in counted.left_out]
    rows = [
        (of.by, of.said.value, "-" if of.auc is None else estimate_cell(as_json(of.auc)),
         estimate_cell(as_json(of.sensitivity)), estimate_cell(as_json(of.specificity)))
        for of in made.figures
    ]  # fmt: skip
    rows += [
        (f"mean of {of.readers} readers", of.said.value, estimate_cell(as_json(of)), "", "")
        for of in made.means
    ]
    lines.append(table(("by", "role", "AUC", "sensitivity", "specificity"), rows))
    lines += [
        f"{each.one} minus {each.other}: {difference_cell(as_json(each))}, p = {each.p:.2g}"
        for each in made.differences
    ]
    if both is not None:
        head = ("readers joined with", "mean alone", "network", "ranks", "fitted")
        lines.append(table(head, [
            (of.network, *(estimate_cell(as_json(figure)) for figure in
                           (of.alone, of.of_network, of.ranks, of.fitted)))
            for of in both.means
        ]))  # fmt: skip
    lines += [
        f"Drift of {trace.by} {trace.scanner or 'on all scanners'}, {trace.kind}: "
        f"{len(trace.alarms)} alarms in {len(trace.points)}"
        for trace in made.drift
    ]
    lines += [
        f"Drift of {each.by}, {each.kind}: not told, {each.have} of {each.needed} needed"
        for each in made.not_watched
    ]
    return "\n".join(lines)


def _pictures(cases: CaseTable, made: ReaderStudy) -> dict[str, str]:
    """ROC of the best AIs on the cases that all of them read, and each AI's reliability."""
    pictures = {
        f"reliability_{number}": reliability_picture(f"{of.by}: reliability", of.bins)
        for number, of in enumerate(
            (each for each in made.calibration if each.said is Said.AI), start=1
        )
    }
    best = sorted(
        (of for of in made.figures if of.said is Said.AI and of.auc is not None),
        key=lambda of: -of.auc.value if of.auc else 0.0,
    )[:MOST_CURVES]
    reads = [cases.reads[Said.AI, of.by] for of in best]
    here = Outcomes.known(cases).read_by(*reads)
    if best and len(here.places) and here.labels.any() and not here.labels.all():
        curves = {of.by: order(here.reads(each))[1] for of, each in zip(best, reads, strict=True)}
        pictures["roc"] = roc_picture("AI alone", here.labels, curves, here.patient.tolist())
    return pictures
