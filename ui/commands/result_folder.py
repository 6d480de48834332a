"""Figures kept as JSON beside the documents, and the tables in the documents made from them.

docs/results/rivals/KEY.json     one file a rival: one that a later run lacks stays
docs/results/outlines/KEY.json   one file an outliner
docs/results/kinds.json          by kinds of images, and what the last run outlined with
docs/compare.md, README.md       between the marks of each part
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.kept_figures import json_text
from senoscope.models.evaluation.marked_text import replaced
from senoscope.models.evaluation.rival_document import (
    OUTLINE_PLACES,
    RIVAL_PLACES,
    SHORT,
    outline_parts,
    rival_parts,
)
from senoscope.ui.written import write_text

KINDS = "kinds.json"


def require_places(docs: Path) -> None:
    """Raise SettingsError unless the documents can be written into, before hours are spent."""
    _filled(docs / "compare.md", dict.fromkeys([*RIVAL_PLACES, *OUTLINE_PLACES], ""))
    _filled(docs.parent / "README.md", {SHORT: ""})


def keep_rivals(docs: Path, rivals: Sequence[Mapping[str, Any]], kinds: Mapping[str, Any]) -> None:
    """Write what a run found; files of rivals that it lacked stay as they are."""
    for rival in rivals:
        write_text(docs / "results" / "rivals" / f"{rival['key']}.json", json_text(rival))
    write_text(docs / "results" / KINDS, json_text(kinds))


def keep_outliners(docs: Path, outliners: Sequence[Mapping[str, Any]]) -> None:
    """As `keep_rivals`."""
    for each in outliners:
        write_text(docs / "results" / "outlines" / f"{each['key']}.json", json_text(each))


def write_tables(docs: Path) -> dict[str, str]:
    """Make every table of the documents anew from what is kept; those parts, by place.

    A place for which nothing is kept stays as it is.
    """
    parts = _parts(docs / "results")
    inside = {place: part for place, part in parts.items() if place != SHORT}
    for document, these in (
        (docs / "compare.md", inside),
        (docs.parent / "README.md", {place: parts[place] for place in parts if place == SHORT}),
    ):
        write_text(document, _filled(document, these))
    return parts


def _parts(results: Path) -> dict[str, str]:
    parts: dict[str, str] = {}
    try:
        if (results / KINDS).exists():
            kinds = _read(results / KINDS)
            parts |= rival_parts(_read_all(results / "rivals"), kinds, kinds["outlines"])
        outliners = _read_all(results / "outlines")
        return parts | (outline_parts(outliners) if outliners else {})
    except (KeyError, TypeError, AttributeError) as error:
        raise DataSetError(
            f"{results} keeps figures in another form than this version writes ({error!r}). "
            "Remove it and run `senoscope compare` again."
        ) from error


def write_into_card(folder: Path, part: str, figures: Mapping[str, Any]) -> None:
    """Keep one rival's figures in its package's card, beside those of `senoscope evaluate`."""
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    card.setdefault("metrics", {})[f"compare {part}"] = figures
    write_text(path, json.dumps(card, indent=2, ensure_ascii=False) + "\n")


def _filled(document: Path, parts: Mapping[str, str]) -> str:
    try:
        text = document.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(
            f"{document} cannot be read ({error.strerror}); expected the folder docs/ of a "
            "checkout, with compare.md in it and README.md beside it. Give that folder."
        ) from error
    for place, part in parts.items():
        text = replaced(text, place, part)
    return text


def _read_all(folder: Path) -> list[Any]:
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataSetError(
            f"{path} is no file of kept figures ({error}). Remove it, or take it back from the "
            "repository."
        ) from error
