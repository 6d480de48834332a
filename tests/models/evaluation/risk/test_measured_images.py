from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.calibration.phantoms.risk_images import risk_mammogram
from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.evaluation.risk.measured_images import measured_images, with_measures
from senoscope.models.risk.hybrid import TEXTURES, RiskCase
from senoscope.models.risk.risk_map_network import picture_sum
from tests.models.risk.cohorts import cohort
from tests.models.risk.test_risk_map_network import network


def silent(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[RiskCase, RiskCase]:
    """One woman twice: of a low and a high texture."""
    folder = tmp_path_factory.mktemp("drawn")
    cases = []
    for texture in (-1.5, 1.5):
        case = replace(cohort(30, 1)[0], texture_sd=texture, image_risk=None)
        path = folder / f"{texture}.png"
        cv2.imwrite(str(path), risk_mammogram(case, 12))
        cases.append(replace(case, image=path))
    return cases[0], cases[1]


def test_the_texture_that_was_drawn_is_measured(drawn: tuple[RiskCase, RiskCase]) -> None:
    low, high = with_measures(drawn, measured_images(drawn, silent), None)
    assert set(low.measured) == {"percent_density", *TEXTURES}
    assert high.measured["texture_contrast"] > 1.2 * low.measured["texture_contrast"]
    assert high.measured["texture_correlation"] < low.measured["texture_correlation"]
    assert low.image_risk is None


def test_a_network_fills_in_what_is_not_told(drawn: tuple[RiskCase, RiskCase]) -> None:
    told = (drawn[0], replace(drawn[1], image_risk=0.125))
    images = measured_images(told, silent)
    low, high = with_measures(told, images, network())
    assert low.image_risk == network().score(images[0].texture)
    assert high.image_risk == 0.125


def test_a_picture_that_the_network_learnt_from_is_refused(
    drawn: tuple[RiskCase, RiskCase],
) -> None:
    assert drawn[0].image is not None
    seen = replace(network(), learnt_from=frozenset({picture_sum(drawn[0].image)}))
    with pytest.raises(DataSetError, match="learnt from"):
        with_measures(drawn, measured_images(drawn, silent), seen)


def test_a_picture_that_is_no_mammogram_is_named(tmp_path: Path) -> None:
    path = tmp_path / "black.png"
    cv2.imwrite(str(path), np.zeros((200, 200), np.uint8))
    with pytest.raises(DataSetError, match=r"black\.png"):
        measured_images([replace(cohort(30, 1)[0], image=path)], silent)


def test_rows_without_a_picture_stay_as_they_are() -> None:
    cases = cohort(30, 1)
    assert with_measures(cases, measured_images(cases, silent), None) == cases


def test_a_breast_of_which_nothing_is_known_cannot_be_drawn() -> None:
    with pytest.raises(SettingsError, match="no density or no texture"):
        risk_mammogram(replace(cohort(30, 1)[0], texture_sd=None), 1)
