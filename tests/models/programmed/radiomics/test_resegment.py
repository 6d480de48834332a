import numpy as np
import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.programmed.radiomics.resegment import within_sigma


def test_pixels_beyond_the_limit_leave_the_region_and_those_on_it_stay():
    # In the mask 0, 0, 0, 4: mean 1, population deviation sqrt(3); 4 is 3 away, 1.73 deviations.
    image = np.array([[0, 0, 90], [0, 4, 90]])
    mask = image < 90
    assert within_sigma(image, mask, 1.8).tolist() == mask.tolist()
    assert within_sigma(image, mask, 1.7).tolist() == [[True, True, False], [True, False, False]]
    on_the_limit = np.array([[0, 2]])  # each 1 deviation from the mean
    assert within_sigma(on_the_limit, np.ones((1, 2), bool), 1.0).all()


def test_the_given_mask_is_left_as_it_was():
    image, mask = np.array([[0, 0, 0, 4]]), np.ones((1, 4), bool)
    within_sigma(image, mask, 1.7)
    assert mask.all()


@pytest.mark.parametrize("sigmas", [0.0, -3.0, float("nan")])
def test_a_limit_that_is_not_positive_is_refused(sigmas):
    with pytest.raises(SettingsError, match="deviations"):
        within_sigma(np.zeros((2, 2)), np.ones((2, 2), bool), sigmas)
