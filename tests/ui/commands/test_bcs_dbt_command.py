"""`senoscope evaluate bcs-dbt` on a made folder, and its volumes there and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from senoscope.domain.errors import DataSetError, ImageError, SettingsError
from senoscope.domain.tomosynthesis import TomosynthesisView
from senoscope.models.evaluation.tomosynthesis.bcs_dbt import BcsDbtLabel, BcsDbtPart, read_bcs_dbt
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_score import (
    predictions_text,
    read_predictions,
)
from senoscope.models.evaluation.tomosynthesis.bcs_dbt_volume import (
    class_view_of,
    predictions_of,
)
from senoscope.models.evaluation.tomosynthesis.class_view import on_grid
from senoscope.models.evaluation.ultrasound_sets import Diagnosis
from senoscope.models.programmed.mammography.marks import MarkKind
from senoscope.models.programmed.tomosynthesis.volume_marks import VolumeMark
from senoscope.ui.commands.bcs_dbt_command import _by_cade, evaluate_bcs_dbt
from senoscope.ui.commands.bcs_dbt_volumes import bcs_dbt_class_views, downloaded, read_volume
from tests.models.evaluation.mammogram_sets.films import write_table
from tests.models.evaluation.tomosynthesis.bcs_dbt_tables import image_of, write_part
from tests.models.evaluation.tomosynthesis.bcs_dbt_volumes import (
    HEIGHT,
    TOP,
    WIDTH,
    box_line,
    left_of,
    write_set,
    write_volume,
)
from tests.studies.mammograms import ROWS
from tests.studies.tomosynthesis import COUNT, STEP_MM

app = typer.Typer()
app.command()(evaluate_bcs_dbt)
HEAD = "PatientID,StudyUID,View,X,Width,Y,Height,Z,Depth,Score"


def quiet(_: str) -> None:
    pass


def one_volume(folder: Path, key: str, is_turned: bool) -> None:
    line = box_line(key, 3, "cancer")
    write_part(folder, "test", {key: BcsDbtLabel.CANCER}, (line,))
    write_volume(folder, key, is_turned)


def mark(x: float, y: float, at: int, score: float = 0.8) -> VolumeMark:
    corners = [(-6, -10), (6, -10), (6, 10), (-6, 10)]
    outline = np.array([(x + dx, y + dy) for dx, dy in corners], np.float32)
    last = min(at + 1, COUNT - 1)
    return VolumeMark(MarkKind.MASS, outline, (x, y), at, max(at - 1, 0), last, None, score, {})


@pytest.mark.parametrize(
    ("key", "is_turned"),
    [("P1,1.1,lcc", False), ("P1,1.1,rcc", False), ("P1,1.1,lcc", True), ("P1,1.1,rcc", True)],
)
def test_a_box_lies_on_its_mark_whichever_way_the_volume_is_stored(
    tmp_path: Path, key: str, is_turned: bool
) -> None:
    one_volume(tmp_path, key, is_turned)
    (view,) = read_bcs_dbt(tmp_path)
    volume = read_volume(view)
    x, y, at = volume.box_at(view.boxes[0])
    # Turned by half the head lies below, which a hung picture does not mend.
    middle = TOP + (HEIGHT - 1) / 2
    assert (x, at) == (left_of(3) + (WIDTH - 1) / 2, 3)
    assert y == (ROWS - 1 - middle if is_turned else middle)
    hung = list(volume.seen.slices)[at]
    assert hung[round(y) - 5 : round(y) + 5, round(x) - 4 : round(x) + 4].min() > 0.9
    (found,) = predictions_of(volume, [mark(x, y, at)])
    box = view.boxes[0]
    assert found.key == view.key and found.score == 0.8
    assert found.centre == (box.left + box.width / 2, box.top + box.height / 2, 3)
    assert (found.width, found.height, found.depth) == (13, 21, 2)
    # A mark whose outline lies to one side of its middle is judged by its middle.
    aside = replace(mark(x, y, at), outline=mark(x + 30, y, at).outline)
    assert predictions_of(volume, [aside]) == [found]


def test_a_class_view_has_slabs_and_the_boxes_as_places(tmp_path: Path) -> None:
    one_volume(tmp_path, "P1,1.1,rcc", is_turned=False)
    (view,) = read_bcs_dbt(tmp_path)
    kept = class_view_of(read_volume(view))
    assert (kept.anatomy, kept.laterality, kept.view) == ("P1", "R", "CC")
    assert kept.diagnosis is Diagnosis.MALIGNANT and kept.mammogram is None
    (place,) = kept.places
    assert place.diagnosis is Diagnosis.MALIGNANT and place.height_mm == 3 * STEP_MM
    assert place.radius_mm == pytest.approx(HEIGHT * 0.1 / 2)
    x, y = on_grid(place.at_mm)
    slab = kept.slabs[int(place.height_mm // 2)]
    assert slab[round(y), round(x)] > 1.2 * slab[round(y) + 12, round(x)]


def test_a_volume_of_another_number_of_slices_than_its_boxes_say_is_told(tmp_path: Path) -> None:
    one_volume(tmp_path, "P1,1.1,lcc", is_turned=False)
    boxes = next(tmp_path.glob("BCS-DBT-boxes*"))
    boxes.write_text(boxes.read_text(encoding="utf-8").replace(f",{COUNT}\n", ",60\n"))
    (view,) = read_bcs_dbt(tmp_path)
    with pytest.raises(ImageError, match=f"has {COUNT} slices; expected 60"):
        read_volume(view)


def test_views_of_three_classes_are_kept_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    broken = tmp_path / "set" / image_of("DBT-P1,1.1,rcc")
    broken.write_bytes(broken.read_bytes()[:3000])
    views = read_bcs_dbt(tmp_path / "set", (BcsDbtPart.TRAIN,))
    said: list[str] = []
    made = list(bcs_dbt_class_views(downloaded(views, quiet), tmp_path / "kept", said.append))
    assert [view.diagnosis for view in made] == ["normal", "malignant"]
    assert said[0] == "1 volumes that are none of the three classes left out"
    assert "DBT-P1 rcc is left out" in said[2]
    said.clear()
    again = list(bcs_dbt_class_views(downloaded(views, quiet), tmp_path / "kept", said.append))
    assert (again[1].slabs == made[1].slabs).all() and not any("read, " in each for each in said)


def test_volumes_that_were_not_downloaded_are_told(tmp_path: Path) -> None:
    write_part(tmp_path, "test", {"P1,1.1,lcc": BcsDbtLabel.NORMAL})
    with pytest.raises(DataSetError, match="None of the 1 volumes of the tables has its file"):
        downloaded(read_bcs_dbt(tmp_path), quiet)


def test_what_cade_finds_is_scored_and_what_it_cannot_read_is_told(tmp_path: Path) -> None:
    write_set(tmp_path)
    broken = tmp_path / image_of("DBT-P21,1.21,rcc")
    broken.write_bytes(b"")

    def find(view: TomosynthesisView) -> Sequence[VolumeMark]:
        assert len(view.slices) == COUNT
        return [mark(100, 100, 2), mark(200, 200, 1)]

    found, troubles = _by_cade(read_bcs_dbt(tmp_path, (BcsDbtPart.TEST,)), find)
    assert len(found) == 6 and len(troubles) == 1 and troubles[0].startswith("DBT-P21 rcc: ")


def test_programmed_cade_is_scored_and_its_boxes_are_written(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    report, boxes = tmp_path / "r.json", tmp_path / "b.csv"
    line = ["--data", str(tmp_path / "set"), "--cade", "--report", str(report)]
    done = CliRunner().invoke(app, [*line, "--boxes", str(boxes)])
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert "simulated" in told["about"]["by"] and told["not_read"] == []
    read = read_predictions(boxes, read_bcs_dbt(tmp_path / "set", (BcsDbtPart.TEST,)))
    assert len(read) == told["about"]["predicted_boxes"] > 0
    assert told["figures"]["sensitivity_at_2_fps_all"]["n"] == 4


def test_a_table_of_boxes_is_scored(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    table = write_table(
        tmp_path / "boxes.csv",
        HEAD,
        f"DBT-P22,1.22,lcc,{left_of(3)},{WIDTH},{TOP},{HEIGHT},3,0,0.9",
        "DBT-P20,1.20,lcc,9,9,9,9,0,1,0.5",
    )
    report = tmp_path / "r.json"
    line = ["--data", str(tmp_path / "set"), "--report", str(report)]
    done = CliRunner().invoke(app, [*line, "--predictions", str(table)])
    assert done.exit_code == 0, done.output
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["about"]["volumes"] == 4 and told["about"]["true_boxes"] == 2
    assert told["figures"]["mean_sensitivity_positive"]["value"] == 0.5
    assert told["figures"]["mean_sensitivity_positive"]["n"] == 2
    assert told["figures"]["sensitivity_at_2_fps_all"]["n"] == 4
    assert "mean_sensitivity_positive" in told["baseline_shuffled_scores"]
    assert len(told["published"]) == 2
    assert "mean_sensitivity_positive" in done.output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Either --predictions or --cade"),
        (["--cade", "--predictions", "p.csv"], "Either --predictions or --cade"),
        (["--predictions", "p.csv", "--boxes", "b.csv"], "--boxes writes what --cade finds"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    tmp_path: Path, options: list[str], told: str
) -> None:
    line = ["--data", str(tmp_path), "--report", str(tmp_path / "r.json")]
    done = CliRunner().invoke(app, [*line, *options])
    assert isinstance(done.exception, SettingsError) and told in str(done.exception)
    assert not (tmp_path / "r.json").exists()


def test_boxes_are_written_as_they_are_read(tmp_path: Path) -> None:
    write_set(tmp_path)
    views = read_bcs_dbt(tmp_path, (BcsDbtPart.TEST,))
    volume = read_volume(views[0])
    found = predictions_of(volume, [mark(100, 100, 2), mark(200, 200, 0, 0.125)])
    (tmp_path / "b.csv").write_text(predictions_text(views, found), encoding="utf-8")
    assert list(read_predictions(tmp_path / "b.csv", views)) == found
