"""A logistic model over named values some of which may not be known, each one's part in sight.

Fitted on several imputed tables. Where a value is missing when it is used, its part is 0: what the
known values say of it goes to them, by the joint distribution that was fitted with the weights
(the model of that pattern alone, as Marshall et al., Stat Med 2002;21:3809, and Fletcher Mercaldo
& Blume, Biostatistics 2020;21:236), and all log odds shrink as the mean over what it might be
asks (logistic-normal; Zeger, Liang & Albert, Biometrics 1988;44:1049). So it stays calibrated.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from senoscope.domain.errors import DataSetError
from senoscope.models.risk.incomplete import Moments, imputed
from senoscope.models.risk.penalised import Bools, Floats, fit_penalised, pooled

Z_95 = 1.959963984540054
IMPUTATIONS = 10
_SEED = 27


@dataclass(frozen=True, eq=False)
class Foretold:
    """Of n women: `base` (n,) and `terms` (n, names) make the log odds; `spread` (n,) is theirs.

    `spread` is a standard deviation: of the weights, and of what is not known.
    """

    base: Floats
    terms: Floats
    spread: Floats

    @property
    def log_odds(self) -> Floats:
        """(n,)."""
        return np.asarray(self.base + self.terms.sum(axis=1), np.float64)

    @property
    def probability(self) -> Floats:
        """(n,), 0..1."""
        return np.asarray(0.5 + 0.5 * np.tanh(self.log_odds / 2), np.float64)


@dataclass(frozen=True, eq=False)
class RiskModel:
    """`usual`, `spread`, `low`, `high` are (names,) and standardise what lies in `low` to `high`.

    `weights` is (names + 1,) of standardised values, the last the intercept, `covariance` theirs;
    `joint` is (names, names), the covariance of the standardised values themselves.
    """

    names: tuple[str, ...]
    usual: Floats
    spread: Floats
    low: Floats
    high: Floats
    weights: Floats
    covariance: Floats
    joint: Floats

    def __post_init__(self) -> None:
        size = len(self.names)
        shapes = {
            "usual": (size,),
            "spread": (size,),
            "low": (size,),
            "high": (size,),
            "weights": (size + 1,),
            "covariance": (size + 1, size + 1),
            "joint": (size, size),
        }
        for name, shape in shapes.items():
            value = getattr(self, name)
            if value.shape != shape or not np.isfinite(value).all():
                raise DataSetError(
                    f"A model of {size} values has {name} of shape {value.shape}; expected finite "
                    f"numbers of shape {shape}. Fit it again."
                )

    def foretold(self, table: Floats) -> Foretold:
        """Of (n, names) in the order of `names`, nan where not known."""
        values = self._standardised(table)
        known = ~np.isnan(values)
        moments = Moments(np.zeros(len(self.names)), self.joint)
        filled, of_gaps = moments.given(values)
        each = self.weights[:-1]
        weighed = np.einsum("nmk,m->nk", moments.slopes(known), each) + known * each
        unknown = np.maximum(np.einsum("i,nij,j->n", each, of_gaps, each), 0)
        shrunk = 1 / np.sqrt(1 + math.pi / 8 * unknown)
        design = np.column_stack([filled, np.ones(len(filled))])
        of_weights = np.einsum("ni,ij,nj->n", design, self.covariance, design)
        of_weights += np.einsum("nij,ij->n", of_gaps, self.covariance[:-1, :-1])
        terms = shrunk[:, None] * weighed * np.where(known, values, 0.0)
        return Foretold(self.weights[-1] * shrunk, terms, np.sqrt(unknown + of_weights))

    def is_beyond(self, table: Floats) -> Bools:
        """(n, names): which lie beyond what it was fitted on, and count as its last value."""
        return np.asarray((table < self.low) | (table > self.high), np.bool_)

    def of_unit(self, name: str) -> tuple[float, float]:
        """Log odds ratio of one unit of a value, and its standard error."""
        place = self.names.index(name)
        error = math.sqrt(float(self.covariance[place, place]))
        return float(self.weights[place] / self.spread[place]), error / float(self.spread[place])

    def _standardised(self, table: Floats) -> Floats:
        within = np.clip(table, self.low, self.high)
        return np.asarray((within - self.usual) / self.spread, np.float64)

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        arrays = ("usual", "spread", "low", "high", "weights", "covariance", "joint")
        kept = {name: np.round(getattr(self, name), 6).tolist() for name in arrays}
        return {"names": list(self.names), **kept}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> RiskModel:
        """KeyError, TypeError, ValueError or DataSetError where it is not what `as_json` gives."""
        arrays = ("usual", "spread", "low", "high", "weights", "covariance", "joint")
        read = (np.array(kept[name], np.float64) for name in arrays)
        return cls(tuple(map(str, kept["names"])), *read)


@dataclass(frozen=True, eq=False)
class FilledTable:
    """Rows to fit models on: several tables without gaps, of standardised values.

    Filled together, so that each model of some of `names` is fitted on the same ones.
    """

    names: tuple[str, ...]
    usual: Floats
    spread: Floats
    low: Floats
    high: Floats
    tables: tuple[Floats, ...]
    joint: Floats
    labels: Bools

    @classmethod
    def of(
        cls,
        names: Sequence[str],
        table: Floats,
        labels: Bools,
        women: Sequence[Hashable],
        times: int = IMPUTATIONS,
    ) -> FilledTable:
        """Of (n, names), nan where not known; whole `women` are drawn where gaps are filled.

        DataSetError where nothing at all is known under a name.
        """
        _require_values(names, table)
        usual, spread = np.nanmean(table, axis=0), np.maximum(np.nanstd(table, axis=0), 1e-6)
        values = (table - usual) / spread
        # The outcome is one of the columns: without it, what is filled in would dilute its
        # relation to the rest.
        whole = np.column_stack([values, labels.astype(np.float64)])
        filled = imputed(whole, women, times, np.random.default_rng(_SEED))
        return cls(
            tuple(names),
            usual,
            spread,
            np.nanmin(table, axis=0),
            np.nanmax(table, axis=0),
            tuple(each[:, :-1] for each in filled),
            Moments.of(values).covariance,
            labels,
        )

    def fitted(self, names: Sequence[str], penalty: float) -> RiskModel:
        """Of some of the names; `penalty` per unit of squared weight of a spread.

        DataSetError where an outcome is absent.
        """
        places = [self.names.index(name) for name in names]
        full = np.append(np.full(len(places), penalty), 0.0)
        fits = [
            fit_penalised(np.column_stack([each[:, places], np.ones(len(each))]), self.labels, full)
            for each in self.tables
        ]
        found = pooled(fits)
        return RiskModel(
            tuple(names),
            self.usual[places],
            self.spread[places],
            self.low[places],
            self.high[places],
            found.weights,
            found.covariance,
            self.joint[np.ix_(places, places)],
        )


def _require_values(names: Sequence[str], table: Floats) -> None:
    empty = [name for name, column in zip(names, table.T, strict=True) if np.isnan(column).all()]
    if empty:
        raise DataSetError(
            f"No row has a value of {', '.join(empty)}; expected some of each. Leave them out of "
            "the model, or fill them in."
        )
