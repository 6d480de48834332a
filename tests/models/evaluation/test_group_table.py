from __future__ import annotations

import json

import numpy as np
import pytest

from senoscope.models.evaluation.group_table import (
    FEWEST,
    ReadLesion,
    group_figures,
    group_markdown,
    kept_groups,
    painted_out,
    size_thirds,
)
from senoscope.models.evaluation.kept_figures import json_text


def lesion(number: int, malignant: bool, logit: float, dice: float = 0.8) -> ReadLesion:
    found = not np.isnan(logit)
    return ReadLesion(f"image {number}", f"patient {number}", malignant, dice, found, logit)


def lesions(n: int = 40) -> list[ReadLesion]:
    """Every other malignant and scored higher; the last malignant one is missed."""
    made = [
        lesion(number, number % 2 == 1, 3.0 * (number % 2) + number / 100) for number in range(n)
    ]
    return [*made[:-1], lesion(n - 1, True, np.nan, dice=0.0)]


def test_each_kind_has_its_own_figures_and_a_missed_lesion_ranks_last() -> None:
    kinds = {f"image {number}": "GE" if number < 20 else "Toshiba" for number in range(40)}
    found = group_figures(lesions(), kinds)
    assert list(found) == ["GE", "Toshiba"]
    first, second = found["GE"], found["Toshiba"]
    assert (first.n, first.malignant, second.n, second.malignant) == (20, 10, 20, 10)
    assert (first.found.value, second.found.value) == (1, pytest.approx(19 / 20))
    assert second.dice.value == pytest.approx(0.8 * 19 / 20)
    assert first.auc is not None
    assert second.auc is not None
    assert (first.auc.value, second.auc.value) == (1, pytest.approx(0.9))


def test_fewer_than_ten_of_a_class_have_no_auc() -> None:
    kinds = {f"image {number}": "few" if number < 2 * FEWEST - 2 else "" for number in range(40)}
    (few,) = group_figures(lesions(), kinds).values()
    assert (few.n, few.malignant, few.auc) == (18, FEWEST - 1, None)


def test_images_of_no_kind_are_in_no_group() -> None:
    assert group_figures(lesions(), {}) == {}


def test_painting_is_judged_on_the_same_images() -> None:
    stored = lesions()[:20]
    painted = [lesion(n, each.malignant, each.logit, 0.7) for n, each in enumerate(stored)]
    found = painted_out(stored, painted)
    assert found.dice.value == pytest.approx(-0.1)
    assert found.dice.ci == (pytest.approx(-0.1), pytest.approx(-0.1))
    assert (found.painted.n, found.painted.found.value) == (20, 1)
    assert found.auc is not None
    assert found.auc.value == 0


def test_painting_few_images_says_nothing_of_the_auc() -> None:
    assert painted_out(lesions()[:18], lesions()[:18]).auc is None


def test_thirds_hold_as_many_each_and_say_their_bounds() -> None:
    thirds = size_thirds({str(n): n / 1000 for n in range(90)})
    assert [list(thirds.values()).count(third) for third in dict.fromkeys(thirds.values())] == [
        30, 30, 30
    ]  # fmt: skip
    assert list(dict.fromkeys(thirds.values())) == [
        "1. up to 3.0 %",
        "2. up to 5.9 %",
        "3. above 5.9 %",
    ]


def test_the_table_has_a_row_for_each_kind_and_two_for_painting() -> None:
    read = lesions()
    scanners = {f"image {number}": "GE" for number in range(40)}
    kept = kept_groups(read, {"scanner": scanners, "BI-RADS": {}}, read[:6])
    kept = json.loads(json_text(kept))
    assert set(kept["divided"]) == {"scanner"}
    rows = group_markdown({"bus-bra 3": kept}).splitlines()[2:]
    assert [row.split(" | ")[:2] for row in rows] == [
        ["| BUS-BRA fold 3", "scanner: GE"],
        ["| BUS-BRA fold 3", "calipers: yes, painted out"],
        ["| BUS-BRA fold 3", "minus as stored, paired"],
    ]
    assert "| 40 (20) | 0.780 [" in rows[0]
    assert rows[1].endswith("| 6 (3) | 0.800 [0.800, 0.800] | 1.000 [1.000, 1.000] | - |")
    assert "+0.000 [+0.000, +0.000]" in rows[2]


def test_without_painted_images_there_are_no_such_rows() -> None:
    kept = kept_groups(lesions(), {"scanner": {"image 0": "GE"}}, [])
    assert kept["painted"] is None
    assert len(group_markdown({"busi val": kept}).splitlines()) == 3
