"""What lies alike in several views of a breast is one finding."""

from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.mammogram import Laterality
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.models.programmed.mammography.cade import ViewCandidates
from senoscope.models.programmed.mammography.hanging import Hanging
from senoscope.models.programmed.mammography.marks import Mark, MarkKind, circle
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark
from senoscope.studies.images.stored_image import StoredImage
from senoscope.studies.modes.mammogram_marks import MarkedView, findings_of
from senoscope.studies.modes.read_view import ReadView, empty_reading
from senoscope.studies.study_reading import StudyFinding
from tests.studies.tomosynthesis import only_image, write_view

NIPPLE_MM = (60.0, 30.0)
FRAMES = (5, 4, 3, 2, 1)
"""The lowest slice is stored last."""
Point = tuple[float, float]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> StoredImage:
    folder = tmp_path_factory.mktemp("view")
    write_view(folder)
    return only_image(folder)


def seen(
    image: StoredImage,
    view: str,
    *marks: Mark | VolumeMark,
    deep: bool = False,
    side: Laterality | None = Laterality.LEFT,
) -> MarkedView:
    about = None, side, view, PixelSpacing(0.1, 0.1)
    found = ViewCandidates((), np.zeros((0, 2), np.float32), NIPPLE_MM, *about)
    hanging = Hanging((900, 900), Edge.LEFT)
    frames = FRAMES if deep else ()
    return MarkedView(ReadView(image, empty_reading(image), hanging, found, frames=frames), marks)


def mark(at_mm: Point, score: float = 0.9, kind: MarkKind = MarkKind.MASS) -> Mark:
    x, y = (10 * each for each in at_mm)
    return Mark(kind, circle((x, y), 20), (x, y), score, {})


def volume_mark(at_mm: Point, score: float = 0.9, kind: MarkKind = MarkKind.MASS) -> VolumeMark:
    flat = mark(at_mm, score, kind)
    return VolumeMark(kind, flat.outline, flat.centre, 2, 1, 3, 2.0, score, {})


def shown(*views: MarkedView) -> tuple[StudyFinding, ...]:
    return findings_of(views)[0]


def test_a_place_in_slices_and_the_same_place_on_the_mammogram_are_one(image: StoredImage) -> None:
    flat = seen(image, "CC", mark((32, 41)))
    deep = seen(image, "CC", volume_mark((30, 40)), deep=True)
    (finding,) = shown(flat, deep)
    assert [each.at.frame for each in finding.outlines] == [1, 3, 4, 2]


def test_of_slices_the_best_comes_first_by_its_stored_number(image: StoredImage) -> None:
    (finding,) = shown(seen(image, "CC", volume_mark((30, 40)), deep=True))
    assert [each.at.frame for each in finding.outlines] == [3, 4, 2]
    assert finding.key.at.frame == 3


def test_another_place_at_the_same_distance_from_the_nipple_is_another_thing(
    image: StoredImage,
) -> None:
    flat = seen(image, "CC", mark((60, 60)))
    deep = seen(image, "CC", volume_mark((30, 30)), deep=True)
    assert len(shown(flat, deep)) == 2


def test_seen_another_way_what_is_as_far_from_the_nipple_may_be_the_same(
    image: StoredImage,
) -> None:
    from_above = seen(image, "CC", volume_mark((30, 30)), deep=True)
    oblique = seen(image, "MLO", volume_mark((60, 60)), deep=True)
    assert len(shown(from_above, oblique)) == 1


def test_one_thing_is_joined_over_four_views_of_a_breast(image: StoredImage) -> None:
    four = (
        seen(image, "CC", mark((30, 30), 0.6)),
        seen(image, "MLO", mark((60, 60), 0.7)),
        seen(image, "CC", volume_mark((31, 30), 0.9), deep=True),
        seen(image, "MLO", volume_mark((60, 61), 0.8), deep=True),
    )
    (finding,) = shown(*four)
    assert (finding.probability, finding.lowest, finding.highest) == (0.9, 0.6, 0.9)
    assert len(finding.outlines) == 1 + 1 + 3 + 3


@pytest.mark.parametrize(
    "other",
    [
        {"side": Laterality.RIGHT},
        {"side": None},
        {"view": "MLO", "at_mm": (60.0, 80.0)},
        {"kind": MarkKind.CALCIFICATIONS},
    ],
)
def test_what_is_of_another_breast_place_or_kind_stays_by_itself(
    image: StoredImage, other: dict[str, object]
) -> None:
    at_mm, kind = other.pop("at_mm", (30.0, 30.0)), other.pop("kind", MarkKind.MASS)
    view, side = other.pop("view", "CC"), other.pop("side", Laterality.LEFT)
    assert isinstance(at_mm, tuple) and isinstance(kind, MarkKind) and isinstance(view, str)
    assert side is None or isinstance(side, Laterality)
    flat = seen(image, view, mark(at_mm, kind=kind), side=side)
    deep = seen(image, "CC", volume_mark((30, 30)), deep=True)
    assert len(shown(flat, deep)) == 2


def test_a_repeated_view_is_joined_with_none_of_the_same_way(image: StoredImage) -> None:
    again = seen(image, "CC", mark((30, 30)))
    assert len(shown(seen(image, "CC", mark((30, 30))), again)) == 2


def test_what_is_below_the_recommended_score_is_no_finding(image: StoredImage) -> None:
    deep = seen(image, "CC", volume_mark((30, 30), 0.01), volume_mark((30, 60), 0.9), deep=True)
    findings, below = findings_of([deep])
    assert [each.number for each in (*findings, *below)] == [1, 2]
    assert [each.probability for each in below] == [0.01]
