"""`senoscope evaluate sweep` measures tracks beside single frames, or leaves nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import DataSetError
from senoscope.ui.commands import sweep_command
from senoscope.ui.commands.every_command import app
from tests.models.evaluation.data_sets import SHAPE, bus_bra, busi, draw, lesion, table

KEYS = {
    "alarms_per_minute", "frames_with_alarm", "frames_with_stale_alarm",
    "missed_per_sweep", "missed_share", "first_outline_s", "changes_per_10_s",
    "word_changes_per_10_s",
}  # fmt: skip
LEFT = (slice(40, 80), slice(5, 60))


def evaluate(*options: str) -> Result:
    short = ["--sweeps", "1", "--seconds", "0.2"]
    return CliRunner().invoke(app, ["evaluate", "sweep", *short, *options])


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """BUS-BRA and BUSI in small; the one image of fold 3 leaves a strip free."""
    folder = tmp_path_factory.mktemp("sets")
    first, second = bus_bra(folder / "bus-bra"), busi(folder / "busi")
    draw(first / "Images" / "bus_0003-l.png", lesion(180, LEFT))
    draw(first / "Masks" / "mask_0003-l.png", lesion(255, LEFT))
    return first, second


@pytest.fixture(scope="module")
def measured(
    sets: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], Result]:
    path = tmp_path_factory.mktemp("report") / "sweeps.json"
    given = ["--bus-bra", str(sets[0]), "--busi", str(sets[1]), "--report", str(path)]
    result = evaluate(*given)
    assert result.exit_code == 0, result.output
    return json.loads(path.read_text()), result


def test_every_kind_has_every_figure_of_both_ways_with_interval_and_count(
    measured: tuple[dict[str, Any], Result],
) -> None:
    kinds = measured[0]["simulated_sweeps"]
    assert set(kinds) == {
        "BUSI val, normal", "BUSI val, lesions", "BUS-BRA fold 3, side strips",
        "BUS-BRA fold 3, lesions", "phantoms",
    }  # fmt: skip
    for kind, ways in kinds.items():
        assert set(ways) == {"tracker", "single_frames"}
        for figures in ways.values():
            assert set(figures) == KEYS
            assert figures["alarms_per_minute"]["n"] == 1, kind
            assert all(set(figure) == {"value", "ci", "n"} for figure in figures.values())


def test_the_report_says_that_it_is_simulated_and_by_what_it_was_read(
    measured: tuple[dict[str, Any], Result],
) -> None:
    about = measured[0]["about"]
    assert "SIMULATED" in about["method"]
    assert (about["seconds"], about["rate_hz"]) == (0.2, 30.0)
    assert set(about["operating_point"]) == {"low_below", "high_from"}
    assert about["tracker"]["steady_frames"] >= 1
    assert len(about["models"]) == 2
    assert "SIMULATED sweeps, BUSI val, normal" in measured[1].output


def test_progress_is_told_apart_from_the_figures(
    measured: tuple[dict[str, Any], Result],
) -> None:
    assert "Simulated sweeps" in measured[1].stderr
    assert "Simulated sweeps" not in measured[1].stdout


def test_without_data_sets_only_phantoms_are_measured() -> None:
    result = evaluate()
    assert result.exit_code == 0, result.output
    assert "phantoms" in result.output
    assert "BUS" not in result.output


def test_only_the_development_test_is_swept_one_still_of_a_group(
    sets: tuple[Path, Path],
) -> None:
    planned = sweep_command.planned_sweeps(*sets, 20)
    groups = {kind: [each.group for each in those] for kind, those in planned.items()}
    assert groups.pop("phantoms") == [f"phantom {seed}" for seed in range(100, 110)]
    assert {kind: set(those) for kind, those in groups.items()} == {
        "BUSI val, normal": {"busi normal (2)"},
        "BUSI val, lesions": {"busi benign (2)", "busi malignant (2)"},
        "BUS-BRA fold 3, side strips": {"bus-bra 3"},
        "BUS-BRA fold 3, lesions": {"bus-bra 3"},
    }
    strip = next(planned["BUS-BRA fold 3, side strips"][0].frames(1))
    assert strip.pixels.shape == (SHAPE[0], SHAPE[1] - 60)
    assert not strip.lesions
    lesions = next(planned["BUSI val, lesions"][0].frames(1)).lesions
    assert np.any([each.mask for each in lesions])


def test_a_second_still_of_a_group_is_swept_only_when_each_group_has_one(
    tmp_path: Path,
) -> None:
    folder = bus_bra(tmp_path)
    names = [f"bus_000{name}" for name in ("1-l", "1-r", "2-l", "3-l")]
    for alone in names:
        rows = [(name, 2 if name == alone else 1, "benign", 3) for name in names]
        table(folder / "bus_data.csv", "ID,Case,Pathology,kFold", rows)

        kind = sweep_command.planned_sweeps(folder, None, 20)["BUS-BRA fold 3, lesions"]
        assert {each.group for each in kind[:2]} == {"bus-bra 1", "bus-bra 2"}
        assert len(kind) == 4


def test_a_wrong_folder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    report = tmp_path / "sweeps.json"
    result = evaluate("--busi", str(tmp_path), "--report", str(report))
    assert isinstance(result.exception, DataSetError)
    assert not report.exists()


def test_a_data_set_without_the_development_test_is_refused(tmp_path: Path) -> None:
    unsplit = busi(tmp_path / "busi", split=False)
    result = evaluate("--busi", str(unsplit))
    assert isinstance(result.exception, DataSetError)
    assert "BUSI val by split.csv" in str(result.exception)


def test_an_interrupted_run_leaves_no_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep_command, "follow_sweep", interrupted)
    result = evaluate("--report", str(tmp_path / "sweeps.json"))
    assert result.exit_code != 0
    assert not list(tmp_path.iterdir())
