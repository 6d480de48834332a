"""What is remembered comes back, and what is not understood is kept and refused."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.domain.errors import SettingsError, StorageError
from senoscope.domain.frame import ScanArea
from senoscope.realtime.sources.framing import Cut
from senoscope.ui.frames.overlay import MaskAges
from senoscope.ui.settings import Settings, load_settings, save_settings, settings_file

AREA, OTHER = ScanArea(10, 20, 300, 200), ScanArea(0, 0, 640, 480)
OF_A_SIZE = ScanArea(10, 20, 300, 200, picture=(640, 480))


def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "senoscope" / "settings.json"
    kept = Settings().with_source("camera:0", AREA).with_source("/data/Füße.mp4", OF_A_SIZE)
    kept = kept.with_source("camera:1", Cut.FOUND).with_source("camera:2", Cut.WHOLE)
    save_settings(kept, path)
    assert load_settings(path) == kept
    assert [each.name for each in path.parent.iterdir()] == ["settings.json"]


def test_ages_of_outlines_come_back_and_a_file_without_them_has_the_usual_ones(
    tmp_path: Path,
) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"source": null, "scan_areas": {}}')
    assert load_settings(path).ages == MaskAges(150, 400)
    path.write_text('{"source": null, "scan_areas": {}, "hatched_after_ms": 80}')
    assert load_settings(path).ages == MaskAges(80, 400)
    save_settings(Settings(ages=MaskAges(100.5, 250)).with_source("phantom", Cut.WHOLE), path)
    assert load_settings(path).ages == MaskAges(100.5, 250)


def test_what_is_set_by_hand_for_studies_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    of_a_site = Settings(reads_alone=True, store="postgresql://site@db/exams", receive={"port": 1})
    of_a_site = replace(of_a_site, store_folder="/srv/exams", room="诊室 3")
    of_a_site = replace(of_a_site, metrics={"token_file": "/run/secrets/token"})
    save_settings(of_a_site, path)
    assert load_settings(path) == of_a_site


def test_without_a_file_there_are_the_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.json") == Settings(source=None, framings={})


def test_each_source_keeps_its_own_scan_area() -> None:
    settings = Settings().with_source("camera:0", AREA).with_source("phantom", Cut.WHOLE)
    assert settings.source == "phantom"
    assert settings.framings == {"camera:0": AREA, "phantom": Cut.WHOLE}
    for framing in (OTHER, Cut.WHOLE, Cut.FOUND):
        kept = settings.with_source("camera:0", framing).framings
        assert kept == {"camera:0": framing, "phantom": Cut.WHOLE}


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'{"source": "phantom"}',
        b'{"source": 5, "scan_areas": {}}',
        b'{"source": "phantom", "scan_areas": []}',
        b'{"source": "phantom", "scan_areas": {"phantom": 7}}',
        b'{"source": "phantom", "scan_areas": {"phantom": "1,2,3"}}',
        b'{"source": "phantom", "scan_areas": {"phantom": "0,0,1,1"}}',
        b'{"source": null, "scan_areas": {}, "gone_after_ms": "400"}',
        b'{"source": null, "scan_areas": {}, "hatched_after_ms": true}',
        b'{"source": null, "scan_areas": {}, "gone_after_ms": 1001}',
        b'{"source": null, "scan_areas": {}, "gone_after_ms": 149}',
        b'{"source": null, "scan_areas": {}, "hatched_after_ms": -1}',
        b'{"source": null, "scan_areas": {}, "hatched_after_ms": NaN}',
        b'{"source": null, "scan_areas": {}, "reads_alone": "yes"}',
        b'{"source": null, "scan_areas": {}, "store": 5}',
        b'{"source": null, "scan_areas": {}, "store_folder": 5}',
        b'{"source": null, "scan_areas": {}, "room": ["Room 1"]}',
        b'{"source": null, "scan_areas": {}, "receive": 11112}',
        b'{"source": null, "scan_areas": {}, "metrics": "the token"}',
    ],
)
def test_a_damaged_file_is_refused_by_name_and_kept(tmp_path: Path, stored: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(stored)
    with pytest.raises(SettingsError, match=r"settings in .*settings.json are not understood"):
        load_settings(path)
    assert path.read_bytes() == stored


def test_a_folder_that_cannot_be_written_says_so_and_holds_nothing_half_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "senoscope").write_text("a file where the folder should be")
    with pytest.raises(StorageError, match=r"settings.json cannot be written"):
        save_settings(Settings(source="phantom"), tmp_path / "senoscope" / "settings.json")
    assert [path.name for path in tmp_path.iterdir()] == ["senoscope"]


def test_a_file_of_this_version_is_plain_json_for_this_user(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    save_settings(Settings().with_source("phantom", OF_A_SIZE), path)
    stored = json.loads(path.read_text(encoding="utf-8"))
    areas = {"phantom": "10,20,300,200 of 640x480"}
    assert stored == {
        "source": "phantom",
        "scan_areas": areas,
        "aligned": False,
        "hatched_after_ms": 150.0,
        "gone_after_ms": 400.0,
        "reads_alone": False,
        "store": None,
        "receive": None,
        "store_folder": None,
        "room": None,
        "metrics": None,
        "inference_server": None,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_settings_lie_in_the_user_s_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert settings_file().name == "settings.json"
    assert "senoscope" in settings_file().parts
