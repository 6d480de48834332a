from __future__ import annotations

import numpy as np
import pytest

from senoscope.domain.lexicon import WORDS, CalcificationMorphology, MassDensity, Shape
from senoscope.domain.spacing import PixelSpacing
from senoscope.models.evaluation.mammography.mammogram_words import (
    NAMES,
    WordOutcome,
    WordRow,
    read_worded_views,
    word_figures,
)
from senoscope.models.evaluation.mammography.worded_view import WordedRegion, WordedView
from senoscope.models.programmed.mammography.marks import MarkKind, circle
from tests.models.programmed.mammography.drawn_breasts import as_view, plain_breast, with_ball


def row(woman: int, truth: Shape, word: Shape | None) -> WordRow:
    return WordRow(f"seed {woman}", "B", "shape", frozenset({truth}), word)


def with_every_word(*rows: WordRow) -> WordOutcome:
    firsts = {name: next(iter(WORDS[name])) for name in NAMES[1:]}
    plain = [WordRow("seed 1", "B", name, frozenset({one}), one) for name, one in firsts.items()]
    return WordOutcome([*rows, *plain])


def test_what_is_not_assessed_is_wrong_but_counted_apart() -> None:
    outcome = with_every_word(
        row(1, Shape.ROUND, Shape.ROUND),
        row(2, Shape.ROUND, None),
        row(3, Shape.IRREGULAR, Shape.ROUND),
        row(4, Shape.IRREGULAR, Shape.IRREGULAR),
        row(5, Shape.ROUND, Shape.ROUND),
    )
    figures = word_figures(outcome)["shape"]
    assert figures.right.value == pytest.approx(0.6) and figures.right.n == 5
    assert figures.agreed.share.value == pytest.approx(0.75) and figures.agreed.share.n == 4
    assert figures.not_assessed == 1
    assert (figures.always, figures.baseline.value) == ("round", pytest.approx(0.6))
    assert figures.baseline_of_assessed.value == pytest.approx(0.5)


def test_a_view_is_described_region_by_region() -> None:
    picture = with_ball(plain_breast(), (220.0, 300.0), 45)
    picture[picture < 0] = 0
    regions = (
        WordedRegion(
            MarkKind.MASS,
            circle((220.0, 300.0), 50),
            {"shape": frozenset({Shape.ROUND}), "mass_density": frozenset({MassDensity.HIGH})},
        ),
        WordedRegion(
            MarkKind.CALCIFICATIONS,
            circle((200.0, 500.0), 40),
            {"calcification_morphology": frozenset({CalcificationMorphology.PUNCTATE})},
        ),
    )
    view = as_view(np.asarray(picture, np.float32), spacing=PixelSpacing(0.1, 0.1))
    said: list[str] = []
    outcome = read_worded_views([WordedView("seed 1", "A", view, regions)], said.append)
    assert [each.name for each in outcome.rows] == [
        "shape",
        "mass_density",
        "calcification_morphology",
    ]
    assert outcome.rows[0].word in {Shape.ROUND, Shape.OVAL}
    assert outcome.rows[2].word is None
    assert said == ["seed 1, CC: 2 regions"]
