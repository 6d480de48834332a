"""What becomes of each attribute: Table E.1-1 of PS3.15, and what is kept beside it.

What neither says is kept only where its kind cannot say who somebody is: numbers, UIDs and dates,
which are replaced, and coded words of the groups that describe a picture. All else goes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from importlib.resources import files

from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.tag import BaseTag

EDITION = "2026c"
"""Of the standard, whose Table E.1-1 `table_e_1_1.csv` holds: the Basic Profile's column."""
DESCRIBING = (0x0008, 0x0018, 0x0020, 0x0028, 0x0040, 0x0054, 0x0062, 0x0066, 0x0070, 0x2050)
"""Groups of which numbers and coded words are kept: identification of the kind, acquisition,
relation, pixels, procedure and content, detectors, segments, surfaces, presentation."""
FUNCTIONAL_GROUPS = 0x5200
PERSONAL = 0x0010
"""Of this group nothing is kept but what is listed."""
NUMBERS = ("US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "DS", "IS", "AT", "OF", "OD", "OL")
DATES = ("DA", "DT", "TM")


class Action(StrEnum):
    """KEEP: as it is, of a sequence the items cleaned. CHARACTERISTIC: KEEP, by an option."""

    KEEP = "keep"
    EMPTY = "empty"
    DUMMY = "dummy"
    REMOVE = "remove"
    REPLACE_UID = "uid"
    CHARACTERISTIC = "characteristic"


_BASIC = {
    "X": Action.REMOVE,
    "Z": Action.EMPTY,
    "X/Z": Action.EMPTY,
    "D": Action.DUMMY,
    "Z/D": Action.DUMMY,
    "X/D": Action.DUMMY,
    "X/Z/D": Action.DUMMY,
    "U": Action.REPLACE_UID,
    "X/Z/U*": Action.KEEP,
}
"""Of two possible actions that which leaves an object valid where the attribute is required."""
_SEQUENCES = {"X/D": Action.REMOVE, "X/Z/D": Action.EMPTY, "D": Action.KEEP}
"""No dummy can be made of these; the items of the last are cleaned."""


@cache
def listed_actions() -> dict[int, Action]:
    """By tag: of the table, then of `other_attributes.csv`, which goes before it."""
    actions = {}
    for row in rows("table_e_1_1.csv"):
        tag, action = int(row["tag"], 16), row["action"]
        is_sequence = dictionary_has_tag(tag) and dictionary_VR(tag) == "SQ"
        of_sequences = _SEQUENCES.get(action) if is_sequence else None
        actions[tag] = of_sequences or _BASIC[action]
    for row in rows("other_attributes.csv"):
        found = tag_for_keyword(row["keyword"])
        assert found is not None, row["keyword"]
        actions[found] = Action(row["action"])
    return actions


def rows(name: str) -> Iterator[dict[str, str]]:
    """Of one of the two data files."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return iter(csv.DictReader(text.splitlines()))


def action_on(tag: BaseTag, vr: str) -> Action:
    """What becomes of an attribute that the file says to be of this VR."""
    if not dictionary_has_tag(tag) or not _is_said(tag, vr):  # private ones are in no dictionary
        return Action.REMOVE
    listed = listed_actions().get(tag)
    if listed is not None and not (vr in DATES and _is_of_time(tag)):
        return listed
    if tag.group not in (*DESCRIBING, FUNCTIONAL_GROUPS):
        return Action.REMOVE
    if vr == "UI":
        return Action.REPLACE_UID
    is_plain = all(each in (*NUMBERS, *DATES, "CS", "SQ") for each in vr.split(" or "))
    return Action.KEEP if is_plain else Action.REMOVE


def basic_action_on(tag: BaseTag) -> Action:
    """On a date or time where the option that moves dates is off."""
    return listed_actions().get(tag, Action.REMOVE)


def _is_of_time(tag: BaseTag) -> bool:
    """Whether the option that moves dates is about it: all but those of the person."""
    return tag.group in DESCRIBING


def _is_said(tag: BaseTag, vr: str) -> bool:
    """Whether the file's VR is one of the dictionary's, such as "US or SS"."""
    known = dictionary_VR(tag)
    return vr == known or vr in known.split(" or ")
