"""Reads a structured report back row by row against templates of PS3.16, written as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import inf

from pydicom import Dataset
from pydicom.sr._concepts_dict import concepts

Concept = tuple[str, str]
"""A code's value and its scheme."""
MANY = inf
ANY: Concept = ("*", "*")
"""Of rows that leave the concept to whoever uses them."""


@dataclass(frozen=True)
class Row:
    """One row: `number` as "1410:5", then what the table says, and the rows below it.

    `values`: a code of that value set, CID or codes. `only`: the row is of that value alone.
    `template`: as the container itself says. `unit`: UCUM. `by_reference`: the item stands
    elsewhere in the tree. `ordered`: the rows below come in this order.
    """

    number: str
    relationship: str
    value_type: str
    concept: Concept | None = None
    least: int = 1
    most: float = 1
    values: int | frozenset[Concept] | None = None
    only: Concept | None = None
    unit: str | None = None
    template: str | None = None
    below: tuple[Row, ...] = ()
    by_reference: bool = False
    ordered: bool = False


def broken_rows(document: Dataset, root: Row) -> list[str]:
    """A line for everything in the document's tree that is not as in the table, and the reverse."""
    return [*_own(document, root), *_below(document, root, document)]


def items_of(document: Dataset) -> Iterator[Dataset]:
    """All content items below the root, each before what is below it."""
    for item in document.get("ContentSequence", ()):
        yield item
        yield from items_of(item)


def concept_of(item: Dataset) -> Concept | None:
    """Of its name; None where it has none."""
    return _code(item, "ConceptNameCodeSequence")


def value_of(item: Dataset) -> Concept | None:
    """Of a CODE."""
    return _code(item, "ConceptCodeSequence")


def template_of(item: Dataset) -> str | None:
    """That a container says it follows."""
    said = item.get("ContentTemplateSequence")
    return said[0].TemplateIdentifier if said else None


def _below(parent: Dataset, row: Row, document: Dataset) -> Iterator[str]:
    counts = dict.fromkeys(row.below, 0)
    last = 0
    for item in parent.get("ContentSequence", ()):
        at = next((n for n, each in enumerate(row.below) if _fits(item, each, document)), None)
        if at is None:
            yield f"below {row.number}: no row for {_said(item)}"
            continue
        found = row.below[at]
        counts[found] += 1
        if row.ordered and at < last:
            yield f"{found.number}: {_said(item)} comes too late"
        last = max(last, at)
        if not found.by_reference:
            yield from _own(item, found)
            yield from _below(item, found, document)
    for each, count in counts.items():
        if not each.least <= count <= each.most:
            yield f"{each.number}: {count} times below {row.number}, not {each.least}..{each.most}"


def _fits(item: Dataset, row: Row, document: Dataset) -> bool:
    if item.RelationshipType != row.relationship:
        return False
    is_reference = "ReferencedContentItemIdentifier" in item
    if is_reference != row.by_reference:
        return False
    if is_reference:
        target = _target(item, document)
        return target is not None and target.ValueType == row.value_type
    return (
        item.ValueType == row.value_type
        and (row.concept == ANY or concept_of(item) == row.concept)
        and (row.only is None or value_of(item) == row.only)
        and (row.template is None or template_of(item) == row.template)
    )


def _own(item: Dataset, row: Row) -> Iterator[str]:
    """What the item itself must hold."""
    if row.value_type == "CONTAINER" and item.get("ContinuityOfContent") is None:
        yield f"{row.number}: a container that says nothing of its continuity"
    if row.value_type == "TEXT" and not item.TextValue:
        yield f"{row.number}: an empty text"
    if row.value_type == "CODE" and row.values is not None:
        value = value_of(item)
        known = group(row.values) if isinstance(row.values, int) else row.values
        if value not in known:
            yield f"{row.number}: {value} is not of the value set"
    if row.value_type == "NUM":
        [measured] = item.MeasuredValueSequence
        unit = measured.MeasurementUnitsCodeSequence[0]
        if unit.CodingSchemeDesignator != "UCUM" or row.unit not in (None, unit.CodeValue):
            yield f"{row.number}: {unit.CodeValue} is not the unit {row.unit}"


def _target(item: Dataset, document: Dataset) -> Dataset | None:
    """What the item points at, by numbers from 1, the root's first; None where nothing is."""
    first, *rest = item.ReferencedContentItemIdentifier
    at = document if first == 1 else None
    for number in rest:
        below = at.get("ContentSequence", ()) if at is not None else ()
        at = below[number - 1] if 1 <= number <= len(below) else None
    return at


@cache
def group(cid: int) -> frozenset[Concept]:
    """The codes of that context group, by pydicom's own copy of PS3.16."""
    return frozenset(
        (value, scheme)
        for scheme, names in concepts.items()
        for codes in names.values()
        for value, (_, cids) in codes.items()
        if cid in cids
    )


def _code(item: Dataset, keyword: str) -> Concept | None:
    sequence = item.get(keyword)
    return (sequence[0].CodeValue, sequence[0].CodingSchemeDesignator) if sequence else None


def _said(item: Dataset) -> str:
    kind = item.get("ValueType", "reference")
    return f"{item.RelationshipType} {kind} {concept_of(item)} = {value_of(item)}"
