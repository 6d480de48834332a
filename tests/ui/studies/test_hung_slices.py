"""The hanging's slices as the page asks them: by height, in slabs, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.studies.tomosynthesis import hologic_private, projections, synthetic
from tests.ui.opened import unpacked
from tests.ui.reading_studies import ReadingStudies, reading_studies
from tests.ui.studies.hung_exams import PERSON, kept_exam
from tests.ui.studies.sliced_exams import (
    BALLS,
    COUNT,
    STEP_MM,
    MarksSlices,
    damaged_slices,
    flat,
    frame_of,
    sliced_files,
    sliced_frames,
    write_slices,
)

X, Y = BALLS[8]


@dataclass
class Open:
    """An exam that no test changes."""

    served: ReadingStudies
    exam: Any

    @property
    def image(self) -> int:
        """The slices of the left breast."""
        return image_of(self.exam, "L", "slices")

    @property
    def address(self) -> str:
        return f"/study/exams/{self.exam['number']}/hung/{self.image}"

    def slice(self, ask: str = "") -> tuple[Any, Any]:
        return slice_of(self.served, self.exam, self.image, ask)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    folder = tmp_path_factory.mktemp("four")
    with reading_studies(folder, MarksSlices()) as opened:
        yield Open(opened, read(opened, *sliced_files(folder / "exam")))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ReadingStudies]:
    with reading_studies(tmp_path, MarksSlices()) as opened:
        yield opened


def read(served: ReadingStudies, *files: Path) -> Any:
    return served.read(*(each.read_bytes() for each in files))


def image_of(exam: Any, side: str, kind: str) -> int:
    views = exam["hanging"]["views"].values()
    fits = (v for v in views if (v["side"], v["kind"], v["view"]) == (side, kind, "CC"))
    return int(next(fits)["image"])


def slice_of(served: ReadingStudies, exam: Any, image: int, ask: str = "") -> tuple[Any, Any]:
    answer = served.client.get(f"/study/exams/{exam['number']}/hung/{image}?rows=8192&{ask}")
    assert answer.status_code == 200, answer.text
    facts, jpeg = unpacked(answer.content)
    return facts, cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)


def shows_ball(grey: Any) -> bool:
    return bool(grey[Y - 6 : Y + 6, X - 6 : X + 6].mean() > 215)


def test_two_dimensions_lie_in_one_place_the_flat_one_on_top(four: Open) -> None:
    views = four.exam["hanging"]["views"]
    stacks = {
        f"{tile['side']} {tile['view']}": [views[str(image)]["kind"] for image in tile["images"]]
        for tile in four.exam["hanging"]["tiles"]
    }
    assert stacks == {
        "R CC": ["slices"], "L CC": ["plain", "slices"], "R MLO": ["plain"], "L MLO": ["plain"],
    }  # fmt: skip


def test_the_middle_slice_comes_first_with_all_heights_whatever_the_stored_order(
    four: Open,
) -> None:
    facts, middle = four.slice()
    assert facts["slice"] == COUNT // 2 + 1 and facts["slab"] == [11, 11]
    assert facts["slices"]["heights_mm"] == [STEP_MM * place for place in range(COUNT)]
    assert facts["slices"]["frames"] == [frame_of(number) for number in range(1, COUNT + 1)]
    assert facts["spacing"] == [0.5, 0.5] and facts["size"] == [400, 500]
    assert facts["window"] == "window 1" and facts["cautions"] == []
    assert not shows_ball(middle)
    assert shows_ball(four.slice("slice=8")[1])
    outlined = four.exam["findings"][0]
    assert outlined["frame"] == frame_of(8) and outlined["image"] == four.image


def test_both_sides_hang_alike(four: Open) -> None:
    left, one = slice_of(four.served, four.exam, image_of(four.exam, "L", "slices"), "slice=8")
    right, other = slice_of(four.served, four.exam, image_of(four.exam, "R", "slices"), "slice=8")
    assert np.abs(one.astype(int) - other).mean() < 1
    assert (left["wall"], right["wall"]) == ("left", "right")
    assert right["from_stored"] == [-1, 0, 399, 0, 1, 0]


@pytest.mark.parametrize(
    ("ask", "slab"),
    [
        ("slice=8&how=maximum&slab_mm=3", [8, 8]),
        ("slice=8&how=maximum&slab_mm=4", [7, 8]),
        ("slice=8&how=average&slab_mm=10", [6, 10]),
        ("slice=1&how=average&slab_mm=10", [1, 3]),
        ("slice=3&how=maximum", [1, COUNT]),
    ],
)
def test_a_slab_reaches_half_its_thickness_each_way(four: Open, ask: str, slab: list[int]) -> None:
    assert four.slice(ask)[0]["slab"] == slab


def test_slabs_are_the_brightest_and_the_mean_of_what_their_slices_show(four: Open) -> None:
    single = [four.slice(f"slice={n}")[1].astype(float) for n in range(8, 13)]
    _, brightest = four.slice("slice=10&how=maximum&slab_mm=10")
    _, mean = four.slice("slice=10&how=average&slab_mm=10")
    # As JPEG: the noise of single pixels is not kept to the grey.
    assert np.abs(np.max(single, 0) - brightest).mean() < 3
    assert np.abs(np.mean(single, 0) - mean).mean() < 3
    assert shows_ball(brightest) and not shows_ball(mean)
    assert shows_ball(four.slice("how=maximum")[1])


def test_a_part_of_a_slab_has_its_own_pixels(four: Open) -> None:
    address = f"{four.address}/crop?left=0&top=0&"

    def part(ask: str) -> Any:
        content = four.served.client.get(address + ask).content
        return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)

    assert part("slice=8").shape == (500, 400)
    assert shows_ball(part("slice=8"))
    assert not shows_ball(part("slice=12"))
    assert shows_ball(part("slice=12&how=maximum"))


def test_a_window_and_contrast_count_for_slices_too(four: Open) -> None:
    plain = four.slice("slice=12")[1]
    assert four.slice("slice=12&brighter=0.3")[1].mean() > plain.mean() + 30
    address = f"{four.address}?slice=12&"
    assert "VOI 4" in four.served.refused(address + "voi=4")
    assert "0.05 to 20 times" in four.served.refused(address + "width=nan")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (f"slice={COUNT + 1}", f"Slice {COUNT + 1} was asked for; the image has {COUNT}"),
        ("slice=3&slab_mm=5", "expected one of both"),
    ],
)
def test_what_is_not_there_is_refused(four: Open, ask: str, said: str) -> None:
    assert said in four.served.refused(f"{four.address}?{ask}")


@pytest.mark.parametrize(
    "ask",
    ["slice=0", "slice=-4", "slice=1e9", "slice=x", "how=sum", "how=maximum&slab_mm=0",
     "how=maximum&slab_mm=nan", "how=maximum&slab_mm=inf", "how=maximum&slab_mm=-5"],
)  # fmt: skip
def test_what_makes_no_sense_is_not_tried(four: Open, ask: str) -> None:
    answer = four.served.client.get(f"{four.address}?{ask}")
    assert answer.status_code == 422


def test_slices_are_asked_of_slices_alone(four: Open) -> None:
    image = image_of(four.exam, "L", "plain")
    assert "is one picture" in four.served.refused(
        f"/study/exams/{four.exam['number']}/hung/{image}?slice=2"
    )


def test_without_heights_there_are_single_slices_and_all_of_them(
    served: ReadingStudies, tmp_path: Path
) -> None:
    heights = tuple([0.0] * COUNT)
    file = write_slices(tmp_path / "one", "L", 1, heights_mm=heights, slice_mm=0.001)
    exam = read(served, file)
    facts, _ = slice_of(served, exam, 0, "slice=2")
    assert facts["slices"]["heights_mm"] is None and "no_heights" in facts["cautions"]
    refused = served.refused(f"/study/exams/{exam['number']}/hung/0?how=maximum&slab_mm=5&slice=2")
    assert "Ask for one slice, or for all" in refused
    assert slice_of(served, exam, 0, "how=maximum")[0]["slab"] == [1, COUNT]


def test_a_damaged_slice_says_so_and_leaves_the_others(
    served: ReadingStudies, tmp_path: Path
) -> None:
    middle = COUNT // 2 + 1
    exam = read(served, damaged_slices(tmp_path / "one", frame_of(middle)))
    facts, _ = slice_of(served, exam, 0)
    assert facts["slice"] in (middle - 1, middle + 1), "the next to it"
    address = f"/study/exams/{exam['number']}/hung/0?slice={middle}"
    said = served.refused(address)
    assert f"Frame {frame_of(middle)} of {COUNT}" in said and "Copy it again" in said
    whole, grey = slice_of(served, exam, 0, "how=maximum")
    assert "slab_left_out" in whole["cautions"] and shows_ball(grey)
    assert "slab_left_out" not in slice_of(served, exam, 0, "slice=2")[0]["cautions"]


def test_what_stands_out_at_no_edge_is_shown_as_stored(
    served: ReadingStudies, tmp_path: Path
) -> None:
    even = np.full((500, 400), 1000, np.uint16)
    even[::2] = 1400
    exam = read(served, write_slices(tmp_path / "one", "L", 1, [even] * 5))
    facts, grey = slice_of(served, exam, 0)
    assert facts["wall"] is None and "not_hung" in facts["cautions"]
    assert grey.shape == (500, 400)


def test_synthetic_pictures_and_projections_are_named_and_the_latter_not_hung(
    tmp_path: Path,
) -> None:
    with reading_studies(tmp_path) as served:
        exam = kept_exam(
            served,
            flat("L", "CC", 1),
            synthetic(2, **PERSON),
            projections(number=3, **PERSON),
            hologic_private(4),
        )
        views = exam["hanging"]["views"]
        [stack] = [each["images"] for each in exam["hanging"]["tiles"] if each["view"] == "CC"]
        assert [views[str(image)]["kind"] for image in stack] == ["plain", "synthetic"]
        extra = exam["hanging"]["extra"]
        assert [views[str(image)]["kind"] for image in extra] == ["projections"] * 2
        said = [
            served.refused(f"/study/exams/{exam['number']}/hung/{image}{ask}")
            for image in extra
            for ask in ("", "/crop?left=0&top=0")
        ]
    assert ["it holds projections" in each for each in said] == [True, True, False, False]
    assert ["private object of Hologic" in each for each in said] == [False, False, True, True]


def test_before_the_ai_is_shown_slices_are_seen_and_no_marks(tmp_path: Path) -> None:
    with reading_studies(tmp_path, MarksSlices(), reads_alone=True) as served:
        exam = read(served, write_slices(tmp_path / "one", "L", 1))
        facts, grey = slice_of(served, exam, 0, "slice=8")
        assert facts["slices"]["heights_mm"] is not None and shows_ball(grey)
        assert not exam["ai_shown"] and exam["findings"] == []


def test_words_are_not_told_of_slices(four: Open) -> None:
    square = [60.0, 200.0, 120.0, 200.0, 120.0, 260.0]
    asked = {"kind": "mass", "image": four.image, "outline": square}
    [told] = four.served.asked(f"/study/exams/{four.exam['number']}/words", asked)
    assert told["word"] is None and "mammograms alone" in told["reason"]


def test_slices_under_windows_of_their_own_are_as_small_as_asked(
    served: ReadingStudies, tmp_path: Path
) -> None:
    frames = [each[::2, ::2].copy() for each in sliced_frames("R")]
    windows = ((2048.0, 4096.0),) * (COUNT - 1) + ((200.0, 400.0),)
    file = write_slices(tmp_path / "one", "R", 1, frames, shape=(250, 200), windows=windows)
    exam = read(served, file)
    answer = served.client.get(f"/study/exams/{exam['number']}/hung/0?slice=1&rows=100")
    facts, jpeg = unpacked(answer.content)
    assert facts["size"] == [200, 250]
    first = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert first is not None
    assert first.shape == (100, 80)
    assert first.mean() > slice_of(served, exam, 0, "slice=2")[1].mean() + 20
