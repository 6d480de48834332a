"""Which mammograms came, and what their headers say against themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from senoscope.studies.images.breast_object import BreastObject
from senoscope.studies.images.mammogram import (
    FOR_PRESENTATION,
    FOR_PROCESSING,
    TOMOSYNTHESIS,
    MammogramHeader,
)
from senoscope.studies.images.series import Series, Study
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.quality.quality_fact import Fact, Saying, facts_of_sayings

STANDARD_VIEWS = (("L", "CC"), ("R", "CC"), ("L", "MLO"), ("R", "MLO"))
SIDE_WORDS = {"L": "left", "R": "right"}
_SYNTHETIC = "Synthetic mammograms"
_KINDS: dict[str, str] = {
    FOR_PRESENTATION: "Mammograms for presentation",
    FOR_PROCESSING: "Mammograms for processing",
    TOMOSYNTHESIS: "Tomosynthesis",
}
_DUE_INTENT: dict[str, str] = {
    FOR_PRESENTATION: "FOR PRESENTATION",
    FOR_PROCESSING: "FOR PROCESSING",
}
"""By SOPClassUID, PS3.3 A.26 and A.27."""
_HALVES_BY_DOWN = {"FL": "R", "HR": "R", "FR": "L", "HL": "L"}
"""The breast of which a medio-lateral oblique view has this direction down its columns."""


def side_of(image: StoredImage) -> str | None:
    """By the first attribute that says a side: "L" or "R"; None: none, or both breasts."""
    side = image.sides[0][1] if image.sides else ""
    return side if side in SIDE_WORDS else None


def facts_of_views(study: Study) -> Iterator[Fact]:
    """Which of the four standard views came, of each kind of mammogram."""
    for kind in (*_KINDS.values(), _SYNTHETIC):
        shown = [each for each in study.images if _kind_of(each) == kind and each.has_pixels]
        if shown:
            yield from _of_views(kind, shown)


def _kind_of(image: StoredImage) -> str | None:
    if image.breast is BreastObject.SYNTHETIC:
        return _SYNTHETIC
    is_view = image.breast in (None, BreastObject.SLICES)
    return _KINDS.get(image.sop_class) if is_view else None


def _of_views(kind: str, images: list[StoredImage]) -> Iterator[Fact]:
    came = Counter(map(_standard_view, images))
    counted = [
        f"{side}{view}" + (f" ({came[side, view]} times)" if came[side, view] > 1 else "")
        for side, view in STANDARD_VIEWS
        if came[side, view]
    ]
    missing = [(side, view) for side, view in STANDARD_VIEWS if not came[side, view]]
    others = came[None]
    more = f" and {others} other" if others else ""
    listed = ", ".join(counted) or "none of the standard views"
    yield Fact("note", "came", f"{kind}: {listed}{more}.")
    sides = {side_of(each) for each in images}
    if len(sides) == 1 and (only := sides.pop()) is not None:
        yield Fact("note", "came", f"{kind}: all are of the {SIDE_WORDS[only]} breast.")
        missing = [each for each in missing if each[0] == only]
    if missing:
        names = ", ".join(side + view for side, view in missing)
        yield Fact("caution", "missing", f"{kind}: {names} did not come.")


def _standard_view(image: StoredImage) -> tuple[str, str] | None:
    said, side = image.mammogram, side_of(image)
    if said is None or side is None or said.view is None or said.modifiers:
        return None
    plain = (side, said.view)
    return plain if plain in STANDARD_VIEWS and not said.has_other_modifier else None


def facts_of_mammograms(series: Series) -> Iterator[Fact]:
    """What the header of each says, against its SOP class and itself."""
    return facts_of_sayings(series, _sayings)


def _sayings(image: StoredImage) -> Iterator[Saying]:
    said = image.mammogram
    if said is None:
        return
    yield from _of_intent(image.sop_class, said)
    yield from _of_view(said)
    if not image.sides:
        yield "caution", "missing", "does not say its side"
    side, turned = side_of(image), oriented_side(said)
    if said.orientation is not None and None not in (side, turned) and side != turned:
        directions = "/".join(said.orientation)
        yield (
            "fault",
            "contradiction",
            f"says {SIDE_WORDS[str(side)]}, and its PatientOrientation ({directions}) is that of "
            f"a {SIDE_WORDS[str(turned)]} one",
        )


def _of_intent(sop_class: str, said: MammogramHeader) -> Iterator[Saying]:
    due = _DUE_INTENT.get(sop_class)
    if due is None:
        return
    if said.intent is None:
        text = f"does not say its PresentationIntentType; by its SOP class it is {due}"
        yield "caution", "missing", text
    elif said.intent != due:
        text = (
            f"says {said.intent} (PresentationIntentType) and is {due} by its SOP class: its grey "
            "values may be of the other kind"
        )
        yield "fault", "contradiction", text
    if due == "FOR PRESENTATION" and not said.has_voi:
        text = "has neither a window nor a VOI table, which an image for presentation must have"
        yield "caution", "missing", text
    if due == "FOR PROCESSING" and said.has_voi:
        text = "has a window or a VOI table, which an image for processing must not have"
        yield "caution", "contradiction", text


def _of_view(said: MammogramHeader) -> Iterator[Saying]:
    if said.view is None:
        text = "does not say its view (ViewCodeSequence, ViewPosition)"
        yield "caution", "missing", text
    elif said.written_view not in (None, said.view):
        text = f"says two views: ViewCodeSequence {said.view}, ViewPosition {said.written_view}"
        yield "fault", "contradiction", text
    modifiers = [*said.modifiers, *(["a modifier not known here"] * said.has_other_modifier)]
    if modifiers:
        name = said.view or "a view that is not said"
        yield "note", "came", f"is no standard view: {name}, {', '.join(modifiers)}"
    if said.is_partial:
        yield "note", "came", "shows a part of the breast only (PartialView)"
    if said.has_implant:
        yield "note", "came", "shows a breast with an implant (BreastImplantPresent)"


def oriented_side(said: MammogramHeader) -> str | None:
    """The side that PatientOrientation implies however the picture is turned or mirrored.

    Only a medio-lateral oblique view lies across the body so that its columns tell: down to foot
    and left in a right breast. None of all others.
    """
    if said.view != "MLO" or said.orientation is None:
        return None
    return _HALVES_BY_DOWN.get(said.orientation[1])
