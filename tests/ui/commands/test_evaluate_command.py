"""`senoscope evaluate ultrasound` writes every figure with its interval and count."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from senoscope.domain.errors import DataSetError
from senoscope.models.package import CLASSIFIER, SEGMENTER
from senoscope.ui.commands.every_command import app
from tests.models.evaluation.data_sets import bus_bra, busi, draw, lesion, table

Evaluated = tuple[dict[str, Any], Result]
"""The report as read back, and what the command said."""
SHIPPED = {"segmenter": SEGMENTER, "classifier": CLASSIFIER}
KEYS = {
    "dice", "iou", "lesion_sensitivity", "false_alarms_per_normal", "normals_with_alarm",
    "auc_true_lesion", "auc_predicted_lesion", "sensitivity", "specificity", "ece",
}  # fmt: skip


def evaluate(data: Path, layout: str, report: Path, *more: str) -> Result:
    given = ["--data", str(data), "--layout", layout, "--report", str(report)]
    return CliRunner().invoke(app, ["evaluate", "ultrasound", *given, *more])


def refuse_nan(constant: str) -> float:
    raise AssertionError(f"JSON has no {constant}")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    folder = tmp_path_factory.mktemp("evaluated")
    path = folder / "reports" / "busi.json"
    result = evaluate(busi(folder / "busi"), "busi", path, "--pictures", str(folder / "drawn"))
    assert result.exit_code == 0, result.output
    # The shipped networks take the drawn squares for no lesions.
    assert [each.name for each in (folder / "drawn").iterdir()] == ["roc.svg"]
    return json.loads(path.read_text(), parse_constant=refuse_nan), result


def test_the_report_has_every_key(report: Evaluated) -> None:
    written, _ = report
    assert KEYS | {"about"} <= set(written)


def test_each_figure_has_a_value_an_interval_and_a_count(
    report: Evaluated,
) -> None:
    for key, figure in report[0].items():
        if key == "about":
            continue
        assert set(figure) == {"value", "ci", "n"}, key
        numbers = [figure["value"], *figure["ci"]]
        assert len(numbers) == 3
        assert all(number is None or isinstance(number, int | float) for number in numbers), key
        assert isinstance(figure["n"], int)
        if None not in numbers:
            assert numbers[1] <= numbers[0] <= numbers[2], key


def test_a_figure_that_nothing_bears_on_is_null_and_counts_0(
    report: Evaluated,
) -> None:
    written, result = report
    assert written["strips_with_alarm"] == {"value": None, "ci": [None, None], "n": 0}
    assert "none here" in result.output


def test_figures_go_into_copies_of_the_cards_and_leave_the_rest_of_them(tmp_path: Path) -> None:
    packages = {name: shutil.copytree(folder, tmp_path / name) for name, folder in SHIPPED.items()}
    before = {name: json.loads((p / "card.json").read_text()) for name, p in packages.items()}
    options = [part for name, path in packages.items() for part in (f"--{name}", str(path))]
    data = busi(tmp_path / "busi")
    result = evaluate(data, "busi", tmp_path / "report.json", "--into-cards", *options)
    assert result.exit_code == 0, result.output
    for name, path in packages.items():
        after = json.loads((path / "card.json").read_text())
        assert set(after["metrics"]["busi all"]) >= KEYS
        del after["metrics"]["busi all"]
        assert after == before[name]


def test_the_report_says_what_was_measured_on_what(
    report: Evaluated,
) -> None:
    about = report[0]["about"]
    assert (about["data_set"], about["parts"], about["images"]) == ("busi", "all", 6)
    assert about["engine"] == "OpenVINO int8"
    assert len(about["models"]) == 2
    assert set(about["operating_point"]) == {"low_below", "high_from"}


@pytest.mark.parametrize(
    ("layout", "option", "wanted", "present"),
    [
        ("busi", "--split", "test", "train, val"),
        ("busi", "--folds", "4", "train, val"),
        ("bus-bra", "--folds", "4,5", "1, 2, 3"),
        ("bus-bra", "--split", "val", "1, 2, 3"),
    ],
)
def test_a_wrong_part_is_answered_with_the_parts_there_are(
    tmp_path: Path, layout: str, option: str, wanted: str, present: str
) -> None:
    folder = (busi if layout == "busi" else bus_bra)(tmp_path / "data")
    result = evaluate(folder, layout, tmp_path / "report.json", option, wanted)
    assert isinstance(result.exception, DataSetError)
    assert f"the parts present are: {present}" in str(result.exception)
    assert not (tmp_path / "report.json").exists()


def test_a_part_is_read_alone(tmp_path: Path) -> None:
    folder = bus_bra(tmp_path / "data", published="ID,kFold")
    for name in ("bus_0001-l", "bus_0001-r"):
        draw(folder / "Images" / f"{name}.png", lesion(200))
    report = tmp_path / "report.json"
    assert evaluate(folder, "bus-bra", report, "--folds", "5").exit_code == 0
    written = json.loads(report.read_text(), parse_constant=refuse_nan)
    assert (written["about"]["parts"], written["about"]["images"]) == ("5", 2)
    assert written["specificity"] == {"value": None, "ci": [None, None], "n": 2}


def test_a_folder_of_another_layout_is_refused(tmp_path: Path) -> None:
    folder = busi(tmp_path / "data")
    result = evaluate(folder, "bus-bra", tmp_path / "report.json")
    assert isinstance(result.exception, DataSetError)
    assert "bus_data.csv" in str(result.exception)


def test_descriptors_are_compared_with_a_reader_s_words(tmp_path: Path) -> None:
    rows = [breast_row(number, "malignant" if number % 2 else "benign") for number in range(1, 5)]
    for number in range(1, 5):
        draw(tmp_path / f"case{number:03d}.png", 120 - lesion(80))
        draw(tmp_path / f"case{number:03d}_tumor.png", lesion())
    table(tmp_path / "clinical.csv", BREAST_HEADER, rows)
    report = tmp_path / "words.json"
    given = ["--data", str(tmp_path), "--table", str(tmp_path / "clinical.csv")]
    options = [*given, "--report", str(report), "--outlines", "reader"]
    result = CliRunner().invoke(app, ["evaluate", "descriptors", *options])
    assert result.exit_code == 0, result.output
    written = json.loads(report.read_text(), parse_constant=refuse_nan)
    assert written["about"]["lesions"] == 4
    assert written["echo_pattern"]["share"]["value"] == 1
    assert written["echo_pattern"]["confusion"] == [
        {"reader": ["hypoechoic"], "program": "hypoechoic", "n": 4}
    ]
    assert "4 lesions, 0 not outlined" in result.output


BREAST_HEADER = (
    "CaseID,Image_filename,Mask_tumor_filename,Pixel_size,Shape,Margin,Echogenicity,"
    "Posterior_features,Classification"
)


def breast_row(number: int, classification: str) -> tuple[object, ...]:
    name = f"case{number:03d}"
    words = ("oval", "circumscribed", "hypoechoic", "no")
    return (number, f"{name}.png", f"{name}_tumor.png", 0.0075, *words, classification)
