"""`senoscope train tomosynthesis-network` and `evaluate tomosynthesis-network`, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from senoscope.calibration.phantoms.breast.tomosynthesis_cases import tomosynthesis_growths
from senoscope.domain.errors import DataSetError, ModelPackageError
from senoscope.models.evaluation.tomosynthesis.class_view import (
    CLASSES,
    KEPT,
    keep_class_view,
    kept_class_view,
    on_grid,
)
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.ui.commands.simulated_class_views import (
    TOGETHER,
    ViewToDraw,
    choosing_views,
    class_views,
    classed_views,
    learnt_views,
)
from senoscope.ui.commands.tomosynthesis_network_command import (
    evaluate_tomosynthesis_network,
    train_tomosynthesis_network,
)
from tests.models.evaluation.tomosynthesis.bcs_dbt_volumes import write_set
from tests.models.evaluation.tomosynthesis.class_views import drawn_view

app = typer.Typer()
app.command("train")(train_tomosynthesis_network)
app.command("evaluate")(evaluate_tomosynthesis_network)


def quiet(_: str) -> None:
    pass


def keep_drawn(folder: Path, wanted: list[ViewToDraw]) -> None:
    """As if these had been simulated already."""
    for place, each in enumerate(wanted):
        view = drawn_view(f"seed {each.seed}", CLASSES[place % 3], each.seed % 100)
        keep_class_view(view, folder / f"{each.name}{KEPT}")


def test_anatomies_to_learn_from_choose_and_test_by_are_not_the_same() -> None:
    learnt, chosen, tested = learnt_views(6), choosing_views(5001, 12), classed_views(25100, 60)
    seeds = [{each.seed for each in part} for part in (learnt, chosen, tested)]
    assert [len(each) for each in seeds] == [6, 12, 60]
    assert not seeds[0] & seeds[1] and not seeds[1] & seeds[2] and not seeds[0] & seeds[2]
    assert [each.view for each in learnt[:3]] == ["CC", "MLO", "CC"]
    assert len(tested) == 120 and len({each.name for each in tested}) == 120
    classes = [tomosynthesis_growths(each.seed).diagnosis for each in tested]
    # Seeds go in threes, of which those at the ends are cut.
    assert all(38 <= classes.count(each) <= 42 for each in CLASSES)
    # Of the views to choose by, no class has more of CC than another.
    views = [(tomosynthesis_growths(each.seed).diagnosis, each.view) for each in chosen]
    assert {views.count((each, view)) for each in CLASSES for view in ("CC", "MLO")} == {2}


def test_a_simulated_view_shows_its_growths_where_its_places_say(tmp_path: Path) -> None:
    said: list[str] = []
    (view,) = class_views([ViewToDraw(7002, "CC", True)], tmp_path, said.append)
    assert said == ["learnt-07002-CC: simulated, 1 of 1"]
    assert view.diagnosis is None and len(view.places) == len(TOGETHER)
    assert view.mammogram is not None and view.mammogram.shape == (480, 360)
    classes = [place.diagnosis for place in view.places]
    assert classes.count(Diagnosis.MALIGNANT) == classes.count(Diagnosis.BENIGN) == 3
    inside, around = [], []
    for place in view.places:
        assert place.mammogram_mm is not None and 3 <= place.radius_mm <= 8
        x, y = (round(each) for each in on_grid(place.at_mm))
        slab = view.slabs[int(place.height_mm // 2)]
        inside.append(float(slab[y - 3 : y + 4, x - 3 : x + 4].mean()))
        around.append(float(slab[y - 30 : y + 31, max(0, x - 30) : x + 31].mean()))
        # The slices are cropped to the breast, the mammogram is not: the same place in mm from it.
        assert place.mammogram_mm[0] == pytest.approx(place.at_mm[0])
        assert place.mammogram_mm[1] > place.at_mm[1]
    assert np.mean(inside) > 1.15 * np.mean(around)
    (again,) = class_views([ViewToDraw(7002, "CC", True)], tmp_path, said.append)
    assert len(said) == 1 and (again.slabs == view.slabs).all()


def test_two_lines_train_and_tell_three_classes_of_simulated_views(tmp_path: Path) -> None:
    pytest.importorskip("nncf", reason="training needs the [train] extra")
    run, model, report = tmp_path / "run", tmp_path / "model", tmp_path / "r.json"
    keep_drawn(run / "views", [*learnt_views(3), *choosing_views(5000, 3)])
    line = ["train", "--model", str(model), "--run", str(run), "--views", "3", "--choose", "3"]
    done = CliRunner().invoke(app, [*line, "--steps", "1", "--batch", "3"])
    assert done.exit_code == 0, done.output
    assert "resnet trained on simulated, 3 anatomies" in done.output
    keep_drawn(tmp_path / "kept", classed_views(25100, 3))
    line = ["evaluate", "--model", str(model), "--report", str(report)]
    done = CliRunner().invoke(app, [*line, "--anatomies", "3", "--kept", str(tmp_path / "kept")])
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert "simulated" in told["about"]["data"] and told["about"]["is_clinical"] is False
    assert told["about"]["classes"] == {"normal": 2, "benign": 2, "malignant": 2}
    for table, n in (("by_view", 6), ("by_breast", 3)):
        assert {"DBT", "DM", "DBT and DM", "baseline: brightness"} < set(told["figures"][table])
        assert told["figures"][table]["DBT"]["accuracy"]["n"] == n
        assert set(told["differences"][table]) == {
            "DBT - DM", "DBT and DM - DM", "DBT and DM - DBT"
        }  # fmt: skip
    assert len(told["views"]) == 6 and sum(told["views"][0]["DM"]) == pytest.approx(1, abs=1e-3)


def test_the_same_two_lines_train_and_test_on_bcs_dbt(tmp_path: Path) -> None:
    pytest.importorskip("nncf", reason="training needs the [train] extra")
    write_set(tmp_path / "set")
    model, report, data = tmp_path / "model", tmp_path / "r.json", str(tmp_path / "set")
    line = ["train", "--data", data, "--model", str(model), "--run", str(tmp_path / "run")]
    done = CliRunner().invoke(app, [*line, "--steps", "1", "--batch", "3"])
    assert done.exit_code == 0, done.output
    assert "trained on BCS-DBT, train, 3 anatomies" in done.output
    line = ["evaluate", "--data", data, "--model", str(model), "--report", str(report)]
    done = CliRunner().invoke(app, line)
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["about"]["is_clinical"] is True and told["about"]["data"] == "BCS-DBT, test"
    assert told["about"]["classes"] == {"normal": 1, "benign": 1, "malignant": 1}
    assert "DBT" in told["figures"]["by_view"] and "DM" not in told["figures"]["by_view"]
    assert told["differences"]["by_view"] == {}


def test_folders_of_something_else_are_told(tmp_path: Path) -> None:
    pytest.importorskip("nncf", reason="training needs the [train] extra")
    report = tmp_path / "r.json"
    line = ["evaluate", "--model", str(tmp_path), "--report", str(report)]
    done = CliRunner().invoke(app, line)
    assert isinstance(done.exception, ModelPackageError) and not report.exists()
    line = ["train", "--model", str(tmp_path / "m"), "--run", str(tmp_path / "run")]
    done = CliRunner().invoke(app, [*line, "--data", str(tmp_path)])
    assert isinstance(done.exception, DataSetError) and not (tmp_path / "m").exists()
    (tmp_path / "run" / "views").mkdir(parents=True)
    half = tmp_path / "run" / "views" / f"learnt-00000-CC{KEPT}"
    half.write_bytes(b"half")
    done = CliRunner().invoke(app, [*line, "--views", "1"])
    assert isinstance(done.exception, DataSetError) and "Remove it" in str(done.exception)
    with pytest.raises(DataSetError):
        kept_class_view(half)
