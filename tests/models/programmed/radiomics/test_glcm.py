import numpy as np
import pytest

from senoscope.models.programmed.radiomics.glcm import cooccurrence, glcm_features
from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs, directions
from tests.models.programmed.radiomics.phantom import LEVELS, MASK


def test_the_example_of_the_pyradiomics_documentation():
    levels = np.array(
        [[1, 2, 5, 2, 3], [3, 2, 1, 3, 1], [1, 3, 5, 5, 2], [1, 1, 1, 1, 2], [1, 2, 4, 3, 5]]
    )
    present, counts = cooccurrence(levels.ravel(), adjoining_pairs(np.ones((5, 5), bool)))
    assert present.tolist() == [1, 2, 3, 4, 5]
    assert counts[directions(2).index((0, 1))].tolist() == [
        [6, 4, 3, 0, 0],
        [4, 0, 2, 1, 3],
        [3, 2, 0, 1, 2],
        [0, 1, 1, 0, 0],
        [0, 3, 2, 0, 2],
    ]


def test_matrices_of_the_first_phantom_slice_are_those_ibsi_printed():
    present, counts = cooccurrence(LEVELS[0].ravel(), adjoining_pairs(MASK[0]))
    assert present.tolist() == [1, 4, 6]
    downwards = counts[directions(2).index((1, 0))]
    assert downwards.tolist() == [[10, 4, 0], [4, 6, 1], [0, 1, 4]]
    assert counts.sum(axis=0).tolist() == [[22, 17, 6], [17, 16, 11], [6, 11, 4]]


def test_features_of_two_pixels_worked_out_by_hand():
    found = glcm_features(np.array([1, 2]), adjoining_pairs(np.ones((1, 2), bool)))
    assert found == pytest.approx(
        {
            "Autocorrelation": 2,
            "JointAverage": 1.5,
            "SumAverage": 3,
            "SumSquares": 0.25,
            "ClusterTendency": 0,
            "ClusterShade": 0,
            "ClusterProminence": 0,
            "Correlation": -1,
            "JointEnergy": 0.5,
            "JointEntropy": 1,
            "MaximumProbability": 0.5,
            "DifferenceAverage": 1,
            "DifferenceVariance": 0,
            "DifferenceEntropy": 0,
            "Contrast": 1,
            "Id": 1 / 2,
            "Idn": 2 / 3,
            "Idm": 1 / 2,
            "Idmn": 4 / 5,
            "InverseVariance": 1,
            "SumEntropy": 0,
            "Imc1": -1,
            "Imc2": np.sqrt(1 - np.exp(-2)),
            "MCC": 1,
        }
    )


def test_features_are_the_mean_over_directions_and_not_over_pairs():
    # Two rows of 1 1 1 over 2 2 2: along rows contrast 0, down and along both diagonals 1.
    levels = np.array([1, 1, 1, 2, 2, 2])
    assert glcm_features(levels, adjoining_pairs(np.ones((2, 3), bool)))["Contrast"] == 0.75


def test_one_grey_level_is_all_alike():
    found = glcm_features(np.ones(4, np.int64), adjoining_pairs(np.ones((2, 2), bool)))
    assert (found["Correlation"], found["MCC"], found["Id"]) == (1, 1, 1)
    assert (found["Imc1"], found["Imc2"], found["Contrast"], found["InverseVariance"]) == (0,) * 4


def test_maximal_correlation_is_the_root_of_the_second_eigenvalue_of_haralicks_q():
    levels = np.array([1, 3, 2, 1, 1, 2, 3, 3, 2, 3, 1, 2])
    pairs = adjoining_pairs(np.ones((1, 12), bool))
    p = cooccurrence(levels, pairs)[1][0] / 22
    margin = p.sum(axis=0)
    q = np.einsum("ik,jk,i,k->ij", p, p, 1 / margin, 1 / margin)
    second = np.sort(np.linalg.eigvals(q).real)[-2]
    assert glcm_features(levels, pairs)["MCC"] == pytest.approx(np.sqrt(second))
