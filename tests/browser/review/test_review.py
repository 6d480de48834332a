"""The clip review page in a real Chromium, before a clip that is told by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.opened import PATIENCE_MS, Shown, needs_browser, playwright, shown_in
from tests.browser.review.shown import (
    at,
    go,
    header,
    settled,
)
from tests.browser.review.told_clip import FRAMES, RECORDING, FakeClip

pytestmark = [pytest.mark.browser, needs_browser]


def test_a_recording_is_opened_by_the_keyboard_and_read_with_progress(
    empty: Shown, clip: FakeClip
) -> None:
    clip.pace = 2
    assert empty.page.locator("[data-part=open]").is_visible()
    empty.page.get_by_text(RECORDING["name"]).wait_for()  # the list comes after the page
    empty.page.locator("[data-part=choose_file]").focus()
    empty.page.keyboard.press("Tab")
    assert empty.page.locator(":focus").inner_text().startswith(RECORDING["name"])
    empty.page.keyboard.press("Enter")
    empty.wait("clip.lanes.length > 4")
    assert empty.said("reading_said").startswith("Read ")
    assert empty.said("reading_said").endswith("of 120, 00:08 left")
    empty.wait("picture.header?.place === 0")
    empty.page.keyboard.press("ArrowRight")
    at(empty, 1)
    empty.page.locator("[data-part=cancel]").click()
    empty.wait("clip.state.state === 'cancelled'")
    empty.page.get_by_text("What was found in them stays.").wait_for()
    empty.page.keyboard.press("ArrowRight")
    at(empty, 2)


def test_a_file_is_sent_with_its_name_and_can_be_stopped(
    empty: Shown, clip: FakeClip, tmp_path: Path
) -> None:
    file = tmp_path / "乳腺 1.mp4"
    file.write_bytes(b"x" * 300_000)
    clip.holds = True
    empty.page.locator("[data-part=file]").set_input_files(file)
    assert empty.page.locator("[data-part=sending_stop]:focus").is_visible()
    empty.page.keyboard.press("Enter")
    empty.page.get_by_text("Not sent: stopped.").wait_for()
    clip.holds = False
    empty.page.locator("[data-part=file]").set_input_files(file)
    empty.wait("picture.header?.place === 0")
    assert clip.uploads[-1] == ("%E4%B9%B3%E8%85%BA%201.mp4", 300_000)
    assert not empty.page.locator("[data-part=open]").is_visible()


def test_a_dropped_file_is_sent(empty: Shown, clip: FakeClip) -> None:
    empty.page.evaluate(
        """() => {
            const carried = new DataTransfer();
            carried.items.add(new File(['xx'], 'a.avi'));
            const how = { bubbles: true, cancelable: true, dataTransfer: carried };
            document.querySelector('[data-part=drop]').dispatchEvent(new DragEvent('drop', how));
        }"""
    )
    empty.wait("picture.header?.place === 0")
    assert clip.uploads == [("a.avi", 2)]


def test_what_cannot_be_opened_is_said_in_a_sentence(empty: Shown, clip: FakeClip) -> None:
    clip.refuses = {"kind": "SourceUnavailable", "message": "It is no clip. Choose another."}
    empty.page.locator("[data-part=recordings] button").click()
    empty.page.get_by_text("It is no clip. Choose another.").wait_for()
    empty.complaints.clear()


def test_keys_go_through_the_frames(shown: Shown) -> None:
    places = []
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowLeft", "k", "k", "k", "k", "End", "Home"):
        shown.page.keyboard.press(key)
        settled(shown)
        places.append(header(shown)["place"])
    assert places == [1, 11, 10, 20, 70, 90, 20, 119, 0]


def test_play_runs_to_the_end_at_the_clip_s_own_rate_and_pauses(shown: Shown) -> None:
    shown.page.keyboard.press("Space")
    shown.wait("picture.header.place > 15")
    shown.page.keyboard.press("Space")
    shown.wait("picture.playing === null")
    assert shown.said("play_word") == "Play"
    go(shown, 110)
    took_ms = shown.page.evaluate(
        """() => new Promise((done) => {
            const begun = performance.now(), { picture } = window.senoscope;
            document.querySelector('[data-part=play]').click();
            const look = () => {
                if (picture.playing) setTimeout(look, 5); else done(performance.now() - begun);
            };
            look();
        })"""
    )
    at(shown, FRAMES - 1)
    assert took_ms >= 280, "Nine frames of a clip of 30 a second."


def test_a_click_on_the_timeline_goes_there_and_chooses_the_lesion_of_that_lane(
    shown: Shown,
) -> None:
    box = shown.page.locator("[data-part=timeline]").bounding_box()
    assert box is not None
    x = box["x"] + 34 + (box["width"] - 34) * 80.5 / FRAMES
    shown.page.mouse.click(x, box["y"] + box["height"] / 2)
    at(shown, 80)
    assert shown.page.evaluate("window.senoscope.clip.selected") == 2
    assert shown.said("moment") == "Frame 81 of 120 · 2.67 s · lesion 2: here 0.81, quality 0.00"


def test_why_a_frame_was_not_read_is_said_on_hover_and_to_those_who_cannot_see(
    shown: Shown,
) -> None:
    box = shown.page.locator("[data-part=timeline]").bounding_box()
    assert box is not None
    shown.page.mouse.move(box["x"] + 34 + (box["width"] - 34) * 32.5 / FRAMES, box["y"] + 20)
    assert shown.said("moment") == "Frame 33 of 120 · 1.07 s · not read: sweep too fast"
    go(shown, 31)
    spoken = shown.page.locator("[data-part=timeline]").get_attribute("aria-valuetext") or ""
    assert "not read: sweep too fast" in spoken
    assert shown.said("banner_abstains") == "⊝ NOT READ: sweep too fast"


def test_the_lanes_show_probability_and_hatch_what_was_not_read(shown: Shown) -> None:
    inked = shown.page.evaluate(
        """() => {
            const lanes = document.querySelector('[data-part=lanes]'), ink = lanes.getContext('2d');
            const wide = (lanes.width - 34) / 120;
            const share = (place, row, counts) => {
                const { data } = ink.getImageData(34 + place * wide, 34 * row, wide, 34);
                let count = 0;
                for (let i = 0; i < data.length; i += 4) count += counts(data[i], data[i + 2]);
                return count / (data.length / 4);
            };
            const coloured = (red, blue) => Math.abs(red - blue) > 20, bright = (red) => red > 100;
            return [
                share(25, 0, coloured), share(75, 1, coloured), share(115, 1, coloured),
                share(33, 0, bright), share(2, 0, bright),
            ];
        }"""
    )
    low, high, beyond, not_read, read = inked
    assert 0.2 < low < 0.5 < high
    assert beyond == 0
    assert not_read > 0.08 > read


def test_a_lesion_says_all_that_is_known_of_it(shown: Shown) -> None:
    first = shown.page.locator(".row").first
    assert first.locator(".pick").get_attribute("aria-label") == (
        "Lesion 1, uncertain, 0.37, 0.18 to 0.47, 95 frames, 14.2 × 9.1 mm, "
        "12.9 to 15.6 × 7.8 to 10.5 (95 %), not judged"
    )
    shown.page.keyboard.press("2")
    second = shown.page.locator(".row").nth(1)
    second.get_by_role("button", name="Key frame").click()
    at(shown, 70)
    assert "66 agree, frames 41 to 110" in second.locator(".acts").inner_text()


def test_a_lesion_is_accepted_rejected_and_remarked_upon(shown: Shown, clip: FakeClip) -> None:
    row = shown.page.locator(".row").first
    row.get_by_role("button", name="Accept", exact=True).click()
    shown.wait("clip.state.lesions[0].verdict === 'accepted'")
    row.get_by_role("button", name="Accept", exact=True).click()
    shown.wait("clip.state.lesions[0].verdict === 'open'")
    row.get_by_role("button", name="Reject", exact=True).click()
    shown.wait("clip.state.lesions[0].verdict === 'rejected'")
    row.get_by_role("button", name="Note").click()
    shown.page.locator("[data-part=remark_side]").select_option("L")
    shown.page.locator("[data-part=remark_clock]").fill("10")
    shown.page.locator("[data-part=remark_note]").fill("soft edge")
    shown.page.keyboard.press("Enter")
    shown.wait("clip.state.lesions[0].note === 'soft edge'")
    assert clip.said[1] == {
        "side": "L",
        "clock": 10,
        "from_nipple_cm": None,
        "note": "soft edge",
        "verdict": "rejected",
    }
    assert "rejected, left, 10 o'clock, soft edge" in row.inner_text()


def test_a_video_is_made_with_progress_and_the_rest_is_taken_at_once(
    shown: Shown, clip: FakeClip
) -> None:
    shown.page.locator("[data-part=export]").click()
    for part, name in (
        ("export_video", "video.mp4"),
        ("Frames, CSV", "frames.csv"),
        ("Readings, JSON", "readings.json"),
        ("Key images, ZIP", "key_images.zip"),
    ):
        with shown.page.expect_download() as download:
            if part == "export_video":
                shown.page.locator("[data-part=export_video]").click()
            else:
                shown.page.get_by_role("link", name=part).click()
        assert download.value.suggested_filename == name
    assert shown.said("export_said") == "The video is ready."


def test_a_video_can_be_stopped(shown: Shown, clip: FakeClip) -> None:
    clip.film, clip.film_pause_s = [each / 200 for each in range(201)], 0.05
    shown.page.locator("[data-part=export]").click()
    shown.page.locator("[data-part=export_video]").click()
    shown.page.wait_for_function(
        "document.querySelector('[data-part=video_progress]').value > 0", timeout=PATIENCE_MS
    )
    shown.page.keyboard.press("Enter")
    shown.page.get_by_text("No video: stopped.").wait_for()
    shown.page.wait_for_timeout(1000)
    assert clip.filmed < 100


def test_what_the_clip_is_and_who_read_it_is_said(shown: Shown) -> None:
    assert shown.said("clip_name") == RECORDING["name"]
    assert shown.said("clip_same") == "Live readings: 120 of 120 the same"
    assert shown.said("banner_simulated") == "◇ SIMULATED"
    assert not shown.page.locator("[data-part=banner_uncalibrated]").is_visible()
    said = shown.said("about").replace("\N{NO-BREAK SPACE}", " ")
    assert said == "Senoscope 0.1.0 · unet 1 · googlenet 1 · OpenVINO int8"


def test_a_clip_is_closed_and_the_next_begins_anew(shown: Shown) -> None:
    go(shown, 50)
    shown.page.locator("[data-part=close_clip]").click()
    shown.page.locator("[data-part=recordings] button").click()
    shown.wait("picture.header?.place === 0")


def test_another_browser_sees_what_was_done_here(
    shown: Shown, clip: FakeClip, chromium: playwright.Browser, served: tuple[FakeClip, str]
) -> None:
    with shown_in(chromium) as other:
        other.page.goto(served[1])
        other.wait("picture?.header?.place === 0")
        shown.page.locator(".row").first.get_by_role("button", name="Accept", exact=True).click()
        other.wait("clip.state.lesions[0].verdict === 'accepted'")


def test_language_and_theme_are_switched_by_keys_and_remembered(shown: Shown) -> None:
    shown.page.keyboard.press("l")
    assert shown.said("play_word") == "播放"
    shown.page.keyboard.press("t")
    assert shown.page.evaluate("document.documentElement.dataset.senoscopeTheme") == "light"
    shown.page.reload()
    shown.wait("picture?.header?.place === 0")
    assert shown.said("play_word") == "播放"
