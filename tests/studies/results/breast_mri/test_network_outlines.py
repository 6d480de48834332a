"""What a user's own network outlined, in the results and in what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import highdicom as hd
import numpy as np
import pytest
from pydicom import dcmread

from senoscope.studies.modes.breast_mri import BreastMri
from senoscope.studies.mri.kept_analysis import kept_analysis_of
from senoscope.studies.results.identity import MODEL_NAME
from senoscope.studies.results.made_results import WrittenResult
from senoscope.studies.results.report_json import reading_json, reading_of_json
from senoscope.studies.results.write_results import write_results
from senoscope.studies.study_reading import StudyReading
from tests.models.drawn_mri_network import write_network
from tests.studies.results.breast_mri.read_exam import by_hand, study_of
from tests.studies.results.conformance import dciodvfy_errors
from tests.studies.results.test_write_results import signed_of

Results = tuple[WrittenResult, ...]
LONG = "肿瘤\\网络 " + 70 * "n"


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> tuple[StudyReading, Results, Path]:
    """By three networks, one of which outlines nothing."""
    folder = tmp_path_factory.mktemp("networks")
    write_network(folder / "own" / "a")
    write_network(folder / "own" / "b", name=LONG, target="fibroglandular", is_clinical=True)
    write_network(folder / "own" / "c", name="none", above=2.9)
    study = study_of(folder / "in")
    reading = BreastMri(analyser=by_hand, networks=folder / "own").read(study)
    assert reading is not None
    return reading, write_results(study, reading, folder / "out"), folder


def of(results: Results, kind: str) -> Path:
    return next(each.path for each in results if each.kind == kind)


def test_a_segment_is_the_network_s_own(exam: tuple[StudyReading, Results, Path]) -> None:
    path = of(exam[1], "segmentation")
    assert dciodvfy_errors(path) == []
    made = hd.seg.segread(path)
    by_label = {each.SegmentLabel: each for each in made.SegmentSequence}
    assert list(by_label)[:4] == [
        "Breast", "Fibroglandular tissue", "Enhancing lesion 1", "Tumour by rises 3",
    ]  # fmt: skip
    assert len(by_label) == 5
    algorithm = by_label["Tumour by rises 3"].SegmentationAlgorithmIdentificationSequence[0]
    assert (algorithm.AlgorithmName, algorithm.AlgorithmVersion) == ("rises", "3")
    assert "trained on=nothing, drawn by hand" in algorithm.AlgorithmParameters
    assert "clinical=no" in algorithm.AlgorithmParameters
    assert "AlgorithmSource" not in algorithm
    programmed = by_label["Enhancing lesion 1"].SegmentationAlgorithmIdentificationSequence[0]
    assert programmed.AlgorithmName == MODEL_NAME
    assert "rises" not in programmed.AlgorithmParameters
    long = made.SegmentSequence[4]
    assert long.SegmentLabel.startswith("Fibroglandular tissue by 肿瘤/网络 nnn")
    assert len(long.SegmentLabel.encode()) == 64
    array = made.get_volume(combine_segments=False).array
    assert array[..., 3].sum() == 4 * 6 * 7
    assert array[..., 2].sum() == 4 * 6 * 7 - 1


def test_report_and_structured_report_say_it_in_words(
    exam: tuple[StudyReading, Results, Path],
) -> None:
    reading, results, _ = exam
    said = "rises 3 (trained on: nothing, drawn by hand, not clinical): 0.50 ml; agreement with"
    page = next(
        each.path for each in results if each.kind == "report" and each.path.suffix == ".html"
    ).read_text()
    assert said in page
    assert "none 3 (trained on: nothing, drawn by hand, not clinical): 0.00 ml" in page
    path = of(results, "measurements")
    assert dciodvfy_errors(path) == []
    texts = [each.value for each in dcmread(path).iterall() if each.keyword == "TextValue"]
    assert any(each.startswith(f"Tumour outlined by a network: {said}") for each in texts)
    back = reading_of_json(json.loads(json.dumps(reading_json(reading))))
    assert back.facts == reading.facts


def test_what_is_kept_has_the_outlines(exam: tuple[StudyReading, Results, Path]) -> None:
    reading, results, _ = exam
    kept = kept_analysis_of(of(results, "volumes").read_bytes())
    (volumes,) = reading.volumes
    assert len(kept.networks) == 3
    for one, other in zip(kept.networks, volumes.networks, strict=True):
        np.testing.assert_array_equal(one.mask, other.mask)
        own, its = vars(one) | {"mask": None}, vars(other) | {"mask": None}
        assert own == its


def test_a_signed_report_says_it_too(exam: tuple[StudyReading, Results, Path]) -> None:
    reading, results, folder = exam
    back = reading_of_json(reading_json(reading))
    machine = folder / "machine"
    machine.mkdir()
    for each in results:
        if each.kind in ("segmentation", "measurements", "volumes"):
            (machine / each.path.name).write_bytes(each.path.read_bytes())
    study = study_of(folder / "same")
    signed = write_results(study, back, folder / "signed", signed_of(back), machine=machine)
    assert dciodvfy_errors(of(signed, "measurements")) == []
    page = next(each.path for each in signed if each.path.suffix == ".html").read_text()
    assert "Tumour outlined by a network" in page
