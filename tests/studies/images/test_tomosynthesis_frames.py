"""Slices decoded one at a time, and under which windows they are seen."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, uid

from senoscope.domain.errors import SettingsError, SourceUnavailable
from senoscope.studies.images.stored_tomosynthesis import (
    read_tomosynthesis,
)
from senoscope.studies.pixels.grey_windows import Contrast
from senoscope.studies.wrapping.frames_written import SYNTAXES
from tests.studies.mammograms import MOST, breast
from tests.studies.tomosynthesis import (
    COUNT,
    frame_groups,
    only_image,
    place_of,
    seen_places,
    slice_frames,
    view,
    write_view,
)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_each_form_gives_the_same_slices_in_any_order(tmp_path: Path, syntax: uid.UID) -> None:
    plain = view(tmp_path / "plain")
    stored = view(tmp_path / "coded", syntax=syntax)
    for place in (3, 0, 4):
        assert np.array_equal(stored.slices[place], plain.slices[place])
    assert seen_places(stored) == [0, 1, 2, 3, 4]
    with pytest.raises(SettingsError, match="Frame 6 was asked for; the image has 5"):
        stored.slices.frames.frame(6)


def test_a_window_of_each_frame_is_its_own(tmp_path: Path) -> None:
    """Each frame is by 500 brighter than the one before, and so is its window."""
    moved = [np.asarray(each // 2 + 500 * place) for place, each in enumerate(slice_frames())]
    windows = tuple((1024.0 + 500 * place, 2048.0) for place in range(COUNT))
    own = list(view(tmp_path / "own", frames=moved, windows=windows).seen.slices)
    fat = breast(label=False) < 1500
    tones = [float(each[fat].mean()) for each in own]
    assert max(tones) - min(tones) < 0.01
    shared = list(view(tmp_path / "one", frames=moved, windows=windows[:1]).seen.slices)
    assert np.ptp([float(each[fat].mean()) for each in shared]) > 0.5


def test_a_window_at_the_top_of_the_header_is_used(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        del header.SharedFunctionalGroupsSequence[0].FrameVOILUTSequence
        header.WindowCenter, header.WindowWidth = 2048, 4096

    stored = view(tmp_path / "top", change=change)
    assert stored.window == "window 1"
    assert np.array_equal(stored.slices[2], view(tmp_path / "plain").slices[2])


@pytest.mark.parametrize("caution", ["no_window", "window_unused"])
def test_without_a_window_of_use_all_slices_are_spread_alike(tmp_path: Path, caution: str) -> None:
    def change(header: Dataset) -> None:
        group = header.SharedFunctionalGroupsSequence[0]
        if caution == "no_window":
            del group.FrameVOILUTSequence
        else:
            group.FrameVOILUTSequence[0].WindowCenter = 60_000
            group.FrameVOILUTSequence[0].WindowWidth = 10

    frames = [breast(label=False) // (1 + place) for place in range(COUNT)]
    stored = view(tmp_path, frames=frames, change=change)
    assert caution in stored.cautions
    assert stored.window == ""
    gland = breast(label=False) > 2000
    tones = [float(each[gland].mean()) for each in stored.seen.slices]
    assert tones == sorted(tones, reverse=True)
    assert tones[2] > 1.4 * tones[4], "the darker ones stay darker"


def test_the_page_s_contrast_is_that_of_mammograms(tmp_path: Path) -> None:
    frames = view(tmp_path).slices.frames
    assert frames.windows == ("window 1",)
    plain, brighter = frames.frame(1), frames.frame(1, contrast=Contrast(1.0, 0.25))
    assert brighter.mean() > plain.mean() + 0.1
    with pytest.raises(SettingsError, match="VOI 1 was asked for"):
        frames.frame(1, voi=1)


@pytest.mark.parametrize("syntax", SYNTAXES[1:])
def test_a_damaged_frame_is_named_and_the_others_are_shown(tmp_path: Path, syntax: uid.UID) -> None:
    path = write_view(tmp_path, syntax=syntax)
    opened = read_tomosynthesis(only_image(tmp_path))
    ((offset, length),) = opened.slices.frames.stored.frames.places.frames[2]
    content = bytearray(path.read_bytes())
    content[offset : offset + length] = bytes(length)
    path.write_bytes(content)
    for stored in (opened, read_tomosynthesis(only_image(tmp_path))):
        assert place_of(stored.slices[4]) == 4
        with pytest.raises(SourceUnavailable, match="Frame 3 of 5 of file 1 of the study is dam"):
            list(stored.seen.slices)


@pytest.mark.parametrize("syntax", SYNTAXES[1:])
def test_without_one_sound_slice_to_hang_it_by_it_is_refused(
    tmp_path: Path, syntax: uid.UID
) -> None:
    path = write_view(tmp_path, syntax=syntax)
    places = read_tomosynthesis(only_image(tmp_path)).slices.frames.stored.frames.places
    content = bytearray(path.read_bytes())
    for ((offset, length),) in places.frames:
        content[offset : offset + length] = bytes(length)
    path.write_bytes(content)
    with pytest.raises(SourceUnavailable, match="Not one of the 5 slices of file 1"):
        read_tomosynthesis(only_image(tmp_path))


def test_a_file_that_is_gone_is_said(tmp_path: Path) -> None:
    path = write_view(tmp_path)
    stored = read_tomosynthesis(only_image(tmp_path))
    path.unlink()
    with pytest.raises(SourceUnavailable, match="Frame 1 of 5"):
        next(iter(stored.seen.slices))


def test_greys_that_contradict_themselves_are_said_and_seen_inverted(tmp_path: Path) -> None:
    inverted = [MOST - each for each in slice_frames()]
    stored = view(
        tmp_path / "i",
        frames=inverted,
        change=lambda header: setattr(header, "PresentationLUTShape", "INVERSE"),
    )
    assert stored.cautions == ("contradicting_greys",)
    assert np.abs(stored.slices[1] - view(tmp_path / "p").slices[1]).max() < 0.01


def test_a_window_that_one_frame_lacks_is_used_of_none(tmp_path: Path) -> None:
    def change(header: Dataset) -> None:
        del frame_groups(header)[1].FrameVOILUTSequence

    stored = view(tmp_path, windows=((2048.0, 4096.0),) * COUNT, change=change)
    assert (stored.window, stored.cautions) == ("", ("no_window",))
