"""Where mammograms hang: by what their headers say, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from senoscope.ui.studies.hanging_places import HangingView, Kind, Tile, planned


def view(image: int, side: str = "L", name: str = "CC", **said: Any) -> HangingView:
    return HangingView(image=image, side=side, view=name, **said)


def test_four_views_hang_by_rows_the_right_breast_left() -> None:
    came = [view(0, "L", "MLO"), view(1, "L", "CC"), view(2, "R", "MLO"), view(3, "R", "CC")]
    plan = planned(came)
    assert [(each.side, each.view, each.images) for each in plan.tiles] == [
        ("R", "CC", (3,)), ("L", "CC", (1,)), ("R", "MLO", (2,)), ("L", "MLO", (0,)),
    ]  # fmt: skip
    assert plan.extra == ()


def test_a_missing_view_keeps_its_place_empty() -> None:
    plan = planned([view(0, "R"), view(1, "L"), view(2, "R", "MLO")])
    assert plan.tiles[3] == Tile("L", "MLO", ())


def test_of_one_breast_two_places_are_shown() -> None:
    plan = planned([view(0, "R", "MLO")])
    assert plan.tiles == (Tile("R", "CC", ()), Tile("R", "MLO", (0,)))


@pytest.mark.parametrize(
    "beside",
    [
        view(1, ""),
        view(1, "L", ""),
        view(1, "L", "ML"),
        view(1, "L", "XCCL"),
        view(1, modifiers=("spot compression",)),
        view(1, modifiers=("magnification",)),
        view(1, modifiers=("rolled lateral",)),
        view(1, has_other_modifier=True),
    ],
)
def test_what_is_none_of_the_four_hangs_beside_them(beside: HangingView) -> None:
    plan = planned([view(0), beside])
    assert plan.tiles[0].images == (0,)
    assert plan.extra == (1,)


def test_where_nothing_is_known_nothing_has_a_place() -> None:
    plan = planned([view(0, ""), view(1, "", "")])
    assert (plan.tiles, plan.extra) == ((), (0, 1))


def test_of_several_in_one_place_what_is_made_for_looking_is_on_top() -> None:
    came = [
        view(0, processing=True),
        view(1, modifiers=("implant displaced",)),
        view(2, is_partial=True),
        view(3),
    ]
    assert planned(came).tiles[0].images == (3, 1, 2, 0)


def test_in_one_place_two_dimensions_come_before_three_and_what_is_for_processing_last() -> None:
    came = [
        view(0, kind=Kind.SLICES),
        view(1, processing=True),
        view(2, kind=Kind.SYNTHETIC),
        view(3, is_partial=True),
        view(4),
    ]
    assert planned(came).tiles[0].images == (4, 3, 2, 0, 1)


def test_slices_alone_have_a_place_and_projections_none() -> None:
    plan = planned([view(0, kind=Kind.SLICES), view(1, "R", kind=Kind.OTHER)])
    assert plan.tiles == (Tile("L", "CC", (0,)), Tile("L", "MLO", ()))
    assert plan.extra == (1,)
