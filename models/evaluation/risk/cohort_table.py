"""A cohort of women as a table, `cohort.csv`: what is known of each, and what became of her.

One row a woman and time; rows of one `woman` stay on one side of every split. An empty cell is
"not known"; `woman`, `age` and `cancer` may not be empty. Columns beside those here are refused,
since a name that is not known here would be ignored in silence.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.domain.risk import Density, PatientFacts, PriorPathology, RaceGroup
from senoscope.models.evaluation.mammogram_sets.set_table import SetRow, read_rows
from senoscope.models.risk.hybrid import RiskCase
from senoscope.models.risk.inputs import MODALITIES

Word = TypeVar("Word")
Number = TypeVar("Number", int, float)
TABLE = "cohort.csv"
NEEDED = ("woman", "age", "cancer")
YES_NO = {"yes": True, "no": False}
RACES = {str(each.value): each for each in RaceGroup}
DENSITIES = {each.value: each for each in Density}
PATHOLOGIES = {each.name.lower(): each for each in PriorPathology}


@dataclass(frozen=True, slots=True)
class Column:
    """`expected` says what a cell holds."""

    name: str
    expected: str


COLUMNS = (
    Column("woman", "her pseudonym"),
    Column("age", "years, 18 to 120"),
    Column("race", "1 to 11 as BCRAT numbers them, see `senoscope risk`"),
    Column("menarche_age", "years, 7 to 25"),
    Column("has_given_birth", "yes or no"),
    Column("first_birth_age", "years, 9 to 60"),
    Column("biopsies", "how many, 0 to 30"),
    Column("atypical_hyperplasia", "yes or no"),
    Column("relatives", "first-degree ones with breast cancer, 0 to 30"),
    Column("prior_pathology", ", ".join(PATHOLOGIES)),
    Column("carries_brca", "yes or no"),
    Column("bmi", "kg/m2, 10 to 80"),
    Column("density", "a, b, c or d"),
    Column("polygenic_sd", "standard deviations, -6 to 6"),
    Column("bcrat_five_year_percent", "percent, 0 to 100"),
    *(Column(name, "probability, 0 to 1") for name in MODALITIES),
    Column("texture_sd", "standard deviations, -10 to 10"),
    Column("image_risk", "probability, 0 to 1"),
    Column("image", "a picture's file in the folder"),
    Column("cancer", "yes or no, within five years"),
)
EXPECTED = {each.name: each.expected for each in COLUMNS}


def read_cohort(folder: Path) -> tuple[RiskCase, ...]:
    """Of `folder`/cohort.csv. DataSetError names the line and the column that are wrong."""
    rows = read_rows(folder / TABLE, NEEDED)
    strange = [name for name in rows[0].cells if name not in EXPECTED]
    if strange:
        raise DataSetError(
            f"{TABLE} has the columns {', '.join(map(repr, strange))[:300]}, which would not be "
            f"looked at; expected some of {', '.join(EXPECTED)}. Rename them, or take them out."
        )
    return tuple(_case(folder, row) for row in rows)


def cohort_text(cases: Sequence[RiskCase]) -> str:
    """What `read_cohort` reads; an image by its name alone."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(EXPECTED)
    for case in cases:
        cells = _cells(case)
        writer.writerow([cells[name] for name in EXPECTED])
    return file.getvalue()


def _case(folder: Path, row: SetRow) -> RiskCase:
    cancer = _word(row, "cancer", YES_NO)
    if cancer is None or not _cell(row, "woman"):
        raise _trouble(row, "cancer" if cancer is None else "woman")
    scores = {name: _number(row, name, (0, 1)) for name in MODALITIES}
    image = _cell(row, "image")
    return RiskCase(
        _cell(row, "woman"),
        _facts(row),
        cancer,
        {name: score for name, score in scores.items() if score is not None},
        _number(row, "texture_sd", (-10, 10)),
        _number(row, "image_risk", (0, 1)),
        _number(row, "bcrat_five_year_percent", (0, 100)),
        row.file_in(folder, image, "image") if image else None,
    )


def _facts(row: SetRow) -> PatientFacts:
    age = _number(row, "age", (18, 120))
    if age is None:
        raise _trouble(row, "age")
    try:
        return PatientFacts(
            age=age,
            race=_word(row, "race", RACES),
            menarche_age=_whole(row, "menarche_age", (7, 25)),
            has_given_birth=_word(row, "has_given_birth", YES_NO),
            first_birth_age=_whole(row, "first_birth_age", (9, 60)),
            biopsies=_whole(row, "biopsies", (0, 30)),
            atypical_hyperplasia=_word(row, "atypical_hyperplasia", YES_NO),
            relatives=_whole(row, "relatives", (0, 30)),
            prior_pathology=_word(row, "prior_pathology", PATHOLOGIES),
            carries_brca=_word(row, "carries_brca", YES_NO),
            bmi=_number(row, "bmi", (10, 80)),
            density=_word(row, "density", DENSITIES),
            polygenic_sd=_number(row, "polygenic_sd", (-6, 6)),
        )
    except SettingsError as error:  # what does not fit together says its columns itself
        raise DataSetError(f"Line {row.line} of {row.table.name}: {error}") from error


def _cell(row: SetRow, column: str) -> str:
    return row.cells.get(column, "")


def _word(row: SetRow, column: str, words: Mapping[str, Word]) -> Word | None:
    said = _cell(row, column).lower()
    if not said:
        return None
    if said not in words:
        raise _trouble(row, column)
    return words[said]


def _number(row: SetRow, column: str, within: tuple[float, float]) -> float | None:
    return _parsed(row, column, within, float)


def _whole(row: SetRow, column: str, within: tuple[float, float]) -> int | None:
    return _parsed(row, column, within, int)


def _parsed(
    row: SetRow, column: str, within: tuple[float, float], parse: Callable[[str], Number]
) -> Number | None:
    said = _cell(row, column)
    if not said:
        return None
    try:
        value = parse(said)
    except ValueError as error:
        raise _trouble(row, column) from error
    # Also false for nan.
    if not within[0] <= value <= within[1]:
        raise _trouble(row, column)
    return value


def _trouble(row: SetRow, column: str) -> DataSetError:
    said = _cell(row, column)
    empty = ", or nothing where it is not known" if column not in NEEDED else ""
    return DataSetError(
        f"Line {row.line} of {row.table.name} says {said[:100]!r} under {column!r}; expected "
        f"{EXPECTED[column]}{empty}. Correct it."
    )


def _cells(case: RiskCase) -> dict[str, str]:
    facts = case.facts
    pathology = facts.prior_pathology
    cells = {
        "woman": case.woman,
        "race": "" if facts.race is None else str(facts.race.value),
        "has_given_birth": _yes_no(facts.has_given_birth),
        "atypical_hyperplasia": _yes_no(facts.atypical_hyperplasia),
        "prior_pathology": "" if pathology is None else pathology.name.lower(),
        "carries_brca": _yes_no(facts.carries_brca),
        "density": "" if facts.density is None else facts.density.value,
        "image": "" if case.image is None else case.image.name,
        "cancer": _yes_no(case.cancer),
    }
    numbers: dict[str, float | None] = {
        "age": facts.age,
        "menarche_age": facts.menarche_age,
        "first_birth_age": facts.first_birth_age,
        "biopsies": facts.biopsies,
        "relatives": facts.relatives,
        "bmi": facts.bmi,
        "polygenic_sd": facts.polygenic_sd,
        "bcrat_five_year_percent": case.bcrat_five_year_percent,
        "texture_sd": case.texture_sd,
        "image_risk": case.image_risk,
        **{name: case.image_scores.get(name) for name in MODALITIES},
    }
    return cells | {name: "" if x is None else f"{x:.6g}" for name, x in numbers.items()}


def _yes_no(said: bool | None) -> str:
    return "" if said is None else "yes" if said else "no"
