"""Probabilities and log odds, in the forms that no value makes overflow."""

from __future__ import annotations

import math

LARGEST = 1 - 1e-6


def logit(probability: float) -> float:
    """Natural log odds of a probability; 0 and 1 count as 1e-6 from it: within +-14."""
    kept = min(max(probability, 1 - LARGEST), LARGEST)
    return math.log(kept / (1 - kept))


def logistic(log_odds: float) -> float:
    """The probability, 0..1, of natural log odds."""
    return 0.5 + 0.5 * math.tanh(log_odds / 2)
