"""What is measured is printed and written whole, once and once more held to AVX2."""

from __future__ import annotations

import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from senoscope.calibration.engine_benchmark import EngineRow
from senoscope.models.engines.openvino import LIMIT
from senoscope.models.engines.peak import Peak, kernels
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.models.engines.ways import WAYS, Way, ways_of
from senoscope.models.package import SHIPPED, ModelPackage, Precision, load_package
from senoscope.realtime.loop_benchmark import RUNS, LoopRow, Run
from senoscope.ui.commands import bench_command
from senoscope.ui.commands.bench_command import apart, bench, held_to, is_held
from senoscope.ui.commands.every_command import app

MORE_THAN_AVX2 = ["brgconv_avx512_core_vnni_I8"]


def run(*arguments: str | int | Path) -> Result:
    done = CliRunner().invoke(app, ["bench", *map(str, arguments)])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(autouse=True)
def not_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(LIMIT, raising=False)
    yield
    assert LIMIT not in os.environ


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """No figures: only (way or run, limit, reader's way) is noted, at once and in this process."""
    noted: list[tuple[str, str, str]] = []

    def here(task: Callable[..., Any], *given: object) -> Any:
        return task(*given)

    def rows(way: Way, packages: list[ModelPackage], per_s: dict[str, float], runs: int) -> Any:
        assert (per_s, runs) == ({"int8": 2e11}, 3)
        noted.append((way.key, os.environ.get(LIMIT, ""), ""))
        return [EngineRow(package.title, way.title, "Not now.") for package in packages]

    def loops(run: Run, source: object, reader: Any, frames: int) -> LoopRow:
        noted.append((run.name, os.environ.get(LIMIT, ""), reader.args[0].key))
        return LoopRow(run.name, f"Not {frames} now.")

    monkeypatch.setattr(bench_command, "apart", here)
    monkeypatch.setattr(bench_command, "peaks", lambda: {"int8": Peak(2e11, "fake")})
    monkeypatch.setattr(bench_command, "engine_rows", rows)
    monkeypatch.setattr(bench_command, "loop_row", loops)
    return noted


def beyond(monkeypatch: pytest.MonkeyPatch, used: list[str]) -> None:
    monkeypatch.setattr(bench_command, "kernels", lambda: used)


def test_every_network_is_measured_by_every_engine_and_again_held_to_avx2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: list[tuple[str, str, str]]
) -> None:
    beyond(monkeypatch, MORE_THAN_AVX2)
    report = tmp_path / "new" / "engines.json"
    done = run("engines", "--runs", 3, "--report", report)
    assert [way for way, limit, _ in quick if not limit] == [way.key for way in WAYS]
    assert {way for way, limit, _ in quick if limit == "AVX2"} == {
        way.key for way in WAYS if is_held(way)
    }
    found = json.loads(report.read_text())
    assert len(found["rows"]) == len(found["avx2"]["rows"]) == 3 * len(WAYS)
    assert {row["network"].split()[0] for row in found["rows"]} >= {"googlenet", "unet-realtime"}
    assert found["peaks"] == {"int8": {"per_s": 2e11, "kernel": "fake"}}
    unheld = next(row for row in found["avx2"]["rows"] if row["way"] == "ONNX Runtime int8")
    assert unheld["refused"] == "It cannot be held to AVX2: only OpenVINO can."
    assert done.stdout.count("A core reaches 200 GFLOP/s in int8 (fake).") == 2
    assert "OpenVINO int8\n" in done.stderr


def test_a_report_says_when_how_and_on_what_but_not_whose(
    tmp_path: Path, quick: list[tuple[str, str, str]]
) -> None:
    report = tmp_path / "engines.json"
    run("engines", "--runs", 3, "--report", report)
    found = json.loads(report.read_text())
    assert {"date", "processor", "processors", "instructions", "kernels", "packages"} <= set(
        found["about"]
    )
    assert "multiplications and additions" in found["method"]
    told = json.dumps(found)
    assert str(Path.home()) not in told
    assert f'"{platform.node()}"' not in told


def test_the_loop_is_run_on_everything_and_again_held_to_avx2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: list[tuple[str, str, str]]
) -> None:
    beyond(monkeypatch, MORE_THAN_AVX2)
    report = tmp_path / "loop.json"
    done = run("loop", "--engine", "openvino-bf16-int8", "--frames", 12, "--report", report)
    names = [each.name for each in RUNS]
    # AVX2 has no bfloat16.
    assert quick == [
        *((name, "", "openvino-bf16-int8") for name in names),
        *((name, "AVX2", "openvino-int8") for name in names),
    ]
    found = json.loads(report.read_text())
    assert (found["rate_hz"], found["frames"], len(found["rows"])) == (30, 12, len(RUNS))
    assert found["rows"][0]["refused"] == "Not 12 now."
    assert (found["engine"], found["avx2"]["engine"]) == ("OpenVINO bf16 int8", "OpenVINO int8")
    assert f"{names[-1]}\n" in done.stderr
    assert "Held to AVX2:" in done.stdout


def test_of_a_server_its_own_answers_are_measured_and_nobody_stands_in(
    monkeypatch: pytest.MonkeyPatch, quick: list[tuple[str, str, str]]
) -> None:
    measured: list[Way] = []

    def loops(run: Run, source: object, reader: Any, frames: int) -> LoopRow:
        measured.append(reader.args[0])
        return LoopRow(run.name, "Not now.")

    monkeypatch.setattr(bench_command, "loop_row", loops)
    (asks, *_) = ways_of(RemoteServer("triton:8001"))
    monkeypatch.setattr(bench_command, "way_named", lambda text: asks)
    run("loop", "--engine", "server-int8")
    assert {(way.title, way.fallback) for way in measured} == {("Server int8", None)}


@pytest.mark.parametrize(
    ("engine", "used", "limit", "expected"),
    [
        ("openvino-int8", ["jit_avx2_I8"], "", "uses nothing beyond AVX2 here (jit_avx2_I8)"),
        ("onnxruntime-int8", MORE_THAN_AVX2, "", "ONNX Runtime int8 cannot be held to AVX2"),
        ("openvino-int8", MORE_THAN_AVX2, "AVX512_CORE", "Held to AVX512_CORE by ONEDNN_MAX"),
    ],
)
def test_what_is_not_measured_twice_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    quick: list[tuple[str, str, str]],
    engine: str,
    used: list[str],
    limit: str,
    expected: str,
) -> None:
    beyond(monkeypatch, used)
    with held_to(limit):
        done = run("loop", "--engine", engine, "--report", tmp_path / "r.json")
    assert len(quick) == len(RUNS)
    assert expected in done.stdout
    assert expected in json.loads((tmp_path / "r.json").read_text())["avx2"]["not_measured"]


def test_a_process_of_its_own_is_held_and_this_one_is_not() -> None:
    with held_to("SSE41"):
        held = apart(kernels)
    assert all("sse4" in name for name in held)
    assert apart(kernels) == kernels() != held


def test_an_engine_that_ends_its_process_is_a_row_for_each_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench_command, "engine_rows", _crash)
    package = load_package(SHIPPED / "googlenet")
    rows = bench_command._rows(Way("openvino", Precision.INT8), [package], {}, 1)
    assert [row.network for row in rows] == [package.title]
    assert "ended the process" in str(rows[0].refused)


def _crash(*_: object) -> None:
    os._exit(3)


def test_an_interrupted_run_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: list[tuple[str, str, str]]
) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(clips))

    def interrupted(run: Run, source: Any, *_: object) -> LoopRow:
        (folder,) = clips.iterdir()
        assert folder == source.args[1]
        (folder / "clip.avi").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(bench_command, "loop_row", interrupted)
    asked = ["bench", "loop", "--engine", "openvino-int8", "--report", str(tmp_path / "r.json")]
    assert CliRunner().invoke(app, asked).exit_code != 0
    assert (list(tmp_path.iterdir()), list(clips.iterdir())) == ([clips], [])


def test_every_option_is_documented() -> None:
    text = (Path(__file__).parents[3] / "docs" / "bench.md").read_text(encoding="utf-8")
    for name, command in typer.main.get_command(bench).commands.items():  # type: ignore[attr-defined]
        assert f"senoscope bench {name}" in text
        for option in command.params:
            assert f"`{option.opts[0]}`" in text, f"{name} {option.opts[0]}"
