"""All models of risk on identical folds: the penalty from inner folds, by patient throughout.

Gaps are filled within each part that is fitted on, never with rows that are judged (Stone, J R
Stat Soc B 1974;36:111; Varma & Simon, BMC Bioinformatics 2006;7:91).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Bools, Floats
from senoscope.models.risk.hybrid import MODELS, RiskCase, table_of
from senoscope.models.risk.penalised import log_loss
from senoscope.models.risk.risk_model import FilledTable

FOLDS, INNER_FOLDS = 5, 3
PENALTIES = (0.1, 1.0, 3.0, 10.0, 30.0, 100.0)
IMPUTATIONS, INNER_IMPUTATIONS = 5, 1
FEWEST = 20
"""Women of whom a value must be known for it to be weighed, and with each outcome."""
Say = Callable[[str], None]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Judged:
    """`log_odds` is (n,) by model, each of women it was not fitted on.

    `names` says what each weighed, `left_out` why a model is not there; `penalties` by model, one
    a fold.
    """

    cases: tuple[RiskCase, ...]
    cancer: Bools
    folds: Ints
    log_odds: Mapping[str, Floats]
    names: Mapping[str, tuple[str, ...]]
    penalties: Mapping[str, tuple[float, ...]]
    left_out: Mapping[str, str]

    @property
    def women(self) -> tuple[str, ...]:
        """(n,) whose row it is."""
        return tuple(case.woman for case in self.cases)


def judged(cases: Sequence[RiskCase], say: Say) -> Judged:
    """By nested cross-validation. DataSetError for too few women with or without a cancer."""
    cancer = np.array([case.cancer for case in cases], np.bool_)
    women = [case.woman for case in cases]
    folds = folds_by_woman(women, cancer, FOLDS, 0)
    used, left_out = usable_models(cases)
    every = _together(used)
    table = table_of(cases, every)
    log_odds = {model: np.full(len(cases), np.nan) for model in used}
    penalties: dict[str, tuple[float, ...]] = {model: () for model in used}
    for fold in range(FOLDS):
        fitted = np.flatnonzero(folds != fold)
        part = [women[row] for row in fitted.tolist()]
        chosen = chosen_penalties(used, every, table[fitted], cancer[fitted], part)
        filled = FilledTable.of(every, table[fitted], cancer[fitted], part, IMPUTATIONS)
        held = folds == fold
        for model, names in used.items():
            found = filled.fitted(names, chosen[model])
            log_odds[model][held] = found.foretold(_columns(table[held], every, names)).log_odds
            penalties[model] += (chosen[model],)
        say(f"fold {fold + 1} of {FOLDS}: {len(fitted)} rows fitted on, {int(held.sum())} judged")
    return Judged(tuple(cases), cancer, folds, log_odds, used, penalties, left_out)


def chosen_penalties(
    used: Mapping[str, tuple[str, ...]],
    every: Sequence[str],
    table: Floats,
    cancer: Bools,
    women: Sequence[Hashable],
) -> dict[str, float]:
    """By model, the penalty of the least log loss over inner folds of (n, every) rows."""
    folds = folds_by_woman(women, cancer, INNER_FOLDS, 1)
    losses = {model: dict.fromkeys(PENALTIES, 0.0) for model in used}
    for fold in range(INNER_FOLDS):
        rows, held = np.flatnonzero(folds != fold), folds == fold
        part = [women[row] for row in rows.tolist()]
        filled = FilledTable.of(every, table[rows], cancer[rows], part, INNER_IMPUTATIONS)
        for model, names in used.items():
            judged_on = _columns(table[held], every, names)
            for penalty in PENALTIES:
                told = filled.fitted(names, penalty).foretold(judged_on).log_odds
                losses[model][penalty] += log_loss(cancer[held], told) * float(held.sum())
    return {model: min(PENALTIES, key=lambda each: of[each]) for model, of in losses.items()}


def usable_models(
    cases: Sequence[RiskCase],
) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """What each model can weigh of a cohort, and why others are left out.

    A value that is known of fewer than FEWEST rows, or the same in all, cannot be weighed.
    """
    every = _together(MODELS)
    table = table_of(cases, every)
    known = (~np.isnan(table)).sum(axis=0) >= FEWEST
    varies = [bool(len(np.unique(column[~np.isnan(column)])) > 1) for column in table.T]
    there = {name for name, a, b in zip(every, known, varies, strict=True) if a and b}
    used, left_out = {}, {}
    for model, names in MODELS.items():
        mine = tuple(name for name in names if name in there)
        if names[0] in there and (len(mine) > 1 or len(names) == 1):
            used[model] = mine
        else:
            lacking = ", ".join(name for name in names if name not in there)
            left_out[model] = f"too little is known of {lacking}"
    return used, left_out


def folds_by_woman(women: Sequence[Hashable], cancer: Bools, folds: int, seed: int) -> Ints:
    """(n,) numbers below `folds`; a woman is in one, and each has its share of cancers.

    The same rows give the same ones. DataSetError for fewer than FEWEST women of either outcome.
    """
    sick = {woman for woman, has in zip(women, cancer, strict=True) if has}
    kinds = [sick, {woman for woman in women if woman not in sick}]
    if min(map(len, kinds)) < FEWEST:
        raise DataSetError(
            f"{len(kinds[0])} women with a cancer and {len(kinds[1])} without were given; expected "
            f"{FEWEST} of each at least. Give a larger cohort."
        )
    random = np.random.default_rng([seed, 50])
    fold_of: dict[Hashable, int] = {}
    for kind in kinds:
        names = sorted(kind, key=str)
        order = random.permutation(len(names))
        fold_of |= {name: int(place) % folds for name, place in zip(names, order, strict=True)}
    return np.array([fold_of[woman] for woman in women], np.int64)


def _together(models: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for names in models.values() for name in names))


def _columns(table: Floats, every: Sequence[str], names: Sequence[str]) -> Floats:
    return table[:, [every.index(name) for name in names]]
