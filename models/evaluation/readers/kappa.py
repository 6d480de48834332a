"""How far readers agree beyond chance: Cohen's, weighted and Fleiss' kappa, intervals by patients.

Cohen, Educ Psychol Meas 1960;20:37; weighted, Psychol Bull 1968;70:213, with quadratic weights;
Fleiss, Psychol Bull 1971;76:378. Tables of counts come in stacks, one a resample.
"""

from __future__ import annotations

import numpy as np

from senoscope.models.evaluation.metrics import Estimate, Floats
from senoscope.models.evaluation.readers.areas import Ints
from senoscope.models.evaluation.readers.patient_resamples import interval

_TINY = 1e-12


def kappa_of_two(
    one: Ints, other: Ints, categories: int, patient: Ints, weights: Floats, quadratic: bool
) -> tuple[Estimate, float]:
    """Of (n,) categories 0.. of two readers: kappa, and the share of cases that agree."""
    kinds, patients = categories**2, weights.shape[1]
    place = patient * kinds + one * categories + other
    by_patient = np.bincount(place, minlength=patients * kinds).reshape(patients, kinds)
    tables = (weights @ by_patient).reshape(-1, categories, categories)
    whole = by_patient.sum(axis=0).reshape(1, categories, categories)
    disagree = _disagreement(categories, quadratic)
    value = float(_of_tables(whole, disagree)[0])
    return (
        Estimate(value, interval(_of_tables(tables, disagree)), len(one)),
        float((one == other).mean()),
    )


def fleiss_kappa(
    said: Ints, categories: int, patient: Ints, weights: Floats
) -> tuple[Estimate, float]:
    """Of (readers, n) categories: kappa, and the share of pairs of readers that agree."""
    readers = len(said)
    counts = np.stack([(said == one).sum(axis=0) for one in range(categories)], axis=1)
    agreeing = (counts * (counts - 1)).sum(axis=1) / (readers * (readers - 1))
    columns = np.column_stack([counts / readers, agreeing, np.ones(len(counts))])
    by_patient = [np.bincount(patient, column, weights.shape[1]) for column in columns.T]
    drawn = weights @ np.stack(by_patient, axis=1)
    whole = columns.sum(axis=0)[None, :]
    return (
        Estimate(float(_fleiss(whole)[0]), interval(_fleiss(drawn)), len(counts)),
        float(agreeing.mean()),
    )


def _fleiss(sums: Floats) -> Floats:
    shares = sums[:, :-1] / sums[:, -1:]
    chance = (shares[:, :-1] ** 2).sum(axis=1)
    return _beyond(1 - shares[:, -1], 1 - chance)


def _of_tables(tables: Floats, disagree: Floats) -> Floats:
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    rows, columns = shares.sum(axis=2), shares.sum(axis=1)
    chance = np.einsum("bi,ij,bj->b", rows, disagree, columns)
    return _beyond((shares * disagree).sum(axis=(1, 2)), chance)


def _beyond(observed: Floats, chance: Floats) -> Floats:
    """1 - disagreement over that by chance; nan where chance alone always agrees."""
    ratio = np.divide(observed, chance, out=np.full(chance.shape, np.nan), where=chance > _TINY)
    return np.asarray(1 - ratio, dtype=np.float64)


def _disagreement(categories: int, quadratic: bool) -> Floats:
    gap = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories)))
    power = 2 if quadratic else 0
    weights = np.where(gap > 0, gap.astype(np.float64) ** power, 0.0)
    return np.asarray(weights / max(weights.max(), 1.0), dtype=np.float64)
