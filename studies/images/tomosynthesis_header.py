"""What functional groups say of tomosynthesis slices: order, heights, spacing, side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pydicom import Dataset

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.studies.files.study_header import items_of, numbers_of, whole_of
from senoscope.studies.images.frame_facts import FRAME_GROUPS
from senoscope.studies.images.series import SAME_DIRECTION
from senoscope.studies.images.stored_image import StoredImage, Vector, normal_of
from senoscope.studies.images.stored_mammogram import spacing_of

NO_HEIGHTS, HEIGHTS_ASSUMED = "no_heights", "heights_assumed"
SAME_PLACE, GAP = "slices_at_one_place", "gap_between_slices"
TWO_SIDES, SPACING_DIFFERS = "two_sides", "spacing_differs"

_NARROWEST_MM, _WIDEST_MM = 0.05, 20.0
"""Between two slices: what is said outside this is no scanner's."""
_TALLEST_MM = 300.0
_GAP = 1.5
"""Times the usual step, beyond which a slice is missing."""
_SAME_SPACING = 0.01
"""Share by which the spacings of two frames may differ and be one."""


@dataclass(frozen=True, slots=True)
class SliceOrder:
    """`places` of the stored frames, from 0, in order of height; `heights_mm` as of the view."""

    places: tuple[int, ...]
    heights_mm: tuple[float, ...] | None
    cautions: tuple[str, ...] = ()


def groups_of_frames(image: StoredImage, header: Dataset) -> tuple[Dataset, ...]:
    """Of each frame, with what all share where it says nothing itself.

    SourceUnavailable where there are groups, but not one for each frame.
    """
    own = items_of(header, FRAME_GROUPS)
    count = whole_of(header, "NumberOfFrames") or 1
    if own and len(own) != count:
        raise SourceUnavailable(
            f"File {image.place} of the study announces {count} frames and says of {len(own)} "
            "where they lie (Per-Frame Functional Groups); expected as many. Export it again from "
            "the scanner."
        )
    shared = items_of(header, "SharedFunctionalGroupsSequence")[:1]
    return tuple(_joined(shared, frame) for frame in own or [Dataset()] * count)


def _joined(shared: Sequence[Dataset], frame: Dataset) -> Dataset:
    joined = Dataset()
    for group in (*shared, frame):  # the frame's own come last, and stay
        joined.update(group)
    return joined


def order_of(groups: Sequence[Dataset]) -> SliceOrder:
    """By where each slice lies along the normal, rising; else as they are stored, or numbered.

    Then heights are assumed from SpacingBetweenSlices or SliceThickness, which is a caution.
    """
    offsets = _offsets_mm(groups)
    if None in offsets:
        return _assumed(groups, offsets)
    known = [each for each in offsets if each is not None]
    places = tuple(sorted(range(len(known)), key=lambda place: (round(known[place], 3), place)))
    steps = [known[b] - known[a] for a, b in pairwise(places)]
    height = known[places[-1]] - known[places[0]]
    if steps and height < _NARROWEST_MM:  # all in one place: nothing was filled in
        return _assumed(groups, [None] * len(groups), SAME_PLACE)
    if steps and min(steps) < _NARROWEST_MM:
        return SliceOrder(places, None, (SAME_PLACE, NO_HEIGHTS))
    if steps and (max(steps) > _WIDEST_MM or height > _TALLEST_MM):
        return SliceOrder(places, None, (NO_HEIGHTS,))
    heights_mm = tuple(round(known[place] - known[places[0]], 4) for place in places)
    has_gap = bool(steps) and max(steps) > _GAP * median(steps)
    return SliceOrder(places, heights_mm, (GAP,) if has_gap else ())


def _offsets_mm(groups: Sequence[Dataset]) -> list[float | None]:
    """Along the normal of the first plane; of a frame that does not say, or is not parallel, None.

    All None where the planes are not parallel.
    """
    normals = [normal_of(_numbers(each, "PlaneOrientation", "ImageOrientation")) for each in groups]
    first = normals[0]
    if first is None:
        return [None] * len(groups)
    return [
        _offset_mm(group, first) if normal is not None and _dot(normal, first) > SAME_DIRECTION
        else None
        for group, normal in zip(groups, normals, strict=True)
    ]  # fmt: skip


def _offset_mm(group: Dataset, normal: Vector) -> float | None:
    position = _numbers(group, "PlanePosition", "ImagePosition")
    return _dot(position, normal) if len(position) == 3 else None


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _numbers(group: Dataset, macro: str, attribute: str) -> tuple[float, ...]:
    for item in items_of(group, f"{macro}Sequence")[:1]:
        return numbers_of(item, f"{attribute}Patient")
    return ()


def _assumed(
    groups: Sequence[Dataset], offsets: Sequence[float | None], *cautions: str
) -> SliceOrder:
    places = _numbered(groups) or tuple(range(len(groups)))
    known = [offset for place in places if (offset := offsets[place]) is not None]
    step_mm = _step_mm(groups)
    # Where some say their place, and it is not in this order, the order is not known.
    is_in_order = known in (sorted(known), sorted(known, reverse=True))
    if step_mm is None or not is_in_order or step_mm * len(places) > _TALLEST_MM:
        return SliceOrder(places, None, (*cautions, NO_HEIGHTS))
    heights_mm = tuple(round(rank * step_mm, 4) for rank in range(len(places)))
    return SliceOrder(places, heights_mm, (*cautions, HEIGHTS_ASSUMED))


def _numbered(groups: Sequence[Dataset]) -> tuple[int, ...] | None:
    """By InStackPositionNumber, where each frame has one of its own."""
    numbers = [
        whole_of(content, "InStackPositionNumber")
        for group in groups
        for content in items_of(group, "FrameContentSequence")[:1]
    ]
    known = [each for each in numbers if each is not None]
    if len(known) != len(groups) or len(set(known)) != len(known):
        return None
    return tuple(sorted(range(len(known)), key=known.__getitem__))


def _step_mm(groups: Sequence[Dataset]) -> float | None:
    """SpacingBetweenSlices, else SliceThickness, where all frames say the same."""
    for keyword in ("SpacingBetweenSlices", "SliceThickness"):
        said = {
            numbers_of(measures, keyword)[:1]
            for group in groups
            for measures in items_of(group, "PixelMeasuresSequence")[:1]
        }
        if len(said) == 1 and len(only := said.pop()) == 1:
            step_mm = abs(only[0])
            if _NARROWEST_MM <= step_mm <= _WIDEST_MM:
                return step_mm
    return None


def slice_spacing(
    groups: Sequence[Dataset], header: Dataset
) -> tuple[PixelSpacing | None, tuple[str, ...]]:
    """As stored, where it is one for all frames; and what is to be known of it."""
    said = [
        numbers_of(measures, "PixelSpacing")
        for group in groups
        for measures in items_of(group, "PixelMeasuresSequence")[:1]
    ]
    if not any(said):
        return spacing_of(header), ()
    first = next(filter(None, said))
    same = all(
        len(each) == len(first) == 2
        and all(abs(a - b) <= _SAME_SPACING * abs(b) for a, b in zip(each, first, strict=True))
        for each in said
    )
    if not same or len(said) != len(groups):
        return None, (SPACING_DIFFERS,)
    try:
        return PixelSpacing(first[0], first[1]), ()
    except SettingsError:  # not plausible: as good as not said
        return None, ()


def slice_side(image: StoredImage) -> tuple[Laterality | None, tuple[str, ...]]:
    """FrameLaterality's, else what else says a side; two sides of frames are none."""
    of_frames = {side for keyword, side in image.sides if keyword == "FrameLaterality"}
    said = {side for _, side in image.sides}
    cautions = (TWO_SIDES,) if len(said) > 1 else ()
    counted = of_frames or {side for _, side in image.sides[:1]}
    side = counted.pop() if len(counted) == 1 else ""
    return (Laterality(side) if side in ("L", "R") else None), cautions
