from __future__ import annotations

import errno
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from senoscope.domain.errors import StorageError
from senoscope.domain.frame import ScanArea
from senoscope.domain.spacing import PixelSpacing
from senoscope.realtime.published import AiState
from senoscope.ui.frames.cine import HeldFrame
from senoscope.ui.frames.overlay import HIDDEN_AFTER_MS
from senoscope.ui.frames.snapshot import save_snapshot
from tests.ui.built_frames import finding, published, status
from tests.ui.opened import Page

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_a_snapshot_is_the_clean_frame_and_its_reading(opened: Page) -> None:
    sequence = opened.shown(published(7, finding(0.37), spacing=PixelSpacing(0.5, 0.5)))
    answer = opened.client.post("/live/snapshot", json={"sequence": sequence})
    assert answer.status_code == 200
    picture = opened.folder / answer.json()["file"]
    assert picture.name.startswith("senoscope_")
    assert picture.name.endswith("_frame0007.png")
    saved = cv2.imread(str(picture), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(saved, np.full((120, 160), 7, np.uint8))
    facts = json.loads(picture.with_suffix(".json").read_text(encoding="utf-8"))
    assert facts["note"].endswith("Suggestion, not a diagnosis.")
    assert facts["models"] == ["unet 1", "googlenet 1"]
    assert facts["reading"]["findings"][0]["suspicion"] == "uncertain"
    for told in (facts["reading"]["findings"][0], facts["lesions"][0]):
        assert told["measured"]["long_axis"]["value"] == 22.36
        assert told["measured"]["short_axis"]["lower"] < 17.89
        assert told["measured"]["scale"] == {"origin": "phantom", "percent": 0.0}
    assert facts["calipers"] == []
    assert facts["reading"]["dismissed"] == 0
    assert facts["source"] == "phantom"
    assert len(list(opened.folder.iterdir())) == 2


def test_what_was_too_old_to_be_drawn_is_not_saved_either(tmp_path: Path) -> None:
    old = published(7, finding(0.9), age_ms=HIDDEN_AFTER_MS + 1)
    saved = save_snapshot(HeldFrame(1, old, status(ai_state=AiState.OFF)), tmp_path, NOON)
    facts = json.loads(saved.with_suffix(".json").read_text(encoding="utf-8"))
    assert (facts["reading"], facts["ai"]) == (None, "off")


def test_the_facts_tell_the_frame_s_own_source_and_scan_area(tmp_path: Path) -> None:
    frame = replace(published(7), source_name="camera 0", scan_area=ScanArea(8, 9, 160, 120))
    saved = save_snapshot(HeldFrame(1, frame, status(source_name="phantom")), tmp_path, NOON)
    facts = json.loads(saved.with_suffix(".json").read_text(encoding="utf-8"))
    assert (facts["source"], facts["scan_area"]) == ("camera 0", [8, 9, 160, 120])


def test_a_frame_that_is_gone_is_refused_in_words(opened: Page) -> None:
    answer = opened.client.post("/live/snapshot", json={"sequence": 1})
    assert answer.status_code == 409
    assert "no longer in memory" in answer.json()["message"]
    assert not opened.folder.exists()


def test_a_read_only_folder_is_said_and_left_as_it_was(closed_folder: Path) -> None:
    with pytest.raises(StorageError, match=r"Free space, .* choose another"):
        save_snapshot(HeldFrame(1, published(0), status()), closed_folder, NOON)
    assert [path.name for path in closed_folder.iterdir()] == ["locked"]


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("mine")
    with pytest.raises(StorageError):
        save_snapshot(HeldFrame(1, published(0), status()), in_the_way, NOON)
    assert in_the_way.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [in_the_way]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left on device"):
        save_snapshot(HeldFrame(1, published(0), status()), tmp_path, NOON)
    assert list(tmp_path.iterdir()) == []


def test_facts_without_their_picture_are_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = os.fsync

    def full_at_the_second(file: int) -> None:
        written.append(file)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(file)

    monkeypatch.setattr(os, "fsync", full_at_the_second)
    with pytest.raises(StorageError):
        save_snapshot(HeldFrame(1, published(0), status()), tmp_path, NOON)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("fell", "engine"), [(True, "OpenVINO int8"), (False, "Server int8")])
def test_a_snapshot_names_the_engine_that_read_this_very_frame(
    tmp_path: Path, fell: bool, engine: str
) -> None:
    shown = published(0)
    assert shown.reading is not None
    shown = replace(shown, reading=replace(shown.reading, fell_back=fell))
    asked = status(engine="Server int8", server="triton:8001", fallback="OpenVINO int8")
    saved = save_snapshot(HeldFrame(1, shown, asked), tmp_path, NOON)
    assert json.loads(saved.with_suffix(".json").read_text())["engine"] == engine
