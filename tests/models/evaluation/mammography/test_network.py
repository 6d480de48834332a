"""Figures of a network for mammograms over views whose truth is drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.mammogram import Laterality
from senoscope.models.evaluation.mammogram_sets.marked_view import MarkedView, Region, box
from senoscope.models.evaluation.mammography.network import (
    NetworkOutcome,
    network_figures,
    read_by_network,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.mammogram_model import MammogramModel
from tests.models.evaluation.mammogram_sets.films import read_film, write_film
from tests.models.test_mammogram_model import CARD, Scripted


def marked(
    patient: str,
    diagnosis: Diagnosis | None,
    side: Laterality = Laterality.RIGHT,
    image: Path = Path("none"),
    regions: tuple[Region, ...] = (),
) -> MarkedView:
    return MarkedView(f"{patient} {side}", patient, side, "CC", image, diagnosis, regions)


def outcome(patient: str, is_malignant: bool, score: float, **more: float) -> NetworkOutcome:
    diagnosis = Diagnosis.MALIGNANT if is_malignant else Diagnosis.NORMAL
    side = Laterality.RIGHT if is_malignant else Laterality.LEFT
    return NetworkOutcome(
        marked(patient, diagnosis, side), score, more.pop("brightness", 0.5), 0.1, **more
    )


@pytest.fixture
def films(tmp_path: Path) -> tuple[MarkedView, ...]:
    """A right breast with a malignant box at [100, 150] as hung and another at [45, 150], a left
    one, and no picture.
    """
    write_film(tmp_path / "r.png", is_right=True)
    write_film(tmp_path / "l.png")
    region = Region(True, box(239 - 110, 140, 239 - 90, 160))
    other = Region(False, box(239 - 55, 140, 239 - 35, 160))
    return (
        marked("a", Diagnosis.MALIGNANT, image=tmp_path / "r.png", regions=(region, other)),
        marked("a", Diagnosis.NORMAL, Laterality.LEFT, tmp_path / "l.png"),
        marked("b", None, image=tmp_path / "l.png"),
        marked("c", Diagnosis.BENIGN, image=tmp_path / "blank.png"),
    )


def model(peak: tuple[int, int]) -> MammogramModel:
    """Its map is highest at the cell `peak` of 32 x 24, over a view of 320 x 240."""
    saliency = np.zeros((1, 1, 32, 24))
    saliency[0, 0, peak[0], peak[1]] = 1
    engine = Scripted((1, 1, 320, 240), malignant=[0.7], saliency=saliency)
    return MammogramModel(replace(CARD, size=(320, 240)), engine)


def read(path: Path) -> np.ndarray:
    return np.zeros((320, 240), np.float32) if path.stem == "blank" else read_film(path)


def test_a_peak_in_the_region_hits_though_the_picture_is_stored_mirrored(
    films: tuple[MarkedView, ...],
) -> None:
    hit, well, blank = read_by_network(films, model((15, 10)), read)
    assert (hit.malignant, hit.hit, well.trouble) == (pytest.approx(0.7), 1, None)
    assert np.isnan(well.hit) and well.brightness > 0.4
    assert blank.trouble is not None and "no breast" in blank.trouble
    # The box and its reach, of half an ellipse.
    assert hit.chance == pytest.approx(33 * 33 / (np.pi * 168 * 128 / 2), rel=0.25)
    (miss, *_) = read_by_network(films, model((15, 4)), read)
    assert miss.hit == 0


def test_a_breast_has_its_most_suspicious_view_s_score() -> None:
    outcomes = [
        outcome("a", True, 0.9, hit=1.0), outcome("a", True, 0.1, hit=0.0),
        outcome("a", False, 0.5), outcome("b", False, 0.2), outcome("c", True, 0.6),
    ]  # fmt: skip
    figures = network_figures(outcomes)
    assert figures["auc_image"].n == 5 and figures["auc_breast"].n == 4
    assert figures["auc_image"].value == pytest.approx(4 / 6)
    assert figures["auc_breast"].value == 1
    assert figures["baseline_brightness_auc_image"].value == 0.5
    assert (figures["saliency_hit"].value, figures["saliency_hit"].n) == (0.5, 2)
    assert figures["baseline_brightest_hit"].n == 0


def test_what_was_not_read_counts_nowhere() -> None:
    outcomes = [outcome("a", True, 0.9), outcome("b", False, 0.2)]
    with_trouble = [*outcomes, NetworkOutcome(marked("c", Diagnosis.NORMAL), trouble="damaged")]
    assert network_figures(with_trouble)["auc_image"].n == 2


def test_an_interval_is_over_patients_not_views() -> None:
    rng = np.random.default_rng(0)
    rows = [(f"p{k}", k % 2 == 0, float(rng.normal(k % 2 == 0))) for k in range(30)]
    once = network_figures([outcome(*row) for row in rows])["auc_image"]
    often = network_figures([outcome(*row) for row in rows for _ in range(8)])["auc_image"]
    assert often.n == 240
    assert often.ci[1] - often.ci[0] == pytest.approx(once.ci[1] - once.ci[0], rel=0.05)
