"""Do the programmed words of mammography say what is true of masses and calcifications? By word.

Beside each stands the baseline that looks at no picture: always the word that is true most often
of these very regions. A region counts once in each view; intervals are by woman.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from senoscope.domain.lexicon import WORDS, Term
from senoscope.models.evaluation.agreement import Agreement, agreement
from senoscope.models.evaluation.mammography.worded_view import WordedView
from senoscope.models.evaluation.metrics import Estimate, bootstrap
from senoscope.models.programmed.mammography.calcification_words import describe_calcifications
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.mass_words import describe_mass
from senoscope.models.programmed.mammography.parts import find_parts

NAMES = (
    "shape",
    "mammographic_margin",
    "mass_density",
    "calcification_morphology",
    "calcification_distribution",
)


@dataclass(frozen=True, slots=True)
class WordRow:
    """Of one region: what is true, and the word that was said, None where it was not assessed."""

    anatomy: str
    density: str
    name: str
    truth: frozenset[StrEnum]
    word: StrEnum | None


@dataclass(frozen=True, slots=True)
class WordFigures:
    """`right` counts what was not assessed as wrong; `agreed` is of what was assessed.

    `baseline` says `always` of all of them, `baseline_of_assessed` of what was assessed.
    """

    right: Estimate
    agreed: Agreement
    always: str
    baseline: Estimate
    baseline_of_assessed: Estimate
    not_assessed: int


@dataclass(eq=False)
class WordOutcome:
    """All regions described so far."""

    rows: list[WordRow] = field(default_factory=list)


def read_worded_views(views: Iterable[WordedView], say: Callable[[str], None]) -> WordOutcome:
    """Each view described, one at a time, since their pictures are large."""
    outcome = WordOutcome()
    for each in views:
        parts = find_parts(each.view)
        for region in each.regions:
            terms: Mapping[str, Term[Any]]
            if region.kind is MarkKind.MASS:
                mass = describe_mass(each.view, parts, region.contour)
                terms = dict(zip(NAMES, (mass.shape, mass.margin, mass.density), strict=False))
            else:
                found = describe_calcifications(each.view, parts, region.contour)
                terms = dict(zip(NAMES[3:], (found.morphology, found.distribution), strict=True))
            outcome.rows += [
                WordRow(each.anatomy, each.density, name, truth, terms[name].word)
                for name, truth in region.truth.items()
            ]
        say(f"{each.anatomy}, {each.view.view}: {len(each.regions)} regions")
    return outcome


def word_figures(outcome: WordOutcome) -> dict[str, WordFigures]:
    """By the name of the word, as in `domain.lexicon.WORDS`."""
    return {
        name: _figures([row for row in outcome.rows if row.name == name], WORDS[name])
        for name in NAMES
    }


def _figures(rows: list[WordRow], lexicon: type[StrEnum]) -> WordFigures:
    groups = [row.anatomy for row in rows]
    always = max(lexicon, key=lambda word: sum(word in row.truth for row in rows))
    right = np.array([row.word in row.truth for row in rows], dtype=np.float64)
    usual = np.array([always in row.truth for row in rows], dtype=np.float64)
    said = [(row, row.word) for row in rows if row.word is not None]
    with_word = np.array([row.word is not None for row in rows])
    usual_said, groups_said = usual[with_word], [row.anatomy for row, _ in said]
    return WordFigures(
        right=bootstrap(lambda which: float(right[which].mean()), groups),
        agreed=agreement(
            [row.truth for row, _ in said],
            [word for _, word in said],
            groups_said,
            lexicon,
        ),
        always=str(always),
        baseline=bootstrap(lambda which: float(usual[which].mean()), groups),
        baseline_of_assessed=bootstrap(lambda which: float(usual_said[which].mean()), groups_said),
        not_assessed=len(rows) - len(said),
    )
