"""`senoscope risk`: a woman's or a table's risk of breast cancer, and the file for CanRisk."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from senoscope import __version__
from senoscope.domain.errors import SettingsError
from senoscope.domain.risk import PatientFacts, PriorPathology, RaceGroup
from senoscope.ui.written import write_text

risk = typer.Typer(
    help="Risk of breast cancer from what is known of a woman.", no_args_is_help=True
)
Facts = Annotated[
    Path | None,
    typer.Option(help="What is known of her: FHIR R4 (JSON: a Patient or a Bundle), or DICOM."),
]
NO_BIRTH = "none"
MOST_TOLD = 20
"""Of the rows that were refused."""


class Race(StrEnum):
    """RaceGroup as words of the command line."""

    WHITE = "white"
    AFRICAN_AMERICAN = "african-american"
    HISPANIC_US_BORN = "hispanic-us-born"
    NATIVE_AMERICAN_OR_OTHER = "native-american-or-other"
    HISPANIC_FOREIGN_BORN = "hispanic-foreign-born"
    CHINESE = "chinese"
    JAPANESE = "japanese"
    FILIPINO = "filipino"
    HAWAIIAN = "hawaiian"
    OTHER_PACIFIC_ISLANDER = "other-pacific-islander"
    OTHER_ASIAN = "other-asian"


class Pathology(StrEnum):
    """PriorPathology as words of the command line."""

    NEVER_BIOPSIED = "never-biopsied"
    BENIGN = "benign"
    ATYPIA = "atypia"
    LCIS = "lcis"
    DCIS = "dcis"
    CANCER = "cancer"


@risk.command("bcrat")
def table(
    csv: Annotated[
        Path,
        typer.Option(
            help="Columns Race, T1, T2, N_Biop, HypPlas, AgeMen, Age1st, N_Rels; others stay."
        ),
    ],
    report: Annotated[Path, typer.Option(dir_okay=False, help="The JSON file to write.")],
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="A CSV with every row, its risk or why it has none."),
    ] = None,
) -> None:
    """Risks of a table of women, compared with Error_Ind and AbsRisk where they are there."""
    from senoscope.studies.facts.bcrat_table import read_bcrat_table  # noqa: PLC0415

    _require_apart(csv, report, *(() if out is None else (out,)))
    found = read_bcrat_table(csv)
    figures = found.figures()
    about = {"senoscope": __version__, "data": csv.name, "unit": "percentage points"}
    text = json.dumps({**figures, "about": about}, indent=1, allow_nan=False)
    if out is not None:
        write_text(out, found.csv_text(), private=True)
    write_text(report, text + "\n")
    for name, figure in figures.items():
        typer.echo(f"{name:34}{'-' if figure is None else f'{figure:.4g}':>12}")
    refused = [row for row in found.rows if row.risk is None]
    for row in refused[:MOST_TOLD]:
        typer.echo(f"line {row.line}: {row.error}")
    if len(refused) > MOST_TOLD:
        typer.echo(f"and {len(refused) - MOST_TOLD} more: --out FILE has every one")
    typer.echo(f"Written to {report}")


@risk.command()
def woman(
    age: Annotated[float | None, typer.Option(help="Years.")] = None,
    years: Annotated[float, typer.Option(help="How far ahead, beside age 90.")] = 5.0,
    race: Annotated[Race | None, typer.Option(help="Her group in the tool.")] = None,
    menarche: Annotated[int | None, typer.Option(help="Age at menarche, years.")] = None,
    first_birth: Annotated[
        str | None, typer.Option(help="Age at first live birth, years, or none.")
    ] = None,
    biopsies: Annotated[int | None, typer.Option(help="How many breast biopsies.")] = None,
    atypia: Annotated[
        bool | None, typer.Option("--atypia/--no-atypia", help="Whether one had atypia.")
    ] = None,
    relatives: Annotated[
        int | None, typer.Option(help="Mother, sisters, daughters with breast cancer.")
    ] = None,
    pathology: Annotated[
        Pathology | None, typer.Option(help="The gravest that a biopsy found.")
    ] = None,
    brca: Annotated[
        bool | None, typer.Option("--brca/--no-brca", help="Whether a variant of BRCA is known.")
    ] = None,
    facts: Facts = None,
    outside: Annotated[
        Path | None,
        typer.Option(help="A CSV of Tyrer-Cuzick or CanRisk risks: model, horizon, percent."),
    ] = None,
) -> None:
    """One woman's risk and the average woman's, in so many years and to age 90 (BCRAT)."""
    from senoscope.studies.facts.outside_risks import with_outside_risks  # noqa: PLC0415

    birth_age = _birth_age(first_birth)
    said: dict[str, Any] = {
        "age": age,
        "race": None if race is None else RaceGroup[race.name],
        "menarche_age": menarche,
        "has_given_birth": None if first_birth is None else birth_age is not None,
        "first_birth_age": birth_age,
        "biopsies": biopsies,
        "atypical_hyperplasia": atypia,
        "relatives": relatives,
        "prior_pathology": None if pathology is None else PriorPathology[pathology.name],
        "carries_brca": brca,
    }
    known = _joined(_read_facts(facts), said)
    if outside is not None:
        known = with_outside_risks(known, outside)
    _tell(known, years)


@risk.command("canrisk-file")
def canrisk_file(
    csv: Annotated[
        Path,
        typer.Option(
            help="One member a row: key, sex, target, father, mother, age, birth_year; more in "
            "docs/risk.md."
        ),
    ],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file to write, for canrisk.org.")],
    facts: Facts = None,
) -> None:
    """Write a family as a CanRisk pedigree file, format 4.0, under pseudonyms."""
    from senoscope.models.risk.canrisk_file import canrisk_text  # noqa: PLC0415
    from senoscope.studies.facts.pedigree_table import read_pedigree  # noqa: PLC0415

    _require_apart(csv, out)
    pedigree = read_pedigree(csv)
    write_text(out, canrisk_text(pedigree, _read_facts(facts)), private=True)
    for place in range(1, len(pedigree.members) + 1):
        typer.echo(f"P{place}: row {place} of {csv.name}")
    typer.echo(f"Written to {out}. It holds ages and years of birth: pseudonymous, not anonymous.")


def _require_apart(*files: Path) -> None:
    if len({each.resolve() for each in files}) < len(files):
        raise SettingsError(
            "The same file was given twice, to be read and written; expected another file for "
            "each. Name others."
        )


def _birth_age(said: str | None) -> int | None:
    if said is None or said == NO_BIRTH:
        return None
    if not (said.isascii() and said.isdigit() and len(said) < 4):
        raise SettingsError(
            f"--first-birth was given as {said!r}; expected an age in whole years, or {NO_BIRTH}."
        )
    return int(said)


def _read_facts(path: Path | None) -> PatientFacts | None:
    """What of the file was not taken is told."""
    from senoscope.studies.facts.facts_files import facts_of_file  # noqa: PLC0415

    if path is None:
        return None
    found = facts_of_file(path)
    for each in found.not_taken:
        typer.echo(f"not taken from {path.name}: {each}")
    return found.facts


def _joined(read: PatientFacts | None, said: dict[str, Any]) -> PatientFacts:
    """What was read and what was said; SettingsError where they differ."""
    given = {name: value for name, value in said.items() if value is not None}
    if read is None:
        if "age" not in given:
            raise SettingsError(
                "No age was given; expected --age, or --facts with a file that says it."
            )
        return PatientFacts(**given)
    for each in fields(PatientFacts):
        was = getattr(read, each.name)
        if each.name in given and was is not None and was != given[each.name]:
            raise SettingsError(
                f"{each.name} was given as {given[each.name]}, and the file says {was}; expected "
                "one of them. Leave the option out, or correct the file."
            )
    return replace(read, **given)


def _tell(facts: PatientFacts, years: float) -> None:
    from senoscope.models.risk.bcrat import bcrat  # noqa: PLC0415
    from senoscope.models.risk.bcrat_constants import LAST_AGE  # noqa: PLC0415
    from senoscope.models.risk.bcrat_facts import BcratFacts  # noqa: PLC0415

    ahead = bcrat(BcratFacts.of(facts, years))
    life = bcrat(BcratFacts.until(facts, LAST_AGE))
    typer.echo(f"{'risk of invasive breast cancer':34}{'hers, %':>10}{'average, %':>12}")
    for name, found in ((f"in {years:g} years", ahead), (f"to age {LAST_AGE}", life)):
        typer.echo(f"{name:34}{found.absolute_percent:10.2f}{found.average_percent:12.2f}")
    typer.echo(f"{'relative risk below 50, from 50':34}{ahead.relative_risk:10.2f}", nl=False)
    typer.echo(f"{ahead.relative_risk_from_50:12.2f}")
    for model, percent in facts.outside_percent.items():
        typer.echo(f"{f'{model}, computed elsewhere':34}{percent:10.2f}")
    for key in ahead.cautions:
        typer.echo(f"caution: {CAUTIONS[key]}")


CAUTIONS = {
    "below_35": "below 35 years the tool was not validated.",
    "after_in_situ_or_cancer": "after breast cancer, DCIS or LCIS the tool does not hold.",
    "known_mutation": "with a known BRCA variant the tool does not hold; others do.",
    "race_unknown": "her group is not known: the rates of white women were taken.",
    "unknown_is_lowest": "what is not known counts as the lowest risk; hers may be higher.",
    "at_least_one_biopsy": "the number of biopsies is not known: one was counted.",
    "implausible_value": "a count or an age cannot be right; the tool counts it all the same.",
}
"""Of BcratRisk.cautions, in the command line's English."""
