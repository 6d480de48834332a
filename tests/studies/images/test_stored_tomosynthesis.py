"""Tomosynthesis views of a study as readers see them."""

import random
import warnings
from pathlib import Path

import numpy as np
import pytest
from pydicom import uid

from senoscope.domain.errors import ImageError, SenoscopeError, SourceUnavailable
from senoscope.domain.mammogram import Laterality
from senoscope.models.programmed.mammography.breast import Edge
from senoscope.studies.images.stored_tomosynthesis import (
    is_tomosynthesis,
    read_tomosynthesis,
)
from senoscope.studies.quality.sides import contradicts_side
from senoscope.studies.wrapping.frames_written import SYNTAXES
from tests.studies.study_builders import read
from tests.studies.test_mutated_files import mutated
from tests.studies.tomosynthesis import (
    COUNT,
    HEIGHTS,
    only_image,
    seen_places,
    slice_frames,
    view,
    write_view,
)


@pytest.mark.parametrize("of_each", [False, True])
def test_a_view_says_all_that_its_groups_say(tmp_path: Path, of_each: bool) -> None:
    windows = ((2048.0, 4096.0),) * (COUNT if of_each else 1)
    stored = view(tmp_path, "R", "MLO", windows=windows, side_per_frame=of_each)
    assert is_tomosynthesis(stored.image)
    assert (stored.seen.laterality, stored.seen.view) == (Laterality.RIGHT, "MLO")
    assert stored.seen.heights_mm == HEIGHTS
    assert stored.seen.spacing is not None
    assert (stored.seen.spacing.row_mm, stored.hanging.wall) == (0.1, Edge.RIGHT)
    assert stored.cautions == ()
    assert stored.window == "window 1"
    assert stored.frames == (1, 2, 3, 4, 5)
    assert seen_places(stored) == [0, 1, 2, 3, 4] == seen_places(stored), "twice the same"


def test_both_sides_hang_alike(tmp_path: Path) -> None:
    left, right = view(tmp_path / "l", "L"), view(tmp_path / "r", "R")
    for one, other in zip(left.seen.slices, right.seen.slices, strict=True):
        assert one.dtype == np.float32
        assert np.array_equal(one, other)
        assert one.min() >= 0
        assert one.max() <= 1


def test_a_side_that_the_tissue_contradicts_is_known(tmp_path: Path) -> None:
    right = view(tmp_path / "r", "L", frames=slice_frames("R"))
    assert right.hanging.wall is Edge.RIGHT
    assert contradicts_side(right.image, "right")
    assert seen_places(right) == [0, 1, 2, 3, 4], "it hangs by its tissue all the same"
    assert not contradicts_side(view(tmp_path / "l", "L").image, "left")


def test_without_a_view_it_is_said(tmp_path: Path) -> None:
    stored = view(tmp_path, change=lambda header: delattr(header, "ViewCodeSequence"))
    assert stored.seen.view is None
    assert "no_view" in stored.cautions


@pytest.mark.parametrize(
    ("count", "says"), [(100_000, "no usable size"), (500, "cut off"), (4, "announces 4 frames")]
)
@pytest.mark.parametrize("syntax", [uid.ExplicitVRLittleEndian, uid.JPEGLSLossless])
def test_an_absurd_number_of_frames_is_refused(
    tmp_path: Path, count: int, says: str, syntax: uid.UID
) -> None:
    path = write_view(tmp_path, syntax=syntax)
    content = path.read_bytes()
    head = b"\x28\x00\x08\x00IS"
    at = content.index(head)
    (length,) = content[at + 6 : at + 7]
    said = str(count).encode()
    said += b" " * (len(said) % 2)
    changed = head + len(said).to_bytes(2, "little") + said
    path.write_bytes(content[:at] + changed + content[at + 8 + length :])
    if syntax == uid.JPEGLSLossless and count == 4:
        says = "cut off"  # five items for four frames: nothing says which is which
    with pytest.raises(SourceUnavailable, match=says):
        read_tomosynthesis(only_image(tmp_path))


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_file_that_is_cut_off_is_refused(tmp_path: Path, syntax: uid.UID) -> None:
    path = write_view(tmp_path, syntax=syntax)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(SourceUnavailable, match="cut off"):
        read_tomosynthesis(only_image(tmp_path))


def test_slices_that_show_no_breast_are_refused(tmp_path: Path) -> None:
    blank = [np.full_like(each, 700) for each in slice_frames()]
    with pytest.raises(ImageError, match="no breast stands out"):
        view(tmp_path, frames=blank)


def test_mutated_files_are_read_or_refused_in_words(tmp_path: Path) -> None:
    chance = random.Random(7)
    content = write_view(tmp_path, syntax=uid.RLELossless).read_bytes()
    outcomes = set()
    for _ in range(100):
        (tmp_path / "1.dcm").write_bytes(mutated(chance, content))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            studies, left_out = read(tmp_path)
            try:
                seen = [read_tomosynthesis(each.images[0]).seen for each in studies]
                assert all(len(list(each.slices)) for each in seen)
                outcomes.add("left out" if left_out else "read")
            except SenoscopeError as error:
                assert "file" in str(error).lower() or "image" in str(error), str(error)
                outcomes.add("refused")
    assert outcomes == {"read", "refused", "left out"}
