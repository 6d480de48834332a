import numpy as np
import pytest

from senoscope.models.programmed.radiomics.entropy import entropy


def test_equal_chances_among_eight_are_three_bits():
    assert entropy(np.full((2, 4), 1 / 8)) == pytest.approx(3)


def test_an_absent_event_adds_nothing_and_a_sure_one_is_zero():
    assert entropy(np.array([0.5, 0.0, 0.25, 0.25])) == pytest.approx(1.5)
    assert entropy(np.array([1.0, 0.0])) == 0
