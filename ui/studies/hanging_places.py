"""Where the mammograms of an exam hang, by what their headers say; nothing is ever guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

VIEWS = ("CC", "MLO")
"""Of the two rows, from above."""
SIDES = ("R", "L")
"""The right breast hangs left."""
WHOLE_BREAST = {
    *("implant displaced", "nipple in profile", "infra-mammary fold", "axillary tissue"),
    "anterior compression",
}
"""Modifiers with which a view still shows what the plain one shows, and hangs in its place."""


class Kind(StrEnum):
    """What is told apart of an image; the first is on top of its place, the last hangs nowhere."""

    PLAIN = "plain"
    SYNTHETIC = "synthetic"
    SLICES = "slices"
    OTHER = "projections"


class HangingView(BaseModel):
    """One mammogram or tomosynthesis view; `image` as the page counts them.

    `side` "R" or "L", `view` as of `view_of`; "" where they are not known. `modifiers` are words of
    CID 4015; `has_other_modifier`: one that is not of it. `processing`: made for it. `kind` OTHER:
    tomosynthesis of which no slices can be shown.
    """

    image: int
    side: str = ""
    view: str = ""
    modifiers: tuple[str, ...] = ()
    has_other_modifier: bool = False
    is_partial: bool = False
    has_implant: bool = False
    processing: bool = False
    is_wrapped: bool = False
    kind: Kind = Kind.PLAIN

    @property
    def place(self) -> tuple[str, str] | None:
        """Its side and view among the four, None where it hangs in none of them."""
        is_whole = set(self.modifiers) <= WHOLE_BREAST and not self.has_other_modifier
        if self.kind is Kind.OTHER or not is_whole:
            return None
        if self.side not in SIDES or self.view not in VIEWS:
            return None
        return self.side, self.view

    @property
    def _rank(self) -> tuple[bool, int, bool, int, int]:
        """What is made to be looked at first, 2-D first, then what is plain, then as they came."""
        kind = list(Kind).index(self.kind)
        return self.processing, kind, self.is_partial, len(self.modifiers), self.image


@dataclass(frozen=True, slots=True)
class Tile:
    """One place of the hanging: its views, the first on top. None: it is not in the study."""

    side: str
    view: str
    images: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HangingPlan:
    """`tiles` row by row; two where only one breast came, none where no view has a place.

    `extra` are the images beside them.
    """

    tiles: tuple[Tile, ...]
    extra: tuple[int, ...]


def planned(views: Sequence[HangingView]) -> HangingPlan:
    """Of all mammograms of an exam."""
    placed = {each.image: each.place for each in views}
    sides = [side for side in SIDES if any(at and at[0] == side for at in placed.values())]
    tiles = tuple(
        Tile(
            side,
            view,
            tuple(
                each.image
                for each in sorted(views, key=lambda each: each._rank)
                if each.place == (side, view)
            ),
        )
        for view in VIEWS
        for side in sides
    )
    return HangingPlan(tiles, tuple(image for image, at in placed.items() if at is None))
