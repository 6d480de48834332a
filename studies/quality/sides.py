"""The side that a mammogram says, against the edge of the picture at which the breast lies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from senoscope.studies.images.mammogram import FOR_PROCESSING, MammogramHeader
from senoscope.studies.images.series import Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.quality.quality_fact import Fact, Saying, Severity, facts_of_sayings
from senoscope.studies.quality.views import SIDE_WORDS, oriented_side, side_of

Edge = Literal["left", "right"]
Verdict = tuple[Severity, str]


@dataclass(frozen=True, slots=True)
class BreastEdge:
    """Where one mammogram's pixels have the breast, of the picture as it is stored.

    `edge`: that of the chest wall; None where it cannot be told. `is_decoded`: False where the
    pixels are damaged or of a form that is not read.
    """

    instance_uid: str
    edge: Edge | None
    is_decoded: bool = True


def facts_of_edges(study: Study, edges: Iterable[BreastEdge]) -> Iterator[Fact]:
    """A fault where header and pixels disagree; nothing where they agree."""
    by_instance = {each.instance_uid: each for each in edges}

    def sayings(image: StoredImage) -> Iterator[Saying]:
        found = by_instance.get(image.instance_uid)
        if found is not None and (verdict := _verdict(image, found)) is not None:
            severity, text = verdict
            yield severity, "contradiction", text

    for series in study.series:
        yield from facts_of_sayings(series, sayings)


def contradicts_side(image: StoredImage, edge: Edge) -> bool:
    """Whether a breast at that edge is a fault, by what the header says of its side."""
    verdict = _verdict(image, BreastEdge(image.instance_uid, edge))
    return verdict is not None and verdict[0] == "fault"


def _verdict(image: StoredImage, found: BreastEdge) -> Verdict | None:
    said, side = image.mammogram, side_of(image)
    if said is None or side is None:
        return None
    if not found.is_decoded:
        return "caution", "has pixels that cannot be decoded, so that its side was not checked"
    if found.edge is None:
        return "note", "does not show at which edge the breast lies, so its side was not checked"
    wall = wall_edge(said)
    is_as_side = found.edge == SIDE_WORDS[side]  # a left breast hangs at the left edge
    if wall is None and not is_as_side:
        return _without_orientation(side, said, found.edge)
    if wall is not None and wall != found.edge:
        return "fault", (
            f"says {SIDE_WORDS[side]}, and by PatientOrientation ({_directions(said)}) the breast "
            f"lies at the {wall} edge, but it lies at the {found.edge} edge, as a {found.edge} one "
            "does: it was flipped, or is of the other side"
        )
    return None if is_as_side else _with_orientation(image, side, said, found.edge)


def _without_orientation(side: str, said: MammogramHeader, edge: Edge) -> Verdict:
    text = _lies_as_other(side, edge)
    if said.is_flipped:
        return "caution", f"{text}; it was flipped (FieldOfViewHorizontalFlip)"
    return "fault", text


def _with_orientation(image: StoredImage, side: str, said: MammogramHeader, edge: Edge) -> Verdict:
    """Of a picture that lies as its PatientOrientation says, and as one of the other side."""
    if _explains(side, said):
        return "note", (
            f"is stored mirrored or turned, as its PatientOrientation ({_directions(said)}) says: "
            f"the breast lies at the {edge} edge"
        )
    # A detector gives both sides alike, and what is for processing may be stored so.
    is_raw = image.sop_class == FOR_PROCESSING and oriented_side(said) is None
    agrees = f"; its PatientOrientation ({_directions(said)}) is that of a {edge} one too"
    return ("caution" if is_raw else "fault"), _lies_as_other(side, edge) + agrees


def _lies_as_other(side: str, edge: Edge) -> str:
    return f"says {SIDE_WORDS[side]}, but the breast lies at the edge of a {edge} one"


def wall_edge(said: MammogramHeader) -> Edge | None:
    """Of the chest wall, by PatientOrientation; None: not said, or above or below."""
    if said.orientation is None:
        return None
    to_the_right = said.orientation[0][0]
    return "left" if to_the_right == "A" else "right" if to_the_right == "P" else None


def _explains(side: str, said: MammogramHeader) -> bool:
    """Whether a picture with the chest wall at the other side's edge says itself why.

    Upright, a left breast is A/R from above and A/F or A/FR from the side. Mirrored it keeps the
    second direction, turned by half from the side it has H. What is P/L or P/F is an upright right
    one, and all that a left one turned or mirrored would say too: that explains nothing.
    """
    down = (said.orientation or ("", ""))[1]
    if (by_turn := oriented_side(said)) is not None:
        return by_turn == side
    return down[:1] == "H" or down == ("R" if side == "L" else "L")


def _directions(said: MammogramHeader) -> str:
    return "/".join(said.orientation or ())
