from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.mammography.second_stage import (
    COMPARED,
    SHIPPED,
    file_name,
    load_second_stage,
)


def test_what_is_shipped_weighs_what_is_measured() -> None:
    stage = load_second_stage()
    assert set(stage.alone) == set(stage.compared) == set(MarkKind)
    for kind in MarkKind:
        assert set(stage.compared[kind].weights) == {each.name for each in COMPARED}
        assert stage.compared[kind].weights["alone"].weight > 0


def test_no_weight_goes_by_where_in_the_breast_a_place_lies() -> None:
    stage = load_second_stage()
    names = {name for kind in MarkKind for name in stage.alone[kind].weights}
    assert not [name for name in names if "nipple" in name or "depth" in name or "skin" in name]


def test_what_was_trained_on_is_simulated_and_said() -> None:
    for kind in MarkKind:
        card = json.loads((SHIPPED / file_name(kind, "alone")).read_text(encoding="utf-8"))
        assert card["trained_on"].startswith("simulated")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    for kind in MarkKind:
        for stage in ("alone", "compared"):
            shutil.copy(SHIPPED / file_name(kind, stage), tmp_path)
    (tmp_path / file_name(MarkKind.MASS, "alone")).unlink()
    with pytest.raises(ModelPackageError, match="mass_alone"):
        load_second_stage(tmp_path)
