"""A reader and a network joined after the fact: nobody read with the network, this is calculated.

Two ways: the mean of both ranks, with nothing to fit; and a logistic sum of both normal scores,
whose weights and penalty are found on other patients than those it is judged on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.metrics import SEED, Bools, Estimate, Floats, auc
from senoscope.models.evaluation.readers.areas import Ints, can_be_computed
from senoscope.models.evaluation.readers.drift import normal_scores
from senoscope.models.evaluation.readers.patient_resamples import (
    interval,
    patient_weights,
    resampled_areas,
)
from senoscope.models.evaluation.readers.read_cases import CaseTable
from senoscope.models.evaluation.readers.reader_rows import Outcomes, order, readers_of
from senoscope.models.risk.penalised import fit_penalised

FOLDS, INNER_FOLDS = 5, 4
PENALTIES = (0.1, 1.0, 10.0)
FEWEST_CANCERS = 20


@dataclass(frozen=True, slots=True)
class JoinedAreas:
    """AUC of `reader` ("" for the mean of all) and `network`, and of both joined in two ways.

    The gains are paired, over the reader alone; `fitted_over_network` over the network alone.
    """

    reader: str
    network: str
    alone: Estimate
    of_network: Estimate
    ranks: Estimate
    ranks_gain: Estimate
    fitted: Estimate
    fitted_gain: Estimate
    ranks_over_network: Estimate
    fitted_over_network: Estimate


@dataclass(frozen=True, slots=True)
class JoinedStudy:
    """`pairs` of every reader and network, and `means` of all readers with each network."""

    n: int
    patients: int
    cancers: int
    pairs: tuple[JoinedAreas, ...]
    means: tuple[JoinedAreas, ...]


def joined_study(table: CaseTable, resamples: int = 2000) -> JoinedStudy | None:
    """Of the cases with an outcome that all readers and all networks read; None of too few."""
    readers, networks = readers_of(table, Said.ALONE), readers_of(table, Said.AI)
    keys = [(Said.ALONE, by) for by in readers] + [(Said.AI, by) for by in networks]
    here = Outcomes.known(table).read_by(*(table.reads[key] for key in keys))
    few = not len(here.places) or not can_be_computed(here.labels, here.patient)
    if not readers or not networks or few or int(here.labels.sum()) < FEWEST_CANCERS:
        return None
    alone, of_network = (
        np.array([order(here.reads(table.reads[said, by]))[1] for by in names])
        for said, names in ((Said.ALONE, readers), (Said.AI, networks))
    )
    patient = np.unique(here.patient, return_inverse=True)[1]
    folds = patient_folds(here.labels, patient, FOLDS)
    ranked = np.array([[_ranks(r) + _ranks(n) for r in alone] for n in of_network])
    fitted = np.array(
        [[nested(here.labels, np.stack([r, n], 1), patient, folds) for r in alone]
         for n in of_network]
    )  # fmt: skip
    weights = patient_weights(int(patient.max()) + 1, resamples)

    def drawn(scores: Floats) -> Floats:
        """(scores, 1 + resamples): the AUC of all cases, then of every resample."""
        whole = np.array([[auc(here.labels, row)] for row in scores])
        return np.hstack([whole, resampled_areas(here.labels, scores, patient, weights)])

    readers_drawn, networks_drawn = drawn(alone), drawn(of_network)
    n, pairs, means = len(patient), [], []
    for place, network in enumerate(networks):
        parts = (readers_drawn, drawn(ranked[place]), drawn(fitted[place]))
        by_network = networks_drawn[place]
        pairs += [
            _joined(name, network, n, by_network, *(part[row] for part in parts))
            for row, name in enumerate(readers)
        ]
        means.append(_joined("", network, n, by_network, *(part.mean(axis=0) for part in parts)))
    return JoinedStudy(
        n, int(patient.max()) + 1, int(here.labels.sum()), tuple(pairs), tuple(means)
    )


def patient_folds(labels: Bools, patient: Ints, folds: int) -> Ints:
    """(n,): the fold of each case; patients whole, those with a cancer spread evenly."""
    count = int(patient.max()) + 1
    positive = np.bincount(patient[labels], minlength=count) > 0
    shuffled = np.random.default_rng(SEED).permutation(count)
    ordered = np.concatenate([shuffled[positive[shuffled]], shuffled[~positive[shuffled]]])
    of_patient = np.empty(count, dtype=np.int64)
    of_patient[ordered] = np.arange(count) % folds
    return of_patient[patient]


def nested(labels: Bools, both: Floats, patient: Ints, folds: Ints) -> Floats:
    """(n,) log odds of (n, 2) scores, each case's from a fit without her fold."""
    joined = np.empty(len(labels))
    for fold in np.unique(folds):
        training, held = folds != fold, folds == fold
        penalty = _penalty(labels[training], both[training], patient[training])
        joined[held] = _predicted(labels[training], both[training], both[held], penalty)
    return joined


def _penalty(labels: Bools, both: Floats, patient: Ints) -> float:
    """Of PENALTIES that whose predictions for inner folds order best."""
    numbered = np.unique(patient, return_inverse=True)[1]
    folds = patient_folds(labels, numbered, INNER_FOLDS)
    found = []
    for penalty in PENALTIES:
        joined = np.empty(len(labels))
        for fold in range(INNER_FOLDS):
            rest, held = folds != fold, folds == fold
            joined[held] = _predicted(labels[rest], both[rest], both[held], penalty)
        found.append(auc(labels, joined))
    return PENALTIES[int(np.argmax(found))]


def _predicted(labels: Bools, training: Floats, held: Floats, penalty: float) -> Floats:
    def design(of: Floats) -> Floats:
        columns = [normal_scores(training[:, each], of[:, each]) for each in range(of.shape[1])]
        return np.stack([*columns, np.ones(len(of))], axis=1)

    weights = fit_penalised(design(training), labels, np.array([penalty, penalty, 0.0])).weights
    return np.asarray(design(held) @ weights, dtype=np.float64)


def _ranks(scores: Floats) -> Floats:
    ordered = np.sort(scores)
    both = np.searchsorted(ordered, scores, "left") + np.searchsorted(ordered, scores, "right")
    return np.asarray(both / (2 * len(scores)), dtype=np.float64)


def _joined(
    reader: str,
    network: str,
    n: int,
    of_network: Floats,
    alone: Floats,
    ranks: Floats,
    fitted: Floats,
) -> JoinedAreas:
    def figure(values: Floats) -> Estimate:
        return Estimate(float(values[0]), interval(values[1:]), n)

    return JoinedAreas(
        reader, network, figure(alone), figure(of_network),
        figure(ranks), figure(ranks - alone), figure(fitted), figure(fitted - alone),
        figure(ranks - of_network), figure(fitted - of_network),
    )  # fmt: skip
