"""The same evidence where malignant lesions are rarer or more frequent than in training."""

from __future__ import annotations

import math

from senoscope.domain.errors import SettingsError
from senoscope.domain.reading import OperatingPoint


class PrevalenceShift:
    """Moves probabilities from the share of malignant lesions in training to a site's own.

    Bayes' rule with unchanged likelihoods: the odds are multiplied by the ratio of the prior odds
    (Saerens et al., Neural Computation 2002). Order stays, so an operating point moved along keeps
    every lesion's word. SettingsError for a share that is not between 0 and 1.
    """

    def __init__(self, trained: float, site: float) -> None:
        for name, share in (("trained", trained), ("site", site)):
            if not 0 < share < 1:
                raise SettingsError(
                    f"A {name} prevalence of {share} was given; expected the share of lesions that "
                    "are malignant, between 0 and 1, such as 0.1."
                )
        self._ratio = site / (1 - site) / (trained / (1 - trained))
        self.log_odds = math.log(self._ratio)
        """Added to the log odds of every lesion."""

    def probability(self, given: float) -> float:
        """Of malignancy at the site, 0 to 1, for a probability that holds at training's share."""
        if math.isnan(given) or not 0 <= given <= 1:
            raise SettingsError(f"A probability of {given} was given; expected 0 to 1.")
        return self._ratio * given / (self._ratio * given + (1 - given))

    def operating_point(self, given: OperatingPoint) -> OperatingPoint:
        """The same lesions below and above."""
        return OperatingPoint(self.probability(given.low_below), self.probability(given.high_from))
