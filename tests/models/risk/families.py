"""A family of three generations, simulated: nobody's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from senoscope.models.risk.canrisk_pedigree import (
    Cancer,
    FamilyMember,
    GeneTest,
    Pedigree,
    Sex,
)

THIS_YEAR = 2026
MEMBERS = (
    FamilyMember("Ann", Sex.FEMALE, True, "Bob", "Eve", 45, 1980),
    FamilyMember("Bob", Sex.MALE, False, "Tom", "Sue", 70, 1955, cancers={Cancer.PROSTATE: 66}),
    FamilyMember(
        "Eve",
        Sex.FEMALE,
        age=61,
        birth_year=1957,
        is_dead=True,
        is_ashkenazi=True,
        cancers={Cancer.BREAST: 42, Cancer.OTHER_BREAST: "AU", Cancer.OVARY: 60},
        genes={"BRCA1": GeneTest.SEARCHED_POSITIVE, "HOXB13": GeneTest.TARGETED_NEGATIVE},
        receptors={"ER": False, "HER2": True, "CK56": False},
    ),
    FamilyMember("Tom", Sex.MALE),
    FamilyMember("Sue", Sex.FEMALE, birth_year=1930),
    FamilyMember("Ida", Sex.FEMALE, False, "Bob", "Eve", 41, 1984, twin="1"),
    FamilyMember("Ivy", Sex.FEMALE, False, "Bob", "Eve", 41, 1984, twin="1"),
)


def family(who: str = "", **changes: Any) -> Pedigree:
    """It, with one member changed."""
    members = tuple(replace(each, **changes) if each.key == who else each for each in MEMBERS)
    return Pedigree(members, THIS_YEAR)
