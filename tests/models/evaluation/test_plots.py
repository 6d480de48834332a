"""The pictures show the figures, to every reader."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation import plots
from senoscope.models.evaluation.calibration_error import ReliabilityBin
from senoscope.models.evaluation.metrics import Estimate, auc
from senoscope.models.evaluation.plots import reliability_picture, roc_picture, roc_points

LABELS = np.array([0, 0, 1, 1], dtype=bool)
PERFECT = np.array([0.1, 0.2, 0.8, 0.9])
GROUPS = ["a", "b", "c", "c"]
SVG = "{http://www.w3.org/2000/svg}"


def test_roc_points_by_hand() -> None:
    expected = [[0, 0], [0, 0.5], [0, 1], [0.5, 1], [1, 1]]
    np.testing.assert_allclose(roc_points(LABELS, PERFECT), expected)
    swapped = np.array([0.1, 0.8, 0.2, 0.9])
    expected = [[0, 0], [0, 0.5], [0.5, 0.5], [0.5, 1], [1, 1]]
    np.testing.assert_allclose(roc_points(LABELS, swapped), expected)


def test_equal_scores_make_one_slanted_step() -> None:
    np.testing.assert_allclose(roc_points(LABELS, np.ones(4)), [[0, 0], [1, 1]])


def test_the_area_under_the_points_is_the_auc() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        labels = rng.random(60) < 0.4
        scores = np.round(rng.random(60) + 0.3 * labels, 1)
        x, y = roc_points(labels, scores).T
        assert np.trapezoid(y, x) == pytest.approx(auc(labels, scores))


def curves(picture: str) -> list[list[tuple[float, float]]]:
    """What is drawn in colour, back in 0..1."""
    found = []
    for line in ElementTree.fromstring(picture).iter(f"{SVG}polyline"):
        if line.get("stroke") is None:
            continue
        points = [point.split(",") for point in line.attrib["points"].split()]
        found.append(
            [
                ((float(x) - plots.LEFT) / plots.SIDE, 1 - (float(y) - plots.TOP) / plots.SIDE)
                for x, y in points
            ]
        )
    return found


def test_a_curve_is_drawn_where_its_points_are() -> None:
    (curve,) = curves(roc_picture("ROC", LABELS, {"network": PERFECT}, GROUPS))
    np.testing.assert_allclose(curve, [[0, 0], [0, 0.5], [0, 1], [0.5, 1], [1, 1]], atol=1e-3)


def test_a_roc_picture_says_area_interval_and_numbers() -> None:
    scores = {"network": PERFECT, 'size <alone> & "more"': np.array([0.1, 0.8, 0.2, 0.9])}
    picture = roc_picture("A < B", LABELS, scores, GROUPS)
    text = [element.text for element in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert "network: AUC 1.000 (1.000 to 1.000)" in text
    assert any(line and line.startswith('size <alone> & "more": AUC 0.750 (') for line in text)
    assert "A < B" in text
    numbers = "2 positive and 2 negative rows of 3 patients, 95 % intervals by patients"
    assert numbers in text
    assert len(curves(picture)) == 2


def test_a_reliability_picture_shows_each_bin_with_its_interval() -> None:
    bins = [
        ReliabilityBin(0.25, Estimate(0.5, (0.25, 0.75), 20)),
        ReliabilityBin(0.75, Estimate(1.0, (0.8, 1.0), 15)),
    ]
    picture = reliability_picture("Reliability", bins)
    np.testing.assert_allclose(
        curves(picture), [[[0.25, 0.25], [0.25, 0.75]], [[0.75, 0.8], [0.75, 1.0]]], atol=1e-3
    )
    root = ElementTree.fromstring(picture)
    dots = [(float(d.attrib["cx"]), float(d.attrib["cy"])) for d in root.iter(f"{SVG}circle")]
    half = plots.SIDE / 2
    expected = [(plots.LEFT + half / 2, plots.TOP + half), (plots.LEFT + 1.5 * half, plots.TOP)]
    np.testing.assert_allclose(dots, expected)
    assert "35 rows in 2 bins of 15 to 20, 95 % intervals by Wilson" in picture


def test_everything_lies_on_the_picture() -> None:
    scores = {f"network {k}": PERFECT for k in range(4)}
    root = ElementTree.fromstring(roc_picture("ROC", LABELS, scores, GROUPS))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for text in root.iter(f"{SVG}text"):
        assert 0 < float(text.attrib["x"]) < width
        assert 0 < float(text.attrib["y"]) < height - 4


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ground", "ink"), list(zip(plots.GROUNDS, plots.INKS, strict=True)))
def test_curves_and_text_stand_out_on_light_and_dark(ground: str, ink: str) -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast(ink, ground) >= 7
    for colour in plots.COLOURS:
        assert contrast(colour, ground) >= 3


def test_curves_differ_in_more_than_colour() -> None:
    picture = roc_picture("ROC", LABELS, {f"network {k}": PERFECT for k in range(4)}, GROUPS)
    lines = list(ElementTree.fromstring(picture).iter(f"{SVG}line"))
    assert len({line.attrib["stroke-dasharray"] for line in lines}) == 4
    assert len({line.attrib["stroke"] for line in lines}) == 4


def test_a_picture_follows_the_readers_scheme() -> None:
    light, dark = reliability_picture(
        "R", [ReliabilityBin(0.5, Estimate(0.5, (0.4, 0.6), 9))]
    ).split("@media (prefers-color-scheme: dark)")
    assert plots.GROUNDS[0] in light and plots.INKS[0] in light
    assert plots.GROUNDS[1] in dark and plots.INKS[1] in dark


@pytest.mark.parametrize("count", [0, 5])
def test_one_to_four_curves_can_be_told_apart(count: int) -> None:
    with pytest.raises(SettingsError, match=f"{count} curves were given"):
        roc_picture("ROC", LABELS, {str(k): PERFECT for k in range(count)}, GROUPS)


def test_a_picture_of_nothing_is_refused() -> None:
    with pytest.raises(SettingsError, match="No bins were given"):
        reliability_picture("R", [])
    with pytest.raises(DataSetError, match="4 of 4 rows are positive"):
        roc_picture("ROC", np.ones(4, bool), {"network": PERFECT}, GROUPS)
    with pytest.raises(DataSetError, match="Scores have shape"):
        roc_picture("ROC", LABELS, {"network": PERFECT[:3]}, GROUPS)
