from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.second_stage import (
    COMPARED,
    POOLED,
    SHIPPED,
    SHOWN_FROM,
    file_name,
    load_volume_stage,
)
from senoscope.models.programmed.tomosynthesis.soft_volumes import SOFT


def test_what_is_shipped_weighs_what_is_measured() -> None:
    stage = load_volume_stage()
    assert set(stage.volumes.alone) == set(stage.volumes.compared) == set(MarkKind)
    assert set(stage.slices.slices) == set(SOFT)
    for kind in MarkKind:
        assert set(stage.volumes.compared[kind].weights) == set(COMPARED)
        assert stage.volumes.compared[kind].weights["alone"].weight > 0
        assert 0 < SHOWN_FROM[kind] < 1


def test_no_weight_goes_by_where_in_the_breast_a_place_lies() -> None:
    models = load_volume_stage().volumes.alone.values()
    names = {name for model in models for name in model.weights}
    assert not [name for name in names if "nipple" in name or "skin" in name or "level" in name]


def test_what_was_trained_on_is_simulated_and_said() -> None:
    files = [file_name(kind, "alone") for kind in MarkKind]
    for name in (*files, POOLED):
        card = json.loads((SHIPPED / name).read_text(encoding="utf-8"))
        assert card["trained_on"].startswith("simulated")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    for path in SHIPPED.glob("*.json"):
        shutil.copy(path, tmp_path)
    (tmp_path / file_name(MarkKind.MASS, "slice")).unlink()
    with pytest.raises(ModelPackageError, match="mass_slice"):
        load_volume_stage(tmp_path)
