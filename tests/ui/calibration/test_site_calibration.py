"""The file of the site's fits: whole, private, gone back through, and never guessed at."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from senoscope.domain.errors import ModelPackageError, SettingsError, StorageError
from senoscope.models.evaluation.platt_fit import PlattFit
from senoscope.ui.calibration.site_calibration import (
    SiteCalibration,
    SiteFit,
    calibrated,
    calibration_file,
    checksum,
    fit_in_force,
    load_calibration,
    save_calibration,
)
from senoscope.ui.settings import settings_file
from tests.models import scripted

PACKAGE = scripted.package()
FIRST = SiteFit(
    PACKAGE.name, PACKAGE.version, checksum(PACKAGE), PlattFit(1.5, 0.1, 0.2, 0.05, 0.6),
    214, 180, "2026-11-28", {"brier": {"value": 0.1}},
)  # fmt: skip
SECOND = replace(FIRST, lesions=300)


def test_it_lies_beside_the_settings() -> None:
    assert calibration_file().parent == settings_file().parent
    assert calibration_file() != settings_file()


def test_what_was_kept_is_read_back_and_is_this_user_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "probability.json"
    kept = SiteCalibration().with_fit(FIRST).with_fit(SECOND)
    save_calibration(kept, path)
    assert load_calibration(path) == kept
    assert [each.before for each in kept.fits] == [None, 0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_without_a_file_it_is_as_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "senoscope.ui.calibration.site_calibration.calibration_file", lambda: tmp_path / "none.json"
    )
    assert load_calibration(tmp_path / "none.json") == SiteCalibration()
    assert fit_in_force() is None


def test_a_disk_that_takes_no_more_leaves_the_file_as_it_was(closed_folder: Path) -> None:
    with pytest.raises(StorageError):
        save_calibration(SiteCalibration().with_fit(FIRST), closed_folder / "probability.json")
    assert not (closed_folder / "probability.json").exists()


def test_going_back_leads_through_what_was_in_force_to_as_shipped_and_loses_nothing() -> None:
    kept = SiteCalibration().with_fit(FIRST).with_fit(SECOND).back(PACKAGE)
    assert kept.fit == FIRST
    third = replace(FIRST, lesions=400)
    kept = kept.with_fit(third)
    assert kept.fit == replace(third, before=0)
    kept = kept.back(PACKAGE)
    assert kept.fit == FIRST
    kept = kept.back(PACKAGE)
    assert kept.fit is None
    assert [each.lesions for each in kept.fits] == [214, 300, 400]
    with pytest.raises(SettingsError, match="as shipped"):
        kept.back(PACKAGE)


def test_going_back_passes_over_fits_to_other_weights() -> None:
    older = replace(FIRST, version="0.0.1")
    kept = SiteCalibration().with_fit(FIRST).with_fit(older).with_fit(SECOND)
    assert kept.back(PACKAGE).fit == FIRST
    assert SiteCalibration().with_fit(older).with_fit(SECOND).back(PACKAGE).fit is None


def test_a_fit_changes_probability_and_words_and_nothing_else() -> None:
    made = calibrated(PACKAGE, FIRST)
    assert made.settings == {**PACKAGE.settings, **FIRST.fit.settings}
    assert replace(made, settings=PACKAGE.settings) == PACKAGE


def test_weights_that_changed_under_the_same_version_are_other_weights() -> None:
    changed = replace(PACKAGE, card={"files": {"int8": {"sha256": "0" * 64}}})
    assert not FIRST.belongs_to(changed)
    with pytest.raises(ModelPackageError, match="Fit again"):
        calibrated(changed, FIRST)


def _file() -> dict[str, Any]:
    fit = {
        "package": "net", "version": "1", "sha256": "0", "lesions": 60, "patients": 50,
        "date": "2026-11-28", "figures": {}, "before": None,
        "fit": {
            "slope": 1.0, "intercept": 0.0, "prevalence": 0.3, "low_below": 0.1, "high_from": 0.5,
        },
    }  # fmt: skip
    return {"format": 1, "in_force": 0, "fits": [fit]}


def test_the_file_that_others_are_spoilt_from_is_read(tmp_path: Path) -> None:
    path = tmp_path / "probability.json"
    path.write_text(json.dumps(_file()))
    assert load_calibration(path).fit is not None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["format"], 2),
        (["in_force"], 1),
        (["in_force"], -1),
        (["in_force"], True),
        (["in_force"], "0"),
        (["fits"], None),
        (["fits"], {"a": 1}),
        (["fits", 0, "lesions"], 0),
        (["fits", 0, "lesions"], "60"),
        (["fits", 0, "patients"], 1.5),
        (["fits", 0, "version"], None),
        (["fits", 0, "figures"], []),
        (["fits", 0, "before"], 0),
        (["fits", 0, "more"], 1),
        (["fits", 0, "fit"], {}),
        (["fits", 0, "fit"], [1, 2]),
        (["fits", 0, "fit", "slope"], -1.0),
        (["fits", 0, "fit", "slope"], float("nan")),
        (["fits", 0, "fit", "slope"], 10**400),
        (["fits", 0, "fit", "slope"], True),
        (["fits", 0, "fit", "prevalence"], 1.0),
        (["fits", 0, "fit", "low_below"], 0.9),
    ],
)
def test_a_spoilt_file_is_refused_and_left_as_it_is(
    tmp_path: Path, path: list[Any], value: Any
) -> None:
    stored: Any = _file()
    place = stored
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file = tmp_path / "probability.json"
    file.write_text(json.dumps(stored))
    before = file.read_bytes()
    with pytest.raises(SettingsError, match="not understood"):
        load_calibration(file)
    assert file.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"null"])
def test_what_is_no_such_file_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "probability.json"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match="not understood"):
        load_calibration(file)
