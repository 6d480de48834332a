"""The official score of BCS-DBT, by cases that are counted by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import (
    BcsDbtBox,
    BcsDbtLabel,
    BcsDbtPart,
    BcsDbtView,
    read_bcs_dbt,
)
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_score import (
    Prediction,
    is_hit,
    official_figures,
    read_predictions,
    scored,
    with_shuffled_scores,
)
from tests.models.evaluation.mammogram_sets.films import write_table
from tests.models.evaluation.tomosynthesis.bcs_dbt_tables import three_patients

SMALL = BcsDbtBox(20, 500, 600, 40, 60, True, False)
"""Middle at 520, 630."""
LARGE = BcsDbtBox(20, 500, 600, 300, 400, True, False)
"""Half its diagonal is 250, its middle 650, 800."""


def view(name: str, *boxes: BcsDbtBox, patient: str | None = None) -> BcsDbtView:
    label = BcsDbtLabel.CANCER if boxes else BcsDbtLabel.NORMAL
    slices = 40 if boxes else None
    return BcsDbtView(patient or name, name, "lcc", BcsDbtPart.TEST, label, boxes, slices, None)


def point(name: str, x: float, y: float, at: float, score: float) -> Prediction:
    """A box of 10 x 20 pixels and 2 slices with its middle there."""
    return Prediction((name, "lcc"), x - 5, y - 10, 10, 20, at - 1, 2, score)


def value(views: list[BcsDbtView], found: list[Prediction], name: str) -> float:
    return official_figures(scored(views, found))[name].value


@pytest.mark.parametrize(
    ("box", "off_px", "off_slices", "hits"),
    [
        (SMALL, 100, 10, True),
        (SMALL, 100.01, 0, False),
        (SMALL, 0, 10.01, False),
        (SMALL, 0, -10, True),
        (LARGE, 250, 10, True),
        (LARGE, 250.01, 0, False),
    ],
)
def test_a_hit_lies_within_half_the_diagonal_or_100_px_and_a_quarter_of_the_slices(
    box: BcsDbtBox, off_px: float, off_slices: float, hits: bool
) -> None:
    x, y = box.left + box.width / 2, box.top + box.height / 2
    near = point("a", x + off_px, y, box.slice + off_slices, 1)
    assert is_hit(near, box, 40) is hits
    near = point("a", x, y - off_px, box.slice + off_slices, 1)
    assert is_hit(near, box, 40) is hits


def test_a_box_hit_twice_counts_once_and_the_second_hit_is_no_false_positive() -> None:
    views = [view("a", SMALL)]
    found = [point("a", 520, 630, 20, 0.9), point("a", 525, 630, 20, 0.8)]
    (volume,) = scored(views, found)
    assert volume.best.tolist() == [0.9] and volume.hits.tolist() == [0.9, 0.8]
    assert len(volume.false) == 0
    assert value(views, found, "sensitivity_at_1_fps_positive") == 1


def test_a_prediction_counts_for_the_nearest_box_it_hits_in_three_dimensions() -> None:
    beside = BcsDbtBox(26, 540, 600, 40, 60, True, False)
    (volume,) = scored([view("a", SMALL, beside)], [point("a", 541, 630, 20, 0.5)])
    # 21 px from the first; 19 px and 6 slices from the second: 19.9.
    assert volume.best.tolist() == [-np.inf, 0.5]
    (volume,) = scored([view("a", SMALL, beside)], [point("a", 538, 630, 20, 0.5)])
    assert volume.best.tolist() == [0.5, -np.inf]
    # As far from both: the first one.
    same = BcsDbtBox(20, 540, 600, 40, 60, True, False)
    (volume,) = scored([view("a", SMALL, same)], [point("a", 540, 630, 20, 0.5)])
    assert volume.best.tolist() == [0.5, -np.inf]


def test_sensitivity_is_read_at_false_positives_a_volume_and_interpolated() -> None:
    # Two volumes with a box each. By falling score: hit, 3 false, hit, 5 false.
    views = [view("a", SMALL), view("b", SMALL)]
    found = [point("a", 520, 630, 20, 0.9), point("b", 520, 630, 20, 0.5)]
    found += [point("a", 9, 9, 20, score) for score in (0.8, 0.7, 0.6)]
    found += [point("b", 9, 9, 20, score) for score in (0.4, 0.3, 0.2, 0.1, 0.05)]
    # Points: (0, 0), (0, 1/2), (3/2, 1), (4, 1).
    assert value(views, found, "sensitivity_at_1_fps_positive") == pytest.approx(1 / 2 + 1 / 3)
    assert value(views, found, "sensitivity_at_2_fps_positive") == 1
    mean = value(views, found, "mean_sensitivity_positive")
    assert mean == pytest.approx((5 / 6 + 3) / 4)
    # Two more volumes without boxes, one with 2 false positives above all: at 2 a volume of four.
    views += [view("c"), view("d")]
    found += [point("c", 9, 9, 20, 0.95)] * 2
    assert value(views, found, "sensitivity_at_2_fps_all") == 1
    assert value(views, found, "mean_sensitivity_positive") == pytest.approx(mean)


def test_a_tie_of_a_hit_and_false_positives_counts_all_of_them() -> None:
    views = [view("a", SMALL)]
    found = [point("a", 520, 630, 20, 0.5)] + [point("a", 9, 9, 20, 0.5)] * 2
    # (0, 0) to (2, 1): a hit among equals is not taken for the first of them.
    assert value(views, found, "sensitivity_at_1_fps_positive") == pytest.approx(0.5)
    assert value(views, found, "sensitivity_at_2_fps_positive") == 1


def test_nothing_predicted_finds_nothing_and_no_box_is_an_error() -> None:
    views = [view("a", SMALL), view("b")]
    figures = official_figures(scored(views, []))
    assert {figure.value for figure in figures.values()} == {0}
    assert figures["sensitivity_at_2_fps_all"].n == 2
    assert figures["mean_sensitivity_positive"].n == 1
    with pytest.raises(DataSetError, match="None of 1 volumes has a box"):
        official_figures(scored([view("b")], []))


def _counted(views: list[BcsDbtView], found: list[Prediction], rates: list[float]) -> float:
    """The published rule, threshold by threshold, on one box a volume."""
    box_of = {each.key: each.boxes for each in views}
    hit = [any(is_hit(each, box, 40) for box in box_of[each.key]) for each in found]
    scores = [each.score for each in found]
    levels = [max(scores) + 1, *(s for s, h in zip(scores, hit, strict=True) if h), min(scores) - 1]
    positive = {each.key for each in views if each.boxes}
    points = []
    for level in sorted(levels, reverse=True):
        above = [k for k, each in enumerate(found) if each.score >= level]
        above = [k for k in above if found[k].key in positive]
        false = sum(not hit[k] for k in above) / len(positive)
        points.append((false, len({found[k].key for k in above if hit[k]}) / len(positive)))
    return float(np.interp(rates, *zip(*points, strict=True)).mean())


def test_drawn_predictions_score_as_counted_threshold_by_threshold() -> None:
    rng = np.random.default_rng(1)
    views = [view(f"v{k}", *((SMALL,) if k % 3 else ())) for k in range(20)]
    for _ in range(20):
        found = [
            point(f"v{rng.integers(20)}", *rng.choice((520.0, 9.0), 2), 20, rng.integers(8) / 8)
            for _ in range(120)
        ]
        counted = _counted(views, found, [1, 2, 3, 4])
        assert value(views, found, "mean_sensitivity_positive") == pytest.approx(counted)


def test_intervals_draw_patients() -> None:
    views = [view(f"v{k}", SMALL, patient=f"p{k // 2}") for k in range(8)]
    found = [point(f"v{k}", 520, 630, 20, 0.5) for k in range(4)]
    figure = official_figures(scored(views, found))["mean_sensitivity_positive"]
    # Four patients, two with both found: shares of resamples are quarters.
    assert (figure.value, figure.n) == (0.5, 8)
    assert figure.ci == (0, 1)


def test_predictions_are_read_as_teams_hand_them_in(tmp_path: Path) -> None:
    three_patients(tmp_path)
    views = read_bcs_dbt(tmp_path, (BcsDbtPart.TEST,))
    head = "PatientID,StudyUID,View,X,Width,Y,Height,Z,Depth,Score"
    table = write_table(tmp_path / "p.csv", head, "DBT-P3,1.3,lmlo,600,100,700,200,18,4,0.7")
    (found,) = read_predictions(table, views)
    assert found == Prediction(("1.3", "lmlo"), 600, 700, 100, 200, 18, 4, 0.7)
    assert found.centre == (650, 800, 20)
    for line, told in (
        ("DBT-P3,1.4,lmlo,600,100,700,200,18,4,0.7", "a study and a view"),
        ("DBT-P3,1.3,rcc,600,100,700,200,18,4,0.7", "a study and a view"),
        ("DBT-P3,1.3,lmlo,600,-1,700,200,18,4,0.7", "'-1' under 'Width'"),
        ("DBT-P3,1.3,lmlo,600,100,700,200,18,4,nan", "'nan' under 'Score'"),
    ):
        write_table(table, head, line)
        with pytest.raises(DataSetError, match=told):
            read_predictions(table, views)
    write_table(table, head)
    assert read_predictions(table, views) == ()


def test_shuffled_scores_are_the_same_ones_on_the_same_boxes() -> None:
    found = [point("a", k, k, 20, k / 10) for k in range(10)]
    shuffled = with_shuffled_scores(found)
    assert [each.centre for each in shuffled] == [each.centre for each in found]
    assert sorted(each.score for each in shuffled) == [each.score for each in found]
    assert [each.score for each in shuffled] != [each.score for each in found]
