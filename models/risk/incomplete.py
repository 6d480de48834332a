"""Tables with gaps: their means and covariance, and values drawn where there is none.

Jointly normal, by expectation and maximisation (Dempster, Laird & Rubin, J R Stat Soc B 1977;39:1),
and imputed with the parameters of a bootstrap sample each time (EMB; Honaker & King, Am J Polit
Sci 2010;54:561). Why this way: with the outcome as one of the columns, normal values given the
outcome are what a logistic model assumes anyway, and numpy is all it takes. Gaps may hang on what
is known (missing at random), not on the missing value itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.risk.penalised import Floats

_ROUNDS = 100
_CLOSE = 1e-4
_ROWS = 4096
"""Looked at together: (rows, columns, columns) numbers are held at once."""
_RIDGE = 1e-6


@dataclass(frozen=True, eq=False)
class Moments:
    """`mean` is (columns,), `covariance` (columns, columns)."""

    mean: Floats
    covariance: Floats

    @classmethod
    def of(cls, table: Floats, start: Moments | None = None) -> Moments:
        """Of (n, columns), nan where nothing is known. DataSetError for a column all unknown.

        From `start`, such as the moments of a like table, it takes fewer rounds.
        """
        known = ~np.isnan(table)
        if not known.any(axis=0).all():
            raise DataSetError(
                f"{int((~known.any(axis=0)).sum())} of {table.shape[1]} columns hold no value at "
                "all; expected some of each. Leave these columns out of the model."
            )
        mean = np.nanmean(table, axis=0)
        if known.all():
            return cls(mean, np.cov(table, rowvar=False, bias=True).reshape(len(mean), -1))
        spread = np.maximum(np.nanvar(table, axis=0), _RIDGE)
        found = start or cls(mean, np.diag(spread))
        for _ in range(_ROUNDS):
            last, found = found, found._improved(table)
            scale = np.sqrt(np.diag(found.covariance)) + _RIDGE
            moved = np.abs(found.covariance - last.covariance) / np.outer(scale, scale)
            if max(moved.max(), np.abs((found.mean - last.mean) / scale).max()) < _CLOSE:
                break
        return found

    def _improved(self, table: Floats) -> Moments:
        total, outer, count = np.zeros_like(self.mean), np.zeros_like(self.covariance), len(table)
        for start in range(0, count, _ROWS):
            filled, spread = self.given(table[start : start + _ROWS])
            total += filled.sum(axis=0)
            outer += filled.T @ filled + spread.sum(axis=0)
        mean = total / count
        return Moments(mean, outer / count - np.outer(mean, mean))

    def given(self, table: Floats) -> tuple[Floats, Floats]:
        """What is expected of (n, columns) given what is known in each row, and its covariance.

        The first is `table` with its gaps filled, the second (n, columns, columns), 0 where known.
        """
        known = ~np.isnan(table)
        off = np.where(known, table - self.mean, 0.0)
        slopes = self.slopes(known)
        filled = np.where(known, table, self.mean + np.einsum("nij,nj->ni", slopes, off))
        gap = (~known).astype(np.float64)
        of_gaps = self.covariance * gap[:, :, None] * gap[:, None, :]
        across = self.covariance * known[:, :, None] * gap[:, None, :]
        return filled, of_gaps - slopes @ across

    def slopes(self, known: NDArray[np.bool_]) -> Floats:
        """(n, columns, columns): of each unknown column (second axis) on the known ones (third)."""
        there = known.astype(np.float64)
        # Rows and columns of what is unknown become those of the identity, so that all n systems
        # have one shape.
        systems = self.covariance * there[:, :, None] * there[:, None, :]
        place = np.arange(known.shape[1])
        systems[:, place, place] += (1 - there) + _RIDGE * (1 + np.diag(self.covariance))
        across = self.covariance * there[:, :, None] * (1 - there)[:, None, :]
        return np.asarray(np.linalg.solve(systems, across).transpose(0, 2, 1), np.float64)


def imputed(
    table: Floats, groups: Sequence[object], times: int, random: np.random.Generator
) -> list[Floats]:
    """`times` tables without gaps, each drawn with the moments of whole groups drawn anew."""
    if not np.isnan(table).any():
        return [table]
    members: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    rows_of = list(members.values())
    start = Moments.of(table)
    tables = []
    for _ in range(times):
        drawn = random.integers(len(rows_of), size=len(rows_of))
        moments = Moments.of(table[np.concatenate([rows_of[each] for each in drawn])], start)
        parts = [
            _drawn(moments, table[first : first + _ROWS], random)
            for first in range(0, len(table), _ROWS)
        ]
        tables.append(np.concatenate(parts))
    return tables


def _drawn(moments: Moments, table: Floats, random: np.random.Generator) -> Floats:
    filled, spread = moments.given(table)
    place = np.arange(table.shape[1])
    spread[:, place, place] += _RIDGE * (1 + np.diag(moments.covariance))
    root = np.linalg.cholesky(spread)
    noise = np.einsum("nij,nj->ni", root, random.standard_normal(table.shape))
    return np.where(np.isnan(table), filled + noise, table)
