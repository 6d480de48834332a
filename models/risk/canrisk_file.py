"""The CanRisk pedigree file, format 4.0, under pseudonyms: no key that was typed gets in."""

from __future__ import annotations

from senoscope.domain.risk import PatientFacts
from senoscope.models.risk.canrisk_pedigree import (
    GENES,
    RECEPTORS,
    Cancer,
    FamilyMember,
    Pedigree,
)

VERSION = "##CanRisk 4.0"
COLUMNS = (
    *("FamID", "Name", "Target", "IndivID", "FathID", "MothID", "Sex", "MZtwin", "Dead", "Age"),
    *("Yob", *Cancer, "Ashkn", *GENES, ":".join(RECEPTORS)),
)
FAMILY = "FAM1"
UNKNOWN, UNTESTED = "0", "0:0"


def canrisk_text(pedigree: Pedigree, facts: PatientFacts | None = None) -> str:
    """Tab-separated lines; `facts` of the target go into the header as far as the format has them.

    Members are P1, P2 ... in the order in which they were given. Years of birth and ages are what
    CanRisk asks for: with them the file is pseudonymous, not anonymous.
    """
    lines = [VERSION, *(_risk_factors(facts) if facts else ()), "##" + "\t".join(COLUMNS)]
    lines.extend("\t".join(_cells(pedigree, who)) for who in pedigree.members)
    return "\n".join(lines) + "\n"


def _risk_factors(facts: PatientFacts) -> list[str]:
    parity = "0" if facts.has_given_birth is False else None
    told = {
        "menarche": facts.menarche_age,
        "parity": parity,
        "first_live_birth": facts.first_birth_age,
        "BMI": None if facts.bmi is None else f"{facts.bmi:.1f}",
        "birads": None if facts.density is None else facts.density.value,
    }
    return [f"##{name}={value}" for name, value in told.items() if value is not None]


def _cells(pedigree: Pedigree, who: FamilyMember) -> tuple[str, ...]:
    places = pedigree.places
    name = f"P{places[who.key]}"
    father, mother = (
        UNKNOWN if parent is None else f"P{places[parent]}" for parent in (who.father, who.mother)
    )
    receptors = {True: "P", False: "N", None: UNKNOWN}
    return (
        *(FAMILY, name, str(int(who.is_target)), name, father, mother, who.sex.value),
        *(who.twin or UNKNOWN, str(int(who.is_dead))),
        *(str(who.age or UNKNOWN), str(who.birth_year or UNKNOWN)),
        *(str(who.cancers.get(each, UNKNOWN)) for each in Cancer),
        str(int(who.is_ashkenazi)),
        *(who.genes[gene].value if gene in who.genes else UNTESTED for gene in GENES),
        ":".join(receptors[who.receptors.get(each)] for each in RECEPTORS),
    )
