"""How far a program's words agree with a reader's, and how much of that chance would give.

A reader may give one lesion several words ("angular and indistinct"), the program gives one. It
agrees if its word is ANY of the reader's. That makes agreeing easier by chance as well, so both
coefficients take it into their chance term; where every reader gave one word they are Cohen's
and Gwet's own. Rows that either did not assess are left out beforehand, and counted there.

Kappa falls towards 0, or is not defined, where nearly all lesions get one word, however well the
two agree (Feinstein & Cicchetti, J Clin Epidemiol 1990;43:543). AC1 does not: read both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.metrics import Bools, Estimate, bootstrap

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Figures of n rows with 95 % CI by patients' bootstrap; nan and n = 0 where there are none.

    `share` is the share of rows that agree. `confusion` counts rows by (the reader's words in the
    lexicon's order, the program's word); what did not occur is left out.
    """

    share: Estimate
    kappa: Estimate
    ac1: Estimate
    confusion: Mapping[tuple[tuple[StrEnum, ...], StrEnum], int]


def agreement(
    given: Sequence[Collection[StrEnum]],
    found: Sequence[StrEnum],
    groups: Sequence[Hashable],
    lexicon: type[StrEnum],
) -> Agreement:
    """Of the words a reader gave and the word a program found, one row a lesion.

    `lexicon` has every word that could be said; `groups` names each row's patient. Raises
    DataSetError for rows that do not match, that lack a word, or with a word not in the lexicon.
    """
    words = list(lexicon)
    _require_rows(given, found, groups, words)
    said = np.array([[word in row for word in words] for row in given], dtype=bool)
    said = said.reshape(-1, len(words))
    index = np.array([words.index(word) for word in found], dtype=np.int64)
    rows_said = [tuple(word for word in words if word in row) for row in given]
    return Agreement(
        share=bootstrap(lambda rows: share_agreeing(said[rows], index[rows]), groups),
        kappa=bootstrap(lambda rows: cohen_kappa(said[rows], index[rows]), groups),
        ac1=bootstrap(lambda rows: gwet_ac1(said[rows], index[rows]), groups),
        confusion=Counter(zip(rows_said, found, strict=True)),
    )


def share_agreeing(given: Bools, found: Ints) -> float:
    """Share of rows whose word is among the reader's.

    `given` is (n, words): which the reader gave; `found` is (n,): the program's, as a column.
    """
    return float(given[np.arange(len(found)), found].mean())


def cohen_kappa(given: Bools, found: Ints) -> float:
    """Agreement beyond chance over the most there could be, rows as in `share_agreeing`.

    Cohen, Educ Psychol Meas 1960;20:37: chance is that of the program's word for one lesion being
    among the reader's for any lesion. With several words a row this is his weighted kappa (Psychol
    Bull 1968;70:213) whose weights are 1 where a word is in a set of words and 0 elsewhere.
    nan where chance alone agrees always.
    """
    frequency = np.bincount(found, minlength=given.shape[1]) / len(found)
    return _beyond_chance(share_agreeing(given, found), float(frequency @ given.mean(axis=0)))


def gwet_ac1(given: Bools, found: Ints) -> float:
    """Gwet's AC1 (Br J Math Stat Psychol 2008;61:29), rows as in `share_agreeing`.

    Chance there is that of a row being rated at random, sum(p (1 - p)) / (1 - 1 / words), times
    that of a random word being right, 1 / words; p is a word's mean share of both sides' rows.
    A reader's several words share their row, and make a random one as many times likelier right.
    nan where chance alone agrees always.
    """
    words = given.shape[1]
    several = given.sum(axis=1, keepdims=True)
    reader = (given / several).mean(axis=0)
    propensity = (reader + np.bincount(found, minlength=words) / len(found)) / 2
    at_random = float((propensity * (1 - propensity)).sum()) / (1 - 1 / words)
    chance = at_random * float(several.mean()) / words
    return _beyond_chance(share_agreeing(given, found), chance)


def _beyond_chance(observed: float, chance: float) -> float:
    # A sum of shares is 1 only to the last bits of a float.
    return (observed - chance) / (1 - chance) if chance < 1 - 1e-12 else float("nan")


def _require_rows(
    given: Sequence[Collection[StrEnum]],
    found: Sequence[StrEnum],
    groups: Sequence[Hashable],
    words: list[StrEnum],
) -> None:
    if not len(given) == len(found) == len(groups):
        raise DataSetError(
            f"{len(given)} rows of the reader, {len(found)} of the program and {len(groups)} "
            "patients were given; expected as many of each. Read them from the same lesions."
        )
    for row, (said, word) in enumerate(zip(given, found, strict=True)):
        if not said or not set(words) >= {*said, word}:
            raise DataSetError(
                f"Row {row} has {', '.join(said) or 'no word'} of the reader and {word} of the "
                f"program; expected words of {', '.join(words)}. Leave out what was not assessed."
            )
