"""Engines are tried once on a machine, again when something changed, and named ones are checked."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from senoscope.calibration.engine_choice import Trial
from senoscope.calibration.engine_trust import Verdict
from senoscope.domain.errors import EngineUnavailable, SettingsError
from senoscope.models.engines.ways import USUAL, WAYS
from senoscope.ui import engine_record, own_clip
from senoscope.ui.commands.every_command import app
from senoscope.ui.engine_record import chosen_way, kept_trials, record_file

GOOD = Verdict(100, 80, 1.0, 1.0, 0.0, 0.0, 0.0)
SAID: list[str] = []


@pytest.fixture(autouse=True)
def trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the engines were tried: the second way is fast, the last refused."""
    monkeypatch.setattr(engine_record, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(engine_record, "calibration_clip", tuple)
    monkeypatch.setattr(own_clip, "user_data_path", lambda *_, **__: tmp_path / "data")
    count = [0]

    def tried(ways: tuple[str, ...], *_: object) -> tuple[Trial, ...]:
        count[0] += 1
        last = len(ways) - 1
        return tuple(
            Trial(way, "It is wrong." if k == last else None, 5.0 if k == 1 else 20.0, GOOD)
            for k, way in enumerate(ways)
        )

    monkeypatch.setattr(engine_record, "tried", tried)
    SAID.clear()
    return count


def test_the_first_start_tries_and_the_next_remembers(trials: list[int]) -> None:
    assert kept_trials() is None
    assert chosen_way("auto", SAID.append).way == USUAL == WAYS[1]
    assert chosen_way("auto", SAID.append) == (USUAL, Trial(USUAL.title, None, 5.0, GOOD))
    assert trials == [1]
    assert any("OpenVINO int8: 5.0 ms a frame" in line for line in SAID)


def test_another_version_of_an_engine_is_tried_again(
    trials: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen_way("auto", SAID.append)
    monkeypatch.setattr(engine_record, "_version", lambda name: "another")
    chosen_way("auto", SAID.append)
    assert trials == [2]


def test_a_spoilt_record_is_tried_again(trials: list[int]) -> None:
    chosen_way("auto", SAID.append)
    record_file().write_bytes(b"\xff\x00")
    chosen_way("auto", SAID.append)
    assert trials == [2]


def test_a_clip_of_the_user_s_own_is_tried_on_when_it_comes_and_when_it_changes(
    trials: list[int],
) -> None:
    chosen_way("auto", SAID.append)
    folder = own_clip.own_clip_folder()
    folder.mkdir(parents=True)
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(folder / name), np.full((64, 96), 50, np.uint8))
        chosen_way("auto", SAID.append)
        chosen_way("auto", SAID.append)
    assert trials == [3]
    assert not any("left out" in line for line in SAID)
    frames = own_clip.own_clip(folder)
    assert [int(frame.max()) for frame in frames] == [50, 50]


def test_a_clip_that_cannot_be_used_is_left_out_and_named(trials: list[int]) -> None:
    folder = own_clip.own_clip_folder()
    folder.mkdir(parents=True)
    (folder / "a.png").write_bytes(b"no picture")
    assert chosen_way("auto", SAID.append).way == USUAL
    assert any("your own clip is left out. " in line for line in SAID)
    assert trials == [1]


def test_a_way_that_is_named_is_taken_though_it_is_slower() -> None:
    assert chosen_way(WAYS[2].key, SAID.append).way == WAYS[2]


def test_a_way_that_is_named_and_refused_is_an_error_with_the_reason() -> None:
    with pytest.raises(EngineUnavailable, match=r"It is wrong\..*Leave --engine out"):
        chosen_way(WAYS[-1].key, SAID.append)


def test_a_name_that_is_none_is_refused_before_anything_is_tried(trials: list[int]) -> None:
    with pytest.raises(SettingsError, match="expected auto"):
        chosen_way("gpu", SAID.append)
    assert trials == [0]


def test_a_disk_that_takes_no_record_holds_up_nobody(tmp_path: Path, trials: list[int]) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    assert chosen_way("auto", SAID.append).way == USUAL
    assert any("tried at every start" in line for line in SAID)


def test_the_command_lists_each_way_with_its_verdict(trials: list[int]) -> None:
    listed = CliRunner().invoke(app, ["engines"])
    assert listed.exit_code == 0, listed.output
    lines = listed.output.splitlines()
    assert [line for line in lines if line.startswith(WAYS[-1].title) and "It is wrong." in line]
    assert lines[-1] == "Taken: OpenVINO int8"
    CliRunner().invoke(app, ["engines"])
    assert trials == [1]
    CliRunner().invoke(app, ["engines", "--again"])
    assert trials == [2]
