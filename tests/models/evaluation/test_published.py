from __future__ import annotations

import pytest

from senoscope.models.evaluation.published import PUBLISHED, published_markdown


def test_every_source_says_where_and_on_how_many() -> None:
    for each in PUBLISHED:
        assert each.reference
        assert any(letter.isdigit() for letter in each.tested)
        assert each.auc is not None or each.accuracy is not None


def test_the_note_on_fujioka_is_right_by_its_own_figures() -> None:
    (fujioka,) = (each for each in PUBLISHED if each.source.startswith("Fujioka"))
    assert fujioka.sensitivity is not None
    assert fujioka.accuracy is not None
    right, found = round(fujioka.accuracy * 120), round(fujioka.sensitivity * 72)
    assert (right - found) / 48 == pytest.approx(0.875)
    assert "0.875" in fujioka.note


def test_the_table_says_that_it_is_not_comparable_and_has_the_readers_own() -> None:
    text = published_markdown()
    assert "not comparable" in text
    row = next(line for line in text.splitlines() if line.startswith("| Fujioka"))
    assert "| 0.913 | 0.958 | 0.925 | 0.925 |" in row
    assert "| 0.728 to 0.845 | 0.583 to 0.917 | 0.604 to 0.771 |" in text
    assert "| Han 2017" in text
