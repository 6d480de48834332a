import numpy as np

from senoscope.models.programmed.radiomics.gldm import dependences, gldm_features
from senoscope.models.programmed.radiomics.neighbours import adjoining_pairs
from tests.models.programmed.radiomics.phantom import EXAMPLE, LEVELS, MASK, counted

IBSI_PRINTED = {
    1: "5:2 6:2 7:1 8:6 9:4 10:6 11:5 12:5 13:3 14:2 15:5 16:3 17:3 18:2 21:1",
    3: "1:1",
    4: "2:2 4:2 5:6 6:4 7:2",
    6: "2:1 3:4 4:1 5:1",
}


def test_the_example_of_the_pyradiomics_documentation():
    levels = EXAMPLE.ravel()
    found = dependences(levels, adjoining_pairs(np.ones((5, 5), bool)))
    matrix = np.zeros((5, 4), int)
    np.add.at(matrix, (levels - 1, found - 1), 1)
    assert matrix.tolist() == [
        [0, 1, 2, 1],
        [1, 2, 3, 0],
        [1, 4, 4, 0],
        [1, 2, 0, 0],
        [3, 0, 0, 0],
    ]


def test_dependences_of_the_phantom_are_those_ibsi_printed():
    levels = LEVELS[MASK]
    expected = {
        (level, int(entry.split(":")[0])): int(entry.split(":")[1])
        for level, row in IBSI_PRINTED.items()
        for entry in row.split()
    }
    assert counted(levels, dependences(levels, adjoining_pairs(MASK))) == expected


def test_a_pixel_alone_depends_on_itself_only():
    found = gldm_features(np.array([1, 2, 3]), adjoining_pairs(np.ones((1, 3), bool)))
    assert (found["SmallDependenceEmphasis"], found["DependenceVariance"]) == (1, 0)
