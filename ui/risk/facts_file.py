"""A file with facts of one woman, as fields of the form: FHIR, or a CSV of one row.

A CSV has the form's own fields as columns (as "save" writes them, and as a cohort has them), or
those of NCI's programs for BCRAT. What is wrong in it is refused beside its field.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from senoscope.domain.errors import DataSetError
from senoscope.studies.facts.bcrat_table import COLUMNS as BCRAT_COLUMNS
from senoscope.studies.facts.bcrat_table import MISSING
from senoscope.studies.facts.facts_files import fhir_text, is_fhir
from senoscope.studies.facts.fhir_facts import facts_of_fhir
from senoscope.studies.files.table_text import TableText
from senoscope.ui.frames.overlay import Header
from senoscope.ui.risk.field_texts import texts_of
from senoscope.ui.risk.risk_form import FIELDS, filled

LARGEST_FILE = 8 * 2**20
LONGEST_FIELD = 64
UNKNOWN, NULLIPAROUS = "99", "98"
_OF_BCRAT = {
    "race": "race",
    "t1": "age",
    "n_biop": "biopsies",
    "hypplas": "atypical_hyperplasia",
    "agemen": "menarche_age",
    "age1st": "first_birth_age",
    "n_rels": "relatives",
}
"""Fields by BCRAT's columns; T2, to which its risk is computed, is none."""


def fields_of_file(path: Path, today: date) -> Header:
    """`fields` of the form, which of them are `refused`, and `notes` on what was not taken.

    SenoscopeErrors say why it is no such file.
    """
    with path.open("rb") as file:
        start = file.read(64)
    fields, not_taken = _of_fhir(path, today) if is_fhir(start) else _of_table(path)
    notes = [{"note": "not_taken", "said": {"what": ", ".join(not_taken)}}] if not_taken else []
    refused = [each.facts() for each in filled(fields, today).refused]
    return {"fields": fields, "refused": refused, "notes": notes}


def _of_fhir(path: Path, today: date) -> tuple[dict[str, str], list[str]]:
    found = facts_of_fhir(fhir_text(path), today)
    return texts_of(found.facts), list(found.not_taken)


def _of_table(path: Path) -> tuple[dict[str, str], list[str]]:
    table = TableText.read(path, "facts of one woman", LARGEST_FILE)
    rows = [cells for _, cells in table.rows()]
    if len(rows) != 1:
        raise DataSetError(
            f"The file has {len(rows)} rows below its first; expected one, of one woman. Many are "
            "computed by `senoscope risk bcrat --csv FILE`."
        )
    [cells] = rows
    is_bcrat = {name.lower() for name in BCRAT_COLUMNS} <= set(table.head)
    known = set(_OF_BCRAT) if is_bcrat else set(FIELDS)
    if not known & set(table.head):
        raise DataSetError(
            f"The file has none of the columns {', '.join(FIELDS)}, and not those of BCRAT "
            f"({', '.join(BCRAT_COLUMNS)}); expected some. Give column names in its first line."
        )
    fields = _from_bcrat(cells) if is_bcrat else {n: cells[n].strip() for n in known & set(cells)}
    not_taken = [name[:24] for name in table.head if name not in known]
    return {n: text[: LONGEST_FIELD + 1] for n, text in fields.items() if text}, not_taken


def _from_bcrat(cells: Mapping[str, str]) -> dict[str, str]:
    fields = {}
    for column, name in _OF_BCRAT.items():
        text = cells[column].strip()
        is_unknown = text.lower() in MISSING or (name != "race" and _is(text, UNKNOWN))
        fields[name] = "" if is_unknown else text
    if _is(fields["first_birth_age"], NULLIPAROUS):
        fields |= {"has_given_birth": "no", "first_birth_age": ""}
    elif fields["first_birth_age"]:
        fields["has_given_birth"] = "yes"
    for code, word in (("1", "yes"), ("0", "no")):
        if _is(fields["atypical_hyperplasia"], code):
            fields["atypical_hyperplasia"] = word
    return fields


def _is(text: str, code: str) -> bool:
    """Also as R writes a whole number, "99.0"."""
    return text.removesuffix(".0") == code
