import numpy as np
import pytest

from senoscope.models.programmed.radiomics.firstorder import firstorder_features


def test_features_of_five_intensities_worked_out_by_hand():
    values = np.array([0.0, 1.0, 2.0, 3.0, 14.0])
    found = firstorder_features(values, np.array([1, 1, 1, 1, 2]), voxel_size=0.5)
    # Deviations from the mean of 4: -4 -3 -2 -1 10. Within the 10th to 90th percentile: 1 2 3.
    assert found == pytest.approx(
        {
            "Energy": 210,
            "TotalEnergy": 105,
            "Entropy": -(0.8 * np.log2(0.8) + 0.2 * np.log2(0.2)),
            "Minimum": 0,
            "10Percentile": 0.4,
            "90Percentile": 9.6,
            "Maximum": 14,
            "Mean": 4,
            "Median": 2,
            "InterquartileRange": 2,
            "Range": 14,
            "MeanAbsoluteDeviation": 4,
            "RobustMeanAbsoluteDeviation": 2 / 3,
            "RootMeanSquared": np.sqrt(42),
            "Skewness": 900 / 5 / 26**1.5,
            "Kurtosis": 10354 / 5 / 26**2,
            "Variance": 26,
            "Uniformity": 0.68,
        }
    )


def test_equal_intensities_have_no_skewness_and_no_kurtosis():
    found = firstorder_features(np.full(4, 9.0), np.ones(4, np.int64), 1.0)
    assert (found["Skewness"], found["Kurtosis"], found["Variance"]) == (0, 0, 0)
    assert (found["Entropy"], found["Uniformity"]) == (0, 1)
