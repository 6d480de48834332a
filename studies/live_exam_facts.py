"""A live exam in sentences: where its frames went, and what the operator said of each lesion."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from senoscope.domain.reading import Unsuitable
from senoscope.realtime.exam import ExamSummary
from senoscope.realtime.ledger import DropCause, LedgerSnapshot
from senoscope.studies.quality.study_quality import Fact
from senoscope.studies.results.report_words import said

DROPPED = {
    DropCause.SUPERSEDED: "a newer one came before the AI was free",
    DropCause.UNSUITABLE: "not fit to be read",
    DropCause.AI_OFF: "the AI was starting or off",
    DropCause.AI_LOST: "the AI was lost",
    DropCause.AI_ERROR: "the AI could not read it",
    DropCause.ENDED: "the program ended",
}
SIDES = {"L": "left", "R": "right"}


@dataclass(frozen=True, slots=True)
class OperatorSaid:
    """Of a lesion, while scanning. `side` as ImageLaterality, "" where it was not said.

    `verdict` accepted, rejected or open. `same_as`: it is that older lesion, seen "again" or
    "across"; `diameters_mm` then where it was across. `not_same_as`: it is none of these.
    """

    side: str = ""
    clock: int | None = None
    from_nipple_cm: float | None = None
    note: str = ""
    verdict: str = "open"
    same_as: int | None = None
    seen: str = ""
    not_same_as: tuple[int, ...] = ()
    diameters_mm: tuple[float, float, float] | None = None

    @property
    def in_words(self) -> str:
        """In one sentence, "" where nothing was said; the note as it was written."""
        return "; ".join(_words(self))


def live_facts(
    ended: ExamSummary,
    unsuitable: Mapping[Unsuitable, int],
    said_of: Mapping[int, OperatorSaid],
    filed_under: str | None,
) -> tuple[Fact, ...]:
    """What the report says of the exam. `filed_under`: the number that stands for the pseudonym.

    A note is the operator's own text, and may hold anything.
    """
    books = ended.books
    facts = [
        f"A live exam: {books.captured} frames captured, {books.read} read, {books.duplicates} as "
        f"the one before; not read: {dropped_in_words(books)}."
    ]
    if unsuitable:
        why = _counted({said("en", f"unsuitable_{each}"): n for each, n in unsuitable.items()})
        facts.append(f"Not fit to be read: {why}.")
    if filed_under is not None:
        facts.append(
            f"The exam has no pseudonym that DICOM can hold: it is filed under {filed_under}, a "
            "patient number of its own."
        )
    facts += [
        f"Lesion {number}, as the operator said it: {each.in_words}."
        for number, each in said_of.items()
        if each.in_words
    ]
    return tuple(Fact("note", "came", each) for each in facts)


def dropped_in_words(books: LedgerSnapshot) -> str:
    """How many frames were not read, by cause."""
    return _counted({DROPPED[cause]: count for cause, count in books.dropped.items()})


def _counted(counts: Mapping[str, int]) -> str:
    most_first = sorted(counts.items(), key=lambda each: -each[1])
    return "; ".join(f"{count}: {why}" for why, count in most_first if count) or "none"


def _words(said_of: OperatorSaid) -> Iterator[str]:
    if said_of.side:
        yield SIDES[said_of.side]
    if said_of.clock is not None:
        yield f"{said_of.clock} o'clock"
    if said_of.from_nipple_cm is not None:
        yield f"{said_of.from_nipple_cm:g} cm from the nipple"
    if said_of.verdict != "open":
        yield said_of.verdict
    if said_of.same_as is not None:
        yield f"the same as lesion {said_of.same_as}, seen {said_of.seen}"
    if said_of.diameters_mm is not None:
        yield " x ".join(f"{each:.1f}" for each in said_of.diameters_mm) + " mm"
    if said_of.not_same_as:
        yield "not the same as lesion " + ", ".join(map(str, said_of.not_same_as))
    if said_of.note:
        yield f'"{said_of.note}"'
