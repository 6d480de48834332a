from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.programmed.feature_model import (
    LIMIT,
    FeatureModel,
    Weight,
    read_feature_model,
    write_feature_model,
)

MODEL = FeatureModel({"solidity": Weight(0.9, 0.05, -1.0), "spicules": Weight(5.0, 2.0, 0.5)}, -0.7)


def test_contributions_add_up_to_the_logit() -> None:
    opinion = MODEL.opinion({"solidity": 0.8, "spicules": 7.0, "halo": 0.1})
    assert opinion.contributions == pytest.approx({"solidity": 2.0, "spicules": 0.5})
    assert opinion.probability == pytest.approx(1 / (1 + math.exp(-1.8)))


def test_the_strongest_contribution_comes_first() -> None:
    assert list(MODEL.opinion({"solidity": 0.89, "spicules": 9.0}).contributions) == [
        "spicules",
        "solidity",
    ]


def test_what_cannot_be_assessed_adds_nothing() -> None:
    opinion = MODEL.opinion({"solidity": 0.9, "spicules": math.nan})
    assert opinion.contributions == {"solidity": 0, "spicules": 0}
    assert opinion.probability == pytest.approx(1 / (1 + math.exp(0.7)))


def test_one_bad_feature_does_not_decide_alone() -> None:
    assert MODEL.opinion({"solidity": -1e9, "spicules": 5.0}).contributions["solidity"] == LIMIT


@pytest.mark.parametrize(
    "broken",
    [
        "not json",
        [],
        {"weights": {}},
        {"weights": {}, "intercept": 0},
        {"weights": {"solidity": {"usual": 1}}, "intercept": 0},
        {"weights": {"size": {"usual": 0, "spread": 1, "weight": 1}}, "intercept": 0},
        {"weights": {"solidity": {"usual": 0, "spread": 1, "weight": math.nan}}, "intercept": 0},
    ],
)
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, broken: Any) -> None:
    path = tmp_path / "model.json"
    path.write_text(broken if isinstance(broken, str) else json.dumps(broken), encoding="utf-8")
    with pytest.raises(ModelPackageError, match=r"model\.json"):
        read_feature_model(path, {"solidity"})


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    write_feature_model(MODEL, {"made_by": "a test"}, path)
    assert read_feature_model(path, {"solidity", "spicules", "halo"}) == MODEL
    assert json.loads(path.read_text())["made_by"] == "a test"
