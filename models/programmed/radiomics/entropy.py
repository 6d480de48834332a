"""Shannon's entropy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def entropy(probabilities: NDArray[np.float64]) -> float:
    """-sum of p log2 p, in bits; of any shape, and an absent event adds nothing (IBSI).

    pyradiomics adds 2.2e-16 to p in the logarithm, which shows in the 15th digit.
    """
    present = probabilities[probabilities > 0]
    return float(np.sum(present * -np.log2(present)))
