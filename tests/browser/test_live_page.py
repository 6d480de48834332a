"""The live page in a real Chromium, watching a loop that publishes 1280x720 at 60 per second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from senoscope.realtime.published import AiState
from senoscope.ui.frames import cine
from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.live.live_actions import LiveActions, Preview
from tests import builders
from tests.browser.opened import (
    FEWEST_FPS,
    Served,
    Shown,
    needs_browser,
    playwright,
    serving_loop,
    shown_in,
)
from tests.fakes import FakeLiveLoop, FakeRecording
from tests.ui.built_frames import phantom_frames, status

pytestmark = [pytest.mark.browser, needs_browser]

HELD_S = 2.0
WATCH_CARDS = """() => new Promise((done) => {
    const { view } = window.senoscope, wrong = [];
    let looks = 0;
    const look = () => {
        const said = document.querySelector('[data-part=size_0]').textContent;
        const { long_axis, short_axis } = view.shown.findings[0]?.measured ?? {};
        const axes = long_axis && [long_axis, short_axis].map((axis) => axis.value.toFixed(1));
        const drawn = axes ? `${axes[0]} × ${axes[1]} mm` : '';
        if (said !== drawn) wrong.push([said, drawn]);
        looks += 1;
        if (looks < 90) requestAnimationFrame(look); else done(wrong);
    };
    requestAnimationFrame(look);
})"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    frames = phantom_frames(48)
    loop = FakeLiveLoop(frames, status(simulated=True), fps=60)
    key_frames = KeyFrames()
    actions = LiveActions(
        known_sources=lambda: ("phantom", "camera 0"),
        preview=lambda source: Preview(source, (1280, 720), 60.0, True, True, frames[0].jpeg),
        start_source=loop.switch_source,
        first_run=lambda: False,
        exam=builders.exam_summary,
        end_exam=loop.end_exam,
        align=lambda wanted: None,
        recording=FakeRecording(),
        key_frames=key_frames,
    )
    with serving_loop(loop, actions, tmp_path_factory.mktemp("snapshots")) as served:
        yield served


@pytest.fixture
def shown(chromium: playwright.Browser, served: Served) -> Iterator[Shown]:
    with shown_in(chromium) as opened:
        opened.open(served.address)
        yield opened


def test_at_least_25_frames_a_second_are_seen(shown: Shown) -> None:
    assert shown.fps() >= FEWEST_FPS
    assert shown.page.evaluate("window.senoscope.view.shown.size") == [1280, 720]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_has_to_be_scrolled(shown: Shown, language: str) -> None:
    if language == "zh":
        shown.page.keyboard.press("l")
    for width, height in ((1280, 720), (1024, 768), (768, 1024)):
        shown.page.set_viewport_size({"width": width, "height": height})
        shown.page.get_by_text("p95").wait_for()
        for part in ("picture", "lesion_0", "about", "freeze", "snapshot"):
            box = box_of(shown, f"[data-part={part}]")
            assert inside(box, (0, 0, width, height)), (width, part)
        for part in ("frame_rate", "latency"):
            box = box_of(shown, f"[data-part={part}]")
            assert inside(box, box_of(shown, ".facts")), (width, part)
        for part in (".findings", ".top", ".controls", ".warning"):
            room = shown.page.locator(part)
            assert room.evaluate("one => one.scrollHeight <= one.clientHeight"), (width, part)
            assert room.evaluate("one => one.scrollWidth <= one.clientWidth"), (width, part)


def box_of(shown: Shown, selector: str) -> tuple[float, float, float, float]:
    box = shown.page.locator(selector).bounding_box()
    assert box is not None, selector
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def inside(box: tuple[float, float, float, float], room: tuple[float, float, float, float]) -> bool:
    """Whether left, top, right and bottom of `box` lie within those of `room`."""
    return all(box[at] >= room[at] and box[at + 2] <= room[at + 2] for at in (0, 1))


def test_freeze_stops_the_picture_and_resume_starts_it(shown: Shown) -> None:
    shown.page.keyboard.press("Space")
    shown.page.get_by_text("FROZEN", exact=False).wait_for()
    shown.wait("view.shown.frozen")
    frozen = shown.drawn()
    shown.page.wait_for_timeout(500)
    assert shown.drawn() == frozen
    shown.page.keyboard.press("Space")
    shown.page.wait_for_function("before => window.senoscope.drawn > before", arg=frozen)


def test_an_old_picture_is_never_shown_as_live(shown: Shown, served: Served) -> None:
    served.loop.paused = True
    try:
        stale = shown.page.locator(".banners").get_by_text("STALE")
        stale.wait_for(timeout=3000)
        assert shown.page.locator(".old canvas").count() == 1
        served.loop.paused = False
        stale.wait_for(state="hidden", timeout=3000)
    finally:
        served.loop.paused = False


def test_simulated_keeps_its_place_beside_the_two_gravest_states(
    shown: Shown, served: Served
) -> None:
    usual = served.loop.condition
    places = shown.page.locator(".banners span:visible")
    assert places.all_inner_texts() == ["◇ SIMULATED"]
    before = places.first.bounding_box()
    served.loop.condition = replace(
        usual, error="Gone.", ended=True, lost=True, ai_state=AiState.OFF, ai_restarts=2
    )
    try:
        shown.page.keyboard.press("Space")
        shown.page.get_by_text("LOST").wait_for()
        assert places.all_inner_texts() == ["◇ SIMULATED", "✕ LOST", "⊘ AI OFF, restarts: 2"]
        assert places.first.bounding_box() == before
    finally:
        served.loop.condition = usual


def test_the_overlay_is_drawn_and_hidden(shown: Shown) -> None:
    shown.freeze_on_a_lesion()
    marked = shown.pixels()
    shown.page.keyboard.press("o")
    bare = shown.pixels()
    assert bare != marked
    shown.page.keyboard.press("o")
    assert shown.pixels() == marked


def test_the_card_says_what_the_picture_shows(shown: Shown) -> None:
    shown.freeze_on_a_lesion()
    assert shown.said("title_0") == "Lesion 1"
    assert shown.said("word_0") == "uncertain"
    assert shown.said("number_0") == "0.37"
    assert shown.said("size_0").endswith("mm")
    shown.page.get_by_role("img", name="Lesion 1, uncertain, 0.37").wait_for(timeout=3000)


def test_nothing_moves_when_a_lesion_comes_or_goes(shown: Shown) -> None:
    places = set()
    for count in (0, 1):
        shown.wait(f"view.shown.findings.length === {count}")
        parts = ("operating_point", "size_0", "lesion_1", "lesion_2", "about")
        places.add(tuple(box_of(shown, f"[data-part={part}]")[1] for part in parts))
    assert len(places) == 1


def test_the_cards_change_with_the_picture(shown: Shown) -> None:
    assert shown.page.evaluate(WATCH_CARDS) == []


def test_what_reads_is_said_in_the_panel_s_foot_and_with_the_keys(shown: Shown) -> None:
    for width, height in ((1280, 720), (768, 1024)):
        shown.page.set_viewport_size({"width": width, "height": height})
        said = shown.said("about").replace("\N{NO-BREAK SPACE}", " ")
        assert said == "Senoscope 0.1.0 · unet 1 · googlenet 1 · OpenVINO int8"
    shown.page.keyboard.press("?")
    assert shown.said("about_again") == shown.said("about")


def test_a_server_s_fall_is_said_where_the_engine_stands_in_both_languages(
    shown: Shown, served: Served
) -> None:
    usual = served.loop.condition
    asked = replace(
        usual, engine="Server int8", server="triton.clinic.example:8001",
        fallback="OpenVINO int8", engine_falls=12,
    )  # fmt: skip
    about = shown.page.locator(".warning [data-part=about]")
    try:
        served.loop.condition = asked
        about.get_by_text("Server int8 at triton.clinic.example:8001, 12 frames").wait_for()
        served.loop.condition = replace(asked, fell_back=True)
        about.get_by_text(
            "OpenVINO int8 here; the server triton.clinic.example:8001 gives no usable answer in "
            "time (12 frames)"
        ).wait_for()
        for width, height in ((1280, 720), (1024, 768), (768, 1024)):
            shown.page.set_viewport_size({"width": width, "height": height})
            assert inside(box_of(shown, "[data-part=about]"), (0, 0, width, height)), width
        shown.page.keyboard.press("l")
        about.get_by_text("服务器 triton.clinic.example:8001 未及时给出可用结果").wait_for()
    finally:
        served.loop.condition = usual


def test_a_latency_says_what_it_is_and_is_blank_while_not_known(
    shown: Shown, served: Served
) -> None:
    usual = served.loop.condition
    shown.page.get_by_text("p95 18 ms").wait_for()
    served.loop.condition = replace(usual, latency_p95_ms=0.0)
    try:
        shown.page.get_by_text("p95").wait_for(state="detached")
    finally:
        served.loop.condition = usual


def test_a_snapshot_of_a_long_frozen_frame_is_that_frame(
    shown: Shown, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cine, "CINE_S", HELD_S)
    shown.freeze_on_a_lesion()
    index = shown.page.evaluate("window.senoscope.view.shown.frame")
    assert f"FROZEN, frame {index}" in shown.page.locator(".banners").inner_text()
    # Longer than the server holds frames that nobody froze.
    shown.page.wait_for_timeout(1.5 * HELD_S * 1000)
    shown.page.keyboard.press("s")
    shown.page.get_by_text("Saved senoscope_").wait_for()
    assert list(served.folder.glob(f"*_frame{index:04d}.png"))


def test_a_frozen_frame_that_the_server_lost_is_said_at_once(shown: Shown) -> None:
    shown.page.keyboard.press("Space")
    shown.page.evaluate("window.senoscope.view.socket.send('freeze:1')")
    shown.page.get_by_text("This frame is no longer in memory and cannot be saved.").wait_for()
    shown.page.keyboard.press("Space")
    shown.page.get_by_text("no longer in memory").wait_for(state="detached")


def test_the_language_changes_at_once_and_is_remembered(shown: Shown) -> None:
    shown.page.get_by_role("button", name="Language", exact=True).click()
    assert shown.said("freeze_word") == "冻结"
    assert shown.page.evaluate("document.documentElement.lang") == "zh-CN"
    shown.page.reload()
    shown.wait("drawn > 0")
    assert shown.said("freeze_word") == "冻结"
    assert shown.page.evaluate("document.documentElement.lang") == "zh-CN"
