"""`senoscope calibrate probability`: kept where better, refused where not, and gone back from."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from senoscope.calibration.engine_choice import Trial
from senoscope.domain.errors import DataSetError, SettingsError
from senoscope.models.engines.ways import USUAL, Way
from senoscope.models.package import CLASSIFIER, load_package
from senoscope.ui.calibration import site_calibration
from senoscope.ui.calibration.site_calibration import load_calibration, save_calibration
from senoscope.ui.commands import probability_command
from senoscope.ui.commands.every_command import app
from senoscope.ui.engine_record import Chosen
from tests.ui.commands.test_reviewed_cases import MeanReader

PACKAGE = load_package(CLASSIFIER)
NAME = "Doe Jane"


class LevelReader(MeanReader):
    """Logits are the picture's grey level about 100, in units of `scale` levels."""

    description = SimpleNamespace(engine="scripted", models=("outlines", "scores"))
    scale = 20.0

    def logit(self, pixels: np.ndarray, box: tuple[float, float, float, float]) -> float:
        return (float(pixels[-1, -1]) - 100) / self.scale


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of fits; the command runs in its folder, with scripted networks."""
    path = tmp_path / "config" / "probability.json"
    for module in (site_calibration, probability_command):
        monkeypatch.setattr(module, "calibration_file", lambda: path)
    chosen = Chosen(USUAL, Trial(USUAL.title, None, None, None))
    monkeypatch.setattr(probability_command, "chosen_way", lambda engine, say: chosen)

    def build(way: Way) -> LevelReader:
        return LevelReader()

    monkeypatch.setattr(probability_command, "build_reader", build)
    monkeypatch.chdir(tmp_path)
    return path


def cases(folder: Path, n: int = 80, turned: bool = False, seed: int = 1) -> Path:
    """`n` pictures whose logit means twice as much as it says, and two in which nothing is seen."""
    rng = np.random.default_rng(seed)
    lines = ["patient,image,malignant"]
    for k in range(n + 2):
        level = int(rng.integers(40, 160))
        picture = rng.integers(1, 255, (64, 64), np.uint8)
        picture[0, 0], picture[-1, -1] = k < n, level
        cv2.imwrite(str(folder / f"{NAME} {k}.png"), picture)
        log_odds = 2 * (level - 100) / 20
        malignant = (rng.random() < 1 / (1 + np.exp(-log_odds))) != turned
        lines.append(f"{NAME} {k},{NAME} {k}.png,{int(malignant)}")
    path = folder / "cases.csv"
    path.write_text("\n".join(lines))
    return path


def probability(*words: object) -> Result:
    return CliRunner().invoke(app, ["calibrate", "probability", *(str(each) for each in words)])


def test_a_better_fit_is_kept_with_its_figures_shown_and_gone_back_from(
    kept: Path, tmp_path: Path
) -> None:
    report = tmp_path / "out" / "figures.json"
    result = probability(cases(tmp_path), "--report", report)
    assert result.exit_code == 0, result.output
    assert "80 lesions of 80 patients" in result.output
    assert "In 2 more images no lesion was found" in result.output
    assert f"before: {PACKAGE.title} as shipped" in result.output
    assert str(kept) in result.output
    fit = load_calibration(kept).fit
    assert fit is not None
    assert fit.belongs_to(PACKAGE)
    assert (fit.lesions, fit.patients) == (80, 80)
    assert fit.fit.slope == pytest.approx(2, abs=0.7)
    figures = json.loads(report.read_text())
    assert figures["kept"] is True
    assert (figures["not_found"], figures["engine"]) == (2, "scripted")
    assert figures["refitted"]["brier"]["value"] < figures["present"]["brier"]["value"]
    assert fit.figures["refitted"] == figures["refitted"]
    for figure in ("calibration_error", "brier", "sensitivity", "specificity"):
        for column in ("present", "refitted"):
            assert set(figures[column][figure]) == {"value", "ci", "n"}
    assert (report.parent / "figures.svg").read_text().count("<circle") > 10
    assert (
        f"calibrated here on 80 lesions of 80 patients, {fit.date}" in probability("--show").output
    )
    back = probability("--back")
    assert f"In force: {PACKAGE.title} as shipped" in back.output
    assert load_calibration(kept).fit is None
    assert len(load_calibration(kept).fits) == 1
    assert isinstance(probability("--back").exception, SettingsError)


def test_no_patient_is_named_in_anything_that_is_written(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    result = probability(cases(tmp_path / "cases"), "--report", tmp_path / "out.json")
    assert result.exit_code == 0
    written = [kept, tmp_path / "out.json", tmp_path / "out.svg"]
    assert sorted(
        each
        for each in tmp_path.rglob("*")
        if each.is_file() and "cases" not in str(each.relative_to(tmp_path))
    ) == sorted(written)
    for text in (*(each.read_text() for each in written), result.output, result.stderr):
        assert "Doe" not in text
        assert "Jane" not in text


def test_the_same_cases_again_are_no_better_and_change_nothing(kept: Path, tmp_path: Path) -> None:
    path = cases(tmp_path)
    assert probability(path).exit_code == 0
    before = kept.read_bytes()
    result = probability(path)
    assert isinstance(result.exception, DataSetError)
    assert "not kept" in str(result.exception)
    assert f"before: {PACKAGE.title}, calibrated here on 80 lesions" in result.output
    assert kept.read_bytes() == before
    assert Path("reliability.svg").is_file()


def test_a_fit_to_other_weights_is_no_rival_and_no_obstacle(kept: Path, tmp_path: Path) -> None:
    path = cases(tmp_path)
    assert probability(path).exit_code == 0
    stored = json.loads(kept.read_text())
    stored["fits"][0]["version"] = "0.0.1"
    kept.write_text(json.dumps(stored))
    assert "belongs to other weights" in probability("--show").output
    result = probability(path)
    assert result.exit_code == 0, result.exception
    assert f"before: {PACKAGE.title} as shipped" in result.output
    assert "belongs to other weights" not in probability("--show").output
    assert "as shipped" in probability("--back").output


def test_fewer_malignant_lesions_above_low_are_said_aloud(kept: Path, tmp_path: Path) -> None:
    path = cases(tmp_path)
    result = probability(path)
    figures = load_calibration(kept).fits[0].figures
    fewer = figures["refitted"]["sensitivity"]["value"] < figures["present"]["sensitivity"]["value"]
    assert fewer == ("MORE malignant lesions are called low" in result.output)
    assert fewer


@pytest.mark.parametrize(
    ("changed", "said"), [({"n": 40}, "40 lesions were found"), ({"turned": True}, "1 stands for")]
)
def test_what_cannot_be_fitted_leaves_no_file(
    kept: Path, tmp_path: Path, changed: dict[str, int], said: str
) -> None:
    result = probability(cases(tmp_path, **changed))
    assert isinstance(result.exception, DataSetError)
    assert said in str(result.exception)
    assert not kept.exists()


def test_images_without_any_lesion_are_said(kept: Path, tmp_path: Path) -> None:
    result = probability(cases(tmp_path, n=0))
    assert "No lesion was found in any of 2 images" in str(result.exception)


@pytest.mark.parametrize("words", [(), ("--show", "--back"), ("cases.csv", "--show")])
def test_one_thing_at_a_time(kept: Path, words: tuple[str, ...]) -> None:
    assert "Give one of them" in str(probability(*words).exception)


def test_a_report_that_the_plot_would_overwrite_is_refused(kept: Path, tmp_path: Path) -> None:
    result = probability(cases(tmp_path), "--report", "figures.svg")
    assert isinstance(result.exception, SettingsError)
    assert not Path("figures.svg").exists()


def test_a_site_that_shipped_numbers_suit_has_nothing_to_show_but_them(kept: Path) -> None:
    result = probability("--show")
    assert f"In force: {PACKAGE.title} as shipped" in result.output
    assert f"low below {PACKAGE.setting('low_below'):.4f}" in result.output
    save_calibration(load_calibration(kept), kept)
    assert probability("--show").output == result.output
