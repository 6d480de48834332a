"""Of reads with outcomes: each reader's figures, the readers' mean, differences, agreement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from senoscope.domain.reader_log import Said
from senoscope.models.evaluation.comparison import obuchowski
from senoscope.models.evaluation.metrics import Floats
from senoscope.models.evaluation.plots import roc_points
from senoscope.models.evaluation.readers.areas import areas, can_be_computed
from senoscope.models.evaluation.readers.kappa import fleiss_kappa, kappa_of_two
from senoscope.models.evaluation.readers.mrmc import FEWEST_READERS, area_difference, mean_area
from senoscope.models.evaluation.readers.patient_resamples import share
from senoscope.models.evaluation.readers.read_cases import CaseTable
from senoscope.models.evaluation.readers.reader_rows import (
    CATEGORIES,
    Outcomes,
    calls,
    categories,
    order,
    readers_of,
)
from senoscope.models.evaluation.readers.reader_study import (
    AgreementFigure,
    AreaDifference,
    MeanArea,
    PairedDifference,
    ReaderFigures,
)

FEWEST_AGREED_ON = 10
"""Cases that two readers both read: with fewer their kappa says nothing."""
_STRAIGHT = 1e-15
ROLES = (Said.ALONE, Said.WITH_AI)


def reader_figures(
    table: CaseTable, outcomes: Outcomes, weights: Floats
) -> tuple[ReaderFigures, ...]:
    """Of every reader and AI that read a case with an outcome; role by role."""
    made = []
    for said in (*ROLES, Said.AI):
        for by in readers_of(table, said):
            here = outcomes.read_by(table.reads[said, by])
            if len(here.places):
                made.append(_figures(said, by, table, here, weights))
    return tuple(made)


def mean_areas(table: CaseTable, outcomes: Outcomes) -> tuple[MeanArea, ...]:
    """Of each role whose readers, two or more, all read the same cases of both kinds."""
    made = []
    for said in ROLES:
        readers = readers_of(table, said)
        crossed = _crossed(table, outcomes, [(said, by) for by in readers])
        if len(readers) >= FEWEST_READERS and crossed is not None:
            here, scores = crossed
            made.append(mean_area(said, areas(here.labels, scores, here.patient)))
    return tuple(made)


def area_differences(table: CaseTable, outcomes: Outcomes) -> tuple[AreaDifference, ...]:
    """Readers with the AI minus alone; each AI minus the readers alone, and with it."""
    made = []
    both = sorted(set(readers_of(table, Said.ALONE)) & set(readers_of(table, Said.WITH_AI)))
    if len(both) >= FEWEST_READERS:
        keys = [(said, by) for said in (Said.WITH_AI, Said.ALONE) for by in both]
        made += _difference(table, outcomes, keys, len(both), Said.WITH_AI.value, Said.ALONE.value)
    for said in ROLES:
        readers = readers_of(table, said)
        if len(readers) < FEWEST_READERS:
            continue
        for name in readers_of(table, Said.AI):
            keys = [*((said, by) for by in readers), (Said.AI, name)]
            made += _difference(table, outcomes, keys, len(readers), said.value, name)
    return tuple(made)


def paired_differences(table: CaseTable, outcomes: Outcomes) -> tuple[PairedDifference, ...]:
    """Each reader's AUC with the AI minus alone, on the cases that she read both ways."""
    made = []
    for by in sorted(set(readers_of(table, Said.ALONE)) & set(readers_of(table, Said.WITH_AI))):
        with_ai, alone = table.reads[Said.WITH_AI, by], table.reads[Said.ALONE, by]
        here = outcomes.read_by(with_ai, alone)
        if not len(here.places) or not can_be_computed(here.labels, here.patient):
            continue
        one, other = (order(here.reads(each))[1] for each in (with_ai, alone))
        found = obuchowski(here.labels, one, other, here.patient.tolist())
        made.append(PairedDifference(by, found, int(here.labels.sum())))
    return tuple(made)


def agreement_figures(table: CaseTable, weights: Floats) -> tuple[AgreementFigure, ...]:
    """Of all pairs of readers of a role, and of all of them; outcomes are not needed."""
    made: list[AgreementFigure] = []
    for said in ROLES:
        readers = readers_of(table, said)
        for pair in combinations(readers, 2):
            made += _agreement(table, said, pair, weights)
        if len(readers) > 2:
            made += _agreement(table, said, tuple(readers), weights)
    return tuple(made)


def _figures(
    said: Said, by: str, table: CaseTable, here: Outcomes, weights: Floats
) -> ReaderFigures:
    reads = here.reads(table.reads[said, by])
    ordered_by, scores = order(reads)
    called_by, called = calls(reads)
    positive = here.labels
    computed = can_be_computed(positive, here.patient)
    return ReaderFigures(
        by, said, len(positive), len(np.unique(here.patient)), int(positive.sum()),
        ordered_by, called_by,
        areas(positive, scores[None, :], here.patient).estimate(0) if computed else None,
        share(called[positive], here.patient[positive], weights),
        share(~called[~positive], here.patient[~positive], weights),
        _curve(roc_points(positive, scores)) if computed else (),
    )  # fmt: skip


def _curve(points: Floats) -> tuple[tuple[float, float], ...]:
    """Without the points that lie on the line between their neighbours: the same curve."""
    step = np.diff(points, axis=0)
    turns = np.abs(step[:-1, 0] * step[1:, 1] - step[:-1, 1] * step[1:, 0]) > _STRAIGHT
    kept = points[np.concatenate([[True], turns, [True]])]
    return tuple((float(x), float(y)) for x, y in kept)


def _crossed(
    table: CaseTable, outcomes: Outcomes, keys: Sequence[tuple[Said, str]]
) -> tuple[Outcomes, Floats] | None:
    """The cases that all of `keys` read, and (keys, n) scores; None where they are too few."""
    reads = [table.reads[key] for key in keys]
    here = outcomes.read_by(*reads)
    if not keys or not len(here.places) or not can_be_computed(here.labels, here.patient):
        return None
    return here, np.array([order(here.reads(each))[1] for each in reads])


def _difference(
    table: CaseTable,
    outcomes: Outcomes,
    keys: Sequence[tuple[Said, str]],
    readers: int,
    one: str,
    other: str,
) -> list[AreaDifference]:
    crossed = _crossed(table, outcomes, keys)
    if crossed is None:
        return []
    here, scores = crossed
    return [area_difference(one, other, readers, areas(here.labels, scores, here.patient))]


def _agreement(
    table: CaseTable, said: Said, between: tuple[str, ...], weights: Floats
) -> list[AgreementFigure]:
    """Cohen's and weighted kappa of two, Fleiss' of more."""
    every = Outcomes.every(table).read_by(*(table.reads[said, by] for by in between))
    if len(every.places) < FEWEST_AGREED_ON:
        return []
    reads = [every.reads(table.reads[said, by]) for by in between]
    called = [calls(each)[1].astype(np.int64) for each in reads]
    patient = every.patient
    if len(between) > 2:
        found = [("Fleiss", fleiss_kappa(np.array(called), 2, patient, weights))]
    else:
        words = [categories(each) for each in reads]
        found = [
            ("Cohen", kappa_of_two(called[0], called[1], 2, patient, weights, False)),
            ("weighted", kappa_of_two(words[0], words[1], CATEGORIES, patient, weights, True)),
        ]
    return [AgreementFigure(between, said, kind, *each) for kind, each in found]
