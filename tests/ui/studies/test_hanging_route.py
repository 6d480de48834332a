"""The hanging as the page asks it: pictures before the AI is shown, marks and outlines after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.studies.mammograms import COLUMNS, ROWS, mammogram, raw
from tests.ui.opened import unpacked
from tests.ui.reading_studies import ReadingStudies, reading_studies
from tests.ui.studies.hung_exams import PERSON, SQUARE, kept_exam


def hung(served: ReadingStudies, exam: Any, image: int, ask: str = "") -> tuple[Any, Any]:
    """What is said of a picture, and its greys."""
    answer = served.client.get(f"/study/exams/{exam['number']}/hung/{image}?{ask}")
    assert answer.status_code == 200, answer.text
    facts, jpeg = unpacked(answer.content)
    return facts, cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)


def image_of(exam: Any, side: str, view: str) -> int:
    tiles = exam["hanging"]["tiles"]
    return int(next(t["images"][0] for t in tiles if (t["side"], t["view"]) == (side, view)))


def test_both_breasts_hang_alike_and_say_how_they_are_stored(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served)
        right, right_grey = hung(served, exam, image_of(exam, "R", "CC"))
        left, left_grey = hung(served, exam, image_of(exam, "L", "CC"))
    assert np.abs(right_grey.astype(int) - left_grey).mean() < 1
    assert (right["wall"], left["wall"]) == ("right", "left")
    assert right["from_stored"] == [-1, 0, COLUMNS - 1, 0, 1, 0]
    assert left["from_stored"] == [1, 0, 0, 0, 1, 0]
    assert left["size"] == [COLUMNS, ROWS] and left["spacing"] == [0.5, 0.5]
    assert left["windows"] == ["window 1"] and left["cautions"] == []
    top, bottom, reach = left["breast"]
    assert (top, bottom, reach) == pytest.approx((0.12 * ROWS, 0.88 * ROWS, 0.6 * COLUMNS), abs=12)


def test_pictures_are_as_small_as_asked_and_parts_as_large_as_stored(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served)
        _, grey = hung(served, exam, 0, "rows=100")
        address = f"/study/exams/{exam['number']}/hung/0"
        part = served.client.get(f"{address}/crop?left=256&top=0").content
        outside = served.refused(f"{address}/crop?left=4000&top=0")
    assert grey.shape == (100, 80)
    stored = cv2.imdecode(np.frombuffer(part, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert stored is not None
    assert stored.shape == (ROWS, COLUMNS - 256)
    assert "Ask for one within it" in outside


def test_a_narrower_window_parts_greys_and_a_wider_one_gives_back_what_it_cut_off(
    tmp_path: Path,
) -> None:
    cut = mammogram("L", WindowCenter=900, WindowWidth=400, **PERSON)
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served, cut)
        _, plain = hung(served, exam, 0)
        _, wide = hung(served, exam, 0, "width=12")
        _, bright = hung(served, exam, 0, "brighter=0.4")
        refused = served.refused(f"/study/exams/{exam['number']}/hung/0?width=100")
        absent = served.refused(f"/study/exams/{exam['number']}/hung/0?voi=3")
    gland, fat = (250, 20), (250, 200)
    assert plain[gland] > 250
    assert 60 < wide[fat] < wide[gland] < 250
    assert bright[fat] > plain[fat] + 60
    assert "0.05 to 20 times" in refused
    assert "VOI 3" in absent


def test_before_the_ai_is_shown_pictures_are_seen_and_nothing_else(tmp_path: Path) -> None:
    with reading_studies(tmp_path, reads_alone=True) as served:
        exam = kept_exam(served)
        regions = f"/study/exams/{exam['number']}/hung/0/regions"
        assert hung(served, exam, 0)[1].size
        assert not exam["ai_shown"]
        assert exam["findings"] == exam["below"] == exam["facts"] == []
        assert exam["image_facts"] == {}
        assert "not shown yet" in served.refused(regions)
        said = {"assessment": "1", "text": ""}
        shown = served.asked(f"/study/exams/{exam['number']}/alone", said)
        assert [each["kind"] for each in shown["findings"]] == ["mass"]
        assert served.asked(regions)["dense"] == [SQUARE.ravel().tolist()]


def test_marks_below_the_threshold_come_apart_and_need_no_decision(tmp_path: Path) -> None:
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served)
    assert [each["number"] for each in exam["findings"]] == [1]
    assert [(each["number"], each["score"]) for each in exam["below"]] == [(2, 0.2)]
    facts = {each["name"]: each for each in exam["facts"]}
    assert facts["shown_from_mass"]["number"] == 0.5
    assert facts["density_category"]["word"] == "C"


def test_what_cannot_be_hung_by_its_tissue_is_shown_as_stored_and_says_so(tmp_path: Path) -> None:
    even = np.full((ROWS, COLUMNS), 1000, np.uint16)
    even[::2] = 1400
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served, mammogram("L", picture=even, **PERSON))
        facts, grey = hung(served, exam, 0)
    assert facts["wall"] is None and "not_hung" in facts["cautions"]
    assert facts["from_stored"] == [1, 0, 0, 0, 1, 0]
    assert grey.shape == (ROWS, COLUMNS)


def test_a_breast_at_the_other_side_s_edge_is_told(tmp_path: Path) -> None:
    wrong = mammogram("R", **PERSON)
    wrong.ImageLaterality = "L"
    with reading_studies(tmp_path) as served:
        facts, _ = hung(served, kept_exam(served, wrong), 0)
    assert "side_contradicted" in facts["cautions"]


def test_what_is_for_processing_lies_under_what_is_for_looking(tmp_path: Path) -> None:
    both = raw("L", number=1, **PERSON), mammogram("L", number=2, **PERSON)
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served, *both)
    [stack] = [each["images"] for each in exam["hanging"]["tiles"] if each["view"] == "CC"]
    views = exam["hanging"]["views"]
    assert [views[str(image)]["processing"] for image in stack] == [False, True]


def test_a_drawn_region_is_told_in_words_once_the_ai_may_be_seen(tmp_path: Path) -> None:
    # The gland of the drawn breasts: dense within fat, so what is told is not asked for.
    square = [60.0, 200.0, 120.0, 200.0, 120.0, 260.0, 60.0, 260.0]
    with reading_studies(tmp_path) as served:
        exam = kept_exam(served)
        address = f"/study/exams/{exam['number']}/words"
        image = image_of(exam, "L", "CC")
        asked = {"kind": "mass", "image": image, "outline": square}
        told = served.client.post(address, json=asked)
        none = served.client.post(address, json={**asked, "kind": "lesion"})
        short = served.client.post(address, json={**asked, "outline": square[:4]})
    assert told.status_code == 200, told.text
    assert [each["name"] for each in told.json()] == ["shape", "mammographic_margin"]
    assert all(each["word"] or each["reason"] for each in told.json())
    assert none.status_code >= 400 and "expected mass or calcifications" in none.text
    assert short.status_code >= 400
