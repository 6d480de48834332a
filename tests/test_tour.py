"""What the tour says can be added is added, by the very lines that stand there."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.models.engines import ways
from senoscope.models.package import SEGMENTER, Precision, load_package
from senoscope.realtime.sources import choose
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.study_intake import StudyIntake
from senoscope.ui.named_source import named_source
from senoscope.ui.words import catalogue
from tests.fakes import FakeReader
from tests.realtime.running import run
from tests.studies.dicom_files import write
from tests.studies.mammograms import mammogram

HOUSE = Path(__file__).parents[1]
TOUR = (HOUSE / "docs" / "tour.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"```python (\w+)\n(.*?)```", TOUR, re.S))


def added(name: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": f"tour_{name}"}
    exec(compile(BLOCKS[name], f"docs/tour.md, {name}", "exec"), names)
    return names


def test_every_place_on_the_walks_is_there() -> None:
    places = re.findall(r"`((?:realtime|ui|studies|models)/[\w/]+\.(?:py|js))(?::([\w.]+))?`", TOUR)
    assert len(places) > 25
    for path, name in places:
        text = (HOUSE / path).read_text(encoding="utf-8")
        for part in filter(None, name.split(".")):
            assert re.search(rf"^ *(class|def|async def) {part}\b", text, re.M), f"{path}:{name}"


def test_each_addition_is_under_30_lines() -> None:
    assert BLOCKS.keys() == {"source", "engine", "mode", "language"}
    for name, block in BLOCKS.items():
        assert sum(bool(line.strip()) for line in block.splitlines()) < 30, name


def test_the_source_is_played_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "PLAYS", dict(choose.PLAYS))
    added("source")
    frames = np.random.default_rng(0).integers(0, 255, (4, 120, 160), np.uint8)
    np.save(tmp_path / "sweep.npy", frames)
    _, shown = run(named_source(str(tmp_path / "sweep.npy"), flat_out=True), FakeReader())
    assert [each.frame.pixels.tolist() for each in shown] == frames.tolist()
    (tmp_path / "pickled.npy").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        named_source(str(tmp_path / "pickled.npy"))


def test_the_engine_answers_as_openvino_does(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("onnx", reason="needs onnx: pip install 'senoscope[train]'")
    back_end = SimpleNamespace(**added("engine"))
    monkeypatch.setattr(ways, "BACK_ENDS", {**ways.BACK_ENDS, "onnx-reference": back_end})
    package = load_package(SEGMENTER)
    picture = np.random.default_rng(0).random(package.input_shape, np.float32)
    found = ways.Way("onnx-reference", Precision.FP32).load(package).run(picture)
    expected = ways.REFERENCE.load(package).run(picture)
    assert found.keys() == expected.keys()
    for name, tensor in found.items():
        np.testing.assert_allclose(tensor, expected[name], atol=1e-5)


def test_the_mode_leaves_a_reading_and_its_results_in_the_store(tmp_path: Path) -> None:
    mode = added("mode")["MammogramsKept"]()
    (tmp_path / "study").mkdir()
    hung = mammogram(PatientOrientation=["A", "F"], ImagerPixelSpacing=[0.1, 0.1])
    write(tmp_path / "study" / "one", hung)
    with ExamStore.open(f"sqlite:///{tmp_path / 'exams.sqlite'}", tmp_path / "store") as store:
        (exam,) = StudyIntake(store, (mode,))(tmp_path / "study", "reader", lambda _: None, Event())
        (kept,) = store.readings_of(exam)
        results = {each.kind for each in store.results_of(exam)}
    assert kept.mode == "mammograms_kept" and kept.ledger["read"] == 0
    assert {"measurements", "report.pdf"} <= results


def test_the_language_is_offered_by_every_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "LANGUAGES", dict(catalogue.LANGUAGES))
    monkeypatch.setattr(catalogue, "ADDED", {})
    added("language")
    german, english = catalogue.texts("de"), catalogue.texts("en")
    assert german["freeze"] == "Einfrieren" and german["snapshot"] == english["snapshot"]
    offered = [catalogue.texts(each)["other_language"] for each in catalogue.LANGUAGES]
    assert offered == ["中文", "Deutsch", "English"]
