from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from senoscope.domain.errors import DataSetError
from senoscope.models.evaluation.mammography.froc import Growth
from senoscope.models.evaluation.tomosynthesis.cade_rows import CadeRow, read_rows, row_of
from senoscope.models.evaluation.tomosynthesis.known_view import DeepGrowth, KnownView
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.second_stage import load_second_stage
from senoscope.models.programmed.tomosynthesis.pooling import Pooling
from senoscope.models.programmed.tomosynthesis.second_stage import load_volume_stage
from tests.models.programmed.mammography.drawn_breasts import (
    as_view,
    plain_breast,
    with_ball,
    with_dots,
)
from tests.models.programmed.tomosynthesis.drawn_volumes import (
    BALL,
    BALL_MM,
    BALL_RADIUS_MM,
    DOTS,
    DOTS_MM,
    drawn_view,
)

GROWTHS = (
    Growth(MarkKind.MASS, "round mass", (BALL[0] / 10, BALL[1] / 10), BALL_RADIUS_MM),
    Growth(MarkKind.CALCIFICATIONS, "calcifications", (18.7, 30.1), 3.0),
)


def known(seed: int, view: str) -> KnownView:
    flat = as_view(with_ball(with_dots(plain_breast(), DOTS), BALL, BALL_RADIUS_MM * 10), view)
    deep = tuple(map(DeepGrowth, GROWTHS, (BALL_MM, DOTS_MM)))
    return KnownView(f"seed {seed}", seed, "B", drawn_view(view=view), flat, deep, GROWTHS)


@pytest.fixture(scope="module")
def row() -> CadeRow:
    return row_of(known(7, "CC"), load_volume_stage(), load_second_stage())


def test_both_are_read_against_their_own_truth(row: CadeRow) -> None:
    assert (row.seed, row.view, row.slices) == (7, "CC", 18)
    clusters = [each for each in row.guesses if each[0].kind is MarkKind.CALCIFICATIONS]
    assert clusters[0][0].at_mm == pytest.approx((18.7, 30.1), abs=1)
    assert clusters[0][1] == pytest.approx(DOTS_MM, abs=1)
    assert any(
        np.hypot(*np.subtract(each.at_mm, GROWTHS[0].at_mm)) < 3
        for each in row.flat_guesses
        if each.kind is MarkKind.MASS
    )
    assert set(row.scores) == {*map(str, Pooling), "mammogram"}
    assert row.baseline


def test_what_was_read_is_not_read_again(row: CadeRow, tmp_path: Path) -> None:
    kept = tmp_path / "rows.jsonl"
    asked: list[int] = []
    said: list[str] = []

    def read(given: KnownView) -> CadeRow:
        asked.append(given.seed)
        return row

    first = read_rows([(7, "CC")], known, read, kept, said.append)
    again = read_rows([(7, "CC")], known, read, kept, said.append)
    assert asked == [7]
    assert said == [f"seed 7, CC: {row.cpu_s:.1f} CPU-seconds"]
    for rows in (first, again):
        assert (rows[0].growths, rows[0].guesses) == (row.growths, row.guesses)
        assert (rows[0].flat_guesses, rows[0].scores) == (row.flat_guesses, row.scores)


def test_a_line_that_was_cut_off_is_read_anew(row: CadeRow, tmp_path: Path) -> None:
    kept = tmp_path / "rows.jsonl"
    read_rows([(7, "CC")], known, lambda _: row, kept, lambda _: None)
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(whole + whole[: len(whole) // 2], encoding="utf-8")
    assert len(read_rows([(7, "CC")], known, lambda _: row, kept, lambda _: None)) == 1
    assert kept.read_text(encoding="utf-8") == whole


def test_a_file_of_something_else_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "rows.jsonl"
    kept.write_text('{"what": 1}\n', encoding="utf-8")
    with pytest.raises(DataSetError, match=r"rows\.jsonl"):
        read_rows([], known, lambda _: pytest.fail("nothing to read"), kept, lambda _: None)
