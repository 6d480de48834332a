"""The breast MRI page's requests, asked of a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from senoscope.ui.access.roles import Duty, duty_of
from tests.models.drawn_mri_network import write_network
from tests.realtime.running import until
from tests.ui.mri.mri_exams import (
    LAYOUTS,
    mri_files,
    plain_files,
    quick_mode,
    reads_again_quickly,
)
from tests.ui.reading_studies import ReadingStudies, reading_studies

INSIDE, OUTSIDE = [5, 10, 8], [5, 20, 25]


def state_of(served: ReadingStudies, exam: Any) -> Any:
    """Once it is loaded."""
    path = f"/study/exams/{exam['number']}/mri"
    until(lambda: served.asked(path)["state"] != "loading")
    return served.asked(path)


def picture(served: ReadingStudies, exam: Any, question: str) -> Any:
    answer = served.client.get(f"/study/exams/{exam['number']}/mri/{question}")
    assert answer.status_code == 200, answer.text
    return cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)


def test_an_exam_is_loaded_and_seen_in_three_planes(tmp_path: Path) -> None:
    with reading_studies(tmp_path, quick_mode()) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        assert exam["mri"]
        state = state_of(served, exam)
        assert state["shape"] == [10, 24, 32]
        assert state["spacing_mm"] == [3.0, 1.0, 1.0]
        assert state["pre_contrast"] == 1
        assert len(state["phases"]) == len(state["seconds"]) == 4
        [lesion] = state["analysis"]["lesions"]
        assert lesion["side"] == "R"
        assert lesion["worst"] == 3
        for plane, size in (("axial", (24, 32)), ("coronal", (10, 32)), ("sagittal", (10, 24))):
            for kind in ("phase", "subtraction", "projection"):
                asked = f"picture?plane={plane}&at=5&phase=1&kind={kind}"
                assert picture(served, exam, asked).shape == size
            assert picture(served, exam, f"map?plane={plane}&at=5").shape == (*size, 4)
        asked = f"/study/exams/{exam['number']}/mri/outlines?plane=axial&at=5"
        assert served.asked(asked)["lesions"].keys() == {"1"}
        absent = f"/study/exams/{exam['number']}/mri/picture?plane=axial&at=10"
        assert "has 10, counted from 0" in served.refused(absent)


def test_a_slider_s_threshold_changes_the_map(tmp_path: Path) -> None:
    with reading_studies(tmp_path, quick_mode()) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        state_of(served, exam)
        low = picture(served, exam, "map?plane=axial&at=5&early=70")
        high = picture(served, exam, "map?plane=axial&at=5&early=150")
        assert (low[..., 3] > 0).sum() == 42
        assert not high[..., 3].any()


def test_a_voxel_s_curve_is_told(tmp_path: Path) -> None:
    with reading_studies(tmp_path, quick_mode()) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        state_of(served, exam)
        path = f"/study/exams/{exam['number']}/mri/curve"
        told = served.asked(path, {"voxel": INSIDE})
        assert told["percent"] == pytest.approx([0, 100, 80, 60], abs=1)
        assert told["type"] == 3
        assert served.asked(path, {"voxel": OUTSIDE})["percent"] == [0, 0, 0, 0]
        assert "Ask for one within it" in served.refused(path, {"voxel": [0, 0, 99]})


def test_before_the_ai_is_shown_pictures_and_curves_are_seen_and_nothing_else(
    tmp_path: Path,
) -> None:
    with reading_studies(tmp_path, quick_mode(), reads_alone=True) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        base = f"/study/exams/{exam['number']}/mri"
        assert state_of(served, exam)["analysis"] is None
        assert picture(served, exam, "picture?plane=axial&at=5").any()
        assert served.asked(f"{base}/curve", {"voxel": INSIDE})["percent"]
        for asked in (
            "outlines?plane=axial&at=5",
            "picture?plane=axial&at=5&kind=projection&breasts=true",
            "map?plane=axial&at=5&breasts=true",
        ):
            assert "not shown yet" in served.refused(f"{base}/{asked}")
        served.asked(f"/study/exams/{exam['number']}/alone", {"assessment": "1", "text": ""})
        assert served.asked(base)["analysis"]["lesions"]
        assert served.asked(f"{base}/outlines?plane=axial&at=5")["lesions"]


def test_what_users_networks_outline_is_told_beside_the_lesions(tmp_path: Path) -> None:
    write_network(tmp_path / "own" / "a")
    write_network(tmp_path / "own" / "b", target="breast", above=2.9)
    (write_network(tmp_path / "own" / "c") / "card.json").write_text("{}")
    mode = quick_mode(networks=tmp_path / "own")
    with reading_studies(tmp_path, mode, reads_alone=True) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        base = f"/study/exams/{exam['number']}/mri"
        assert state_of(served, exam)["analysis"] is None
        served.asked(f"/study/exams/{exam['number']}/alone", {"assessment": "1", "text": ""})
        analysis = state_of(served, exam)["analysis"]
        tumour, breast = analysis["networks"]
        assert tumour == {
            "title": "rises 3 (trained on: nothing, drawn by hand, not clinical)",
            "target": "tumour",
            "volume_ml": 0.504,
            "agreement": 1.0,
        }
        assert (breast["target"], breast["volume_ml"], breast["agreement"]) == ("breast", 0, 0)
        assert any("c/card.json is not understood" in each for each in analysis["troubles"])
        for plane, pieces in (("axial", 1), ("coronal", 0)):
            found = served.asked(f"{base}/outlines?plane={plane}&at=5")
            assert [len(each) for each in found["networks"]] == [pieces, 0]
        [outline] = served.asked(f"{base}/outlines?plane=axial&at=5")["networks"][0]
        assert (min(outline[::2]), max(outline[::2])) == (4.75, 11.25)


def test_what_is_read_again_is_given_to_the_networks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_again_quickly(monkeypatch)
    write_network(tmp_path / "data" / "senoscope" / "breast-mri-models" / "a")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with reading_studies(tmp_path, quick_mode()) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        state = state_of(served, exam)
        assert state["analysis"]["networks"] == []
        served.asked(f"/study/exams/{exam['number']}/mri/phases", {"sets": state["table"]["sets"]})
        assert served.job()["message"] == ""
        assert len(state_of(served, exam)["analysis"]["networks"]) == 1


def test_a_corrected_table_is_read_again_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_again_quickly(monkeypatch)
    with reading_studies(tmp_path, quick_mode()) as served:
        exam = served.read(*mri_files(tmp_path / "files"))
        table = state_of(served, exam)["table"]
        [found] = table["sets"]
        for phase, seconds in zip(found["phases"], (0, 60, 120, 400), strict=True):
            phase["time_s"] = seconds
        found["injected_s"] = None
        path = f"/study/exams/{exam['number']}/mri/phases"
        served.asked(path, {"sets": [found], "settings": {"early_percent": 50.0}})
        assert served.job()["message"] == ""
        state = state_of(served, exam)
        assert state["seconds"] == [0, 60, 120, 400]
        assert state["analysis"]["settings"]["early_percent"] == 50
        assert len(served.store.readings_of(exam["number"])) == 2
        found["phases"][1]["time_s"] = 500
        assert "rising" in served.refused(path, {"sets": [found]})


def test_an_earlier_exam_is_compared_with(tmp_path: Path) -> None:
    before_files = mri_files(tmp_path / "before", LAYOUTS[1])
    with reading_studies(tmp_path, quick_mode(grown=2.0)) as served:
        before = served.read(*before_files)
    with reading_studies(tmp_path, quick_mode()) as served:
        now = served.read(*mri_files(tmp_path / "now"))
        other = served.read(*mri_files(tmp_path / "other", seed=2))
        base = f"/study/exams/{now['number']}/mri/priors"
        assert [each["number"] for each in served.asked(base)] == [before["number"]]
        found = served.asked(f"{base}/{before['number']}")
        assert found["pairs"] == {"1": 1}
        assert found["now"][0]["volume_ml"] * 2 == pytest.approx(found["before"][0]["volume_ml"])
        assert found["functional_ml"] == {"now": 0.48, "before": 0.96}
        assert "of the same patient" in served.refused(f"{base}/{other['number']}")


def test_what_is_not_dynamic_says_why(tmp_path: Path) -> None:
    with reading_studies(tmp_path, quick_mode()) as served:
        exam = served.read(*plain_files(tmp_path / "files"))
        state = state_of(served, exam)
        assert state["state"] == "refused"
        assert any("no phase of a dynamic series" in each for each in state["why"])
        asked = f"/study/exams/{exam['number']}/mri/picture?plane=axial&at=5"
        assert "table of phases says why" in served.refused(asked)


def test_a_look_is_for_all_and_a_correction_for_readers() -> None:
    assert duty_of("POST", "/study/exams/1/mri/curve") is Duty.LOOK
    assert duty_of("POST", "/study/exams/1/mri/phases") is Duty.SIGN
