"""A family as the open CanRisk pedigree file has it (format 4.0), checked as its readers check it.

Format and checks: CanRisk, University of Cambridge (canrisk.org; pedigreejs; Carver et al.,
Cancer Epidemiol Biomarkers Prev 2021;30:469). What is computed from it is computed there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from senoscope.domain.errors import SettingsError

GENES = (
    *("BRCA1", "BRCA2", "PALB2", "ATM", "CHEK2", "BARD1", "RAD51D", "RAD51C", "BRIP1", "HOXB13"),
)
RECEPTORS = ("ER", "PR", "HER2", "CK14", "CK56")
LARGEST_FAMILY = 275
MOST_CHILDREN = 20
"""Of the same two parents."""
OLDEST, EARLIEST_BIRTH = 125, 1850
YOUNGEST_PARENT, OLDEST_MOTHER = 10, 70
"""Years between the births of parent and child."""
AGE_UNKNOWN = "AU"
"""Of a cancer: she had it, at an age that nobody knows."""


class Sex(StrEnum):
    """As the file has it."""

    FEMALE = "F"
    MALE = "M"


class GeneTest(StrEnum):
    """What was tested, and what it found."""

    SEARCHED_POSITIVE = "S:P"
    SEARCHED_NEGATIVE = "S:N"
    TARGETED_POSITIVE = "T:P"
    TARGETED_NEGATIVE = "T:N"


class Cancer(StrEnum):
    """By the column of the file."""

    BREAST = "BC1"
    OTHER_BREAST = "BC2"
    OVARY = "OC"
    PROSTATE = "PRO"
    PANCREAS = "PAN"


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """Who she or he is to the others; `key`, `father`, `mother` are names within this family only.

    `age` in years, today or at death. `cancers`: age at diagnosis, or AGE_UNKNOWN. `receptors` of
    the first breast cancer: whether positive. `twin`: the same letter or figure of two identical.
    """

    key: str
    sex: Sex
    is_target: bool = False
    father: str | None = None
    mother: str | None = None
    age: int | None = None
    birth_year: int | None = None
    is_dead: bool = False
    twin: str | None = None
    is_ashkenazi: bool = False
    cancers: Mapping[Cancer, int | str] = field(default_factory=dict)
    genes: Mapping[str, GeneTest] = field(default_factory=dict)
    receptors: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pedigree:
    """One family with one target, connected, without circles. SettingsError says who is wrong.

    Who is told by the place in `members`, from 1: keys may be names.
    """

    members: tuple[FamilyMember, ...]
    this_year: int = field(default_factory=lambda: date.today().year)

    def __post_init__(self) -> None:
        if not 1 <= len(self.members) <= LARGEST_FAMILY:
            raise SettingsError(
                f"A family of {len(self.members)} was given; expected 1 to {LARGEST_FAMILY}. Leave "
                "out the most distant."
            )
        keys = [each.key for each in self.members]
        for place, each in enumerate(self.members, 1):
            if not each.key or keys.count(each.key) > 1:
                refuse(place, "no key, or that of another", "one of its own")
            self._check_life(place, each)
            _check_cancers(place, each)
        for place, each in enumerate(self.members, 1):
            self._check_parents(place, each)
        targets = sum(each.is_target for each in self.members)
        if targets != 1:
            raise SettingsError(
                f"A family with {targets} targets was given; expected one: whose risk is asked."
            )
        self._check_circles()
        self._check_connected()
        self._check_twins()

    @property
    def places(self) -> Mapping[str, int]:
        """Of each key, from 1."""
        return {each.key: place for place, each in enumerate(self.members, 1)}

    def member(self, key: str) -> FamilyMember:
        """Who has that key."""
        return self.members[self.places[key] - 1]

    def _check_life(self, place: int, who: FamilyMember) -> None:
        if who.age is not None and not 1 <= who.age <= OLDEST:
            refuse(place, f"an age of {who.age}", f"1 to {OLDEST} years, or nothing")
        born = who.birth_year
        if born is not None and not EARLIEST_BIRTH <= born <= self.this_year:
            refuse(place, f"a birth in {born}", f"{EARLIEST_BIRTH} to {self.this_year}")
        if who.age is not None and born is not None and born + who.age > self.this_year:
            refuse(place, f"an age of {who.age} and a birth in {born}", "an age reached by now")
        if who.is_target and (who.age is None or born is None or who.is_dead):
            refuse(place, "the target without age or year of birth, or dead", "both, and alive")

    def _check_parents(self, place: int, who: FamilyMember) -> None:
        if (who.father is None) != (who.mother is None):
            refuse(place, "one parent alone", "both, or none: add the other without an age")
        for parent, sex, oldest in (
            (who.father, Sex.MALE, OLDEST),
            (who.mother, Sex.FEMALE, OLDEST_MOTHER),
        ):
            if parent is None:
                continue
            if parent not in self.places:
                refuse(place, "a parent who is not in the family", "one of it")
            found = self.member(parent)
            if found.sex is not sex:
                refuse(place, "a father who is no man, or a mother who is no woman", "the other")
            born, child_born = found.birth_year, who.birth_year
            if born is None or child_born is None:
                continue
            if not YOUNGEST_PARENT <= child_born - born <= oldest:
                refuse(
                    place,
                    f"born {child_born - born} years after a parent",
                    f"{YOUNGEST_PARENT} to {oldest}",
                )
        parents = [(each.father, each.mother) for each in self.members]
        if who.father is not None and parents.count((who.father, who.mother)) > MOST_CHILDREN:
            refuse(place, "one of too many siblings", f"up to {MOST_CHILDREN}")

    def _check_circles(self) -> None:
        """Parents first: who is left when nobody's parents are all done is an own ancestor."""
        left = {each.key: {*_parents(each)} for each in self.members}
        while left:
            done = {key for key, parents in left.items() if not parents & set(left)}
            if not done:
                place = min(self.places[key] for key in left)
                refuse(place, "an ancestor who descends from this one", "no circle")
            left = {key: parents for key, parents in left.items() if key not in done}

    def _check_connected(self) -> None:
        near: dict[str, set[str]] = {each.key: set() for each in self.members}
        for each in self.members:
            for parent in _parents(each):
                near[each.key].add(parent)
                near[parent].add(each.key)
        reached = {next(each.key for each in self.members if each.is_target)}
        edge = set(reached)
        while edge:
            edge = set().union(*(near[key] for key in edge)) - reached
            reached |= edge
        for key in near:
            if key not in reached:
                refuse(self.places[key], "nobody's relative", "one of the target's family")

    def _check_twins(self) -> None:
        twins: dict[str, list[FamilyMember]] = {}
        for each in self.members:
            if each.twin is not None:
                twins.setdefault(each.twin, []).append(each)
        for pair in twins.values():
            alike = {(who.father, who.mother, who.sex, who.birth_year) for who in pair}
            if len(pair) != 2 or len(alike) != 1 or pair[0].father is None:
                place = self.places[pair[0].key]
                refuse(place, "an identical twin", "two of the same parents, sex and year of birth")


def refuse(place: int, given: str, expected: str) -> None:
    """SettingsError about the member at that place, from 1."""
    raise SettingsError(
        f"Member {place} of the family was given with {given}; expected {expected}. Correct it."
    )


def _parents(who: FamilyMember) -> Iterator[str]:
    return (parent for parent in (who.father, who.mother) if parent is not None)


def _check_cancers(place: int, who: FamilyMember) -> None:
    wrong = Cancer.PROSTATE if who.sex is Sex.FEMALE else Cancer.OVARY
    if wrong in who.cancers:
        refuse(place, f"a cancer ({wrong}) of the other sex", "none of it")
    for cancer, age in who.cancers.items():
        if age == AGE_UNKNOWN:
            continue
        if not isinstance(age, int) or not 1 <= age <= (who.age or OLDEST):
            refuse(place, f"{cancer} at another age", f"1 to {who.age or OLDEST}, or {AGE_UNKNOWN}")
    first, second = (who.cancers.get(each) for each in (Cancer.BREAST, Cancer.OTHER_BREAST))
    if second is not None and (
        first is None or (isinstance(first, int) and isinstance(second, int) and second < first)
    ):
        refuse(place, "BC2 before BC1", "the first breast cancer first")
    if who.receptors and first is None:
        refuse(place, "receptors without a breast cancer", "BC1 with them")
    _check_names(place, who.genes, GENES)
    _check_names(place, who.receptors, RECEPTORS)
    if who.twin is not None and who.twin not in (*"123456789", "A"):
        refuse(place, "another mark of a twin", "one of 1 to 9 or A")


def _check_names(place: int, given: Mapping[str, object], known: Sequence[str]) -> None:
    if set(given) - set(known):
        refuse(place, "a test of something else", f"one of {', '.join(known)}")
