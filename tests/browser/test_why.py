"""Why, asked on a frozen picture: a layer over it and a few lines, until it is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from senoscope.domain.errors import ModelPackageError
from senoscope.ui.frames.key_frames import KeyFrames
from senoscope.ui.live.live_actions import LiveActions
from senoscope.ui.live.why import Explainer
from tests import builders
from tests.browser.opened import (
    Served,
    Shown,
    needs_browser,
    playwright,
    serving_loop,
    shown_in,
)
from tests.fakes import FakeLiveLoop, FakeRecording
from tests.ui.built_frames import status
from tests.ui.explained import MiddleEngine, classifier, read_frame

pytestmark = [pytest.mark.browser, needs_browser]

PAUSE_S = 0.02
AT = "document.querySelector('canvas').getContext('2d').getImageData(x * s, y * s, 1, 1).data"
GREY = (
    f"([x, y]) => {{ const s = document.querySelector('canvas').width / 160; return [...{AT}]; }}"
)
BEYOND = """all => {
    const right = (one) => one.getBoundingClientRect().right;
    return Math.max(...all.map((one) => right(one) - right(one.parentElement)));
}"""
"""How far the part that reaches furthest out of its row does so, in pixels."""
IN_PATCH, FAR_AWAY = (36.5, 26.5), (140.5, 110.5)
"""In frame pixels: beside the dot's sign and within the outline; beyond the square."""


@pytest.fixture
def engine() -> MiddleEngine:
    return MiddleEngine(PAUSE_S)


def watching(
    chromium: playwright.Browser, folder: Path, explainer: Explainer | None
) -> Iterator[Shown]:
    """A page on a frozen frame with one lesion."""
    loop = FakeLiveLoop([], status())
    actions = LiveActions(
        known_sources=lambda: ("phantom",),
        preview=lambda source: pytest.fail(f"{source} is not to be tried."),
        start_source=loop.switch_source,
        first_run=lambda: False,
        exam=builders.exam_summary,
        end_exam=lambda patient, who: builders.exam_summary(),
        align=lambda wanted: None,
        recording=FakeRecording(),
        key_frames=KeyFrames(),
        explain=None if explainer is None else explainer.explain,
    )
    with serving_loop(loop, actions, folder) as served, shown_in(chromium) as shown:
        shown.page.goto(served.address)
        shown.wait("view.newest?.fps > 0")
        send(served, 1, shown)
        yield shown


def send(served: Served, index: int, shown: Shown) -> None:
    served.loop.emit(read_frame(index))
    shown.wait(f"view.shown?.frame === {index}")


def freeze(shown: Shown) -> None:
    shown.page.keyboard.press("Space")
    shown.wait("view.shown.frozen")


@pytest.fixture
def shown(chromium: playwright.Browser, tmp_path: Path, engine: MiddleEngine) -> Iterator[Shown]:
    yield from watching(chromium, tmp_path, Explainer(lambda: classifier(engine)))


@pytest.fixture
def unexplained(chromium: playwright.Browser, tmp_path: Path) -> Iterator[Shown]:
    yield from watching(chromium, tmp_path, None)


def answered(shown: Shown) -> None:
    shown.wait("why.asking === null")


def colour(shown: Shown, place: tuple[float, float]) -> tuple[int, int, int]:
    red, green, blue, _ = shown.page.evaluate(GREY, list(place))
    return red, green, blue


def test_why_draws_a_layer_and_says_where_the_number_comes_from(shown: Shown) -> None:
    button = shown.page.locator("[data-part=why_0]")
    assert not button.is_visible()
    freeze(shown)
    bare, away = colour(shown, IN_PATCH), colour(shown, FAR_AWAY)
    assert max(bare) - min(bare) <= 2
    before = shown.pixels()
    button.click()
    shown.wait("why.heat?.done > 0")
    assert shown.said("why_line") == "Hiding one place after another ..."
    answered(shown)
    red, green, blue = colour(shown, IN_PATCH)
    assert red > green > blue
    assert red - blue > 10
    assert colour(shown, FAR_AWAY) == away
    said = shown.said("why_line").replace("\N{NO-BREAK SPACE}", " ")
    shares = shown.page.evaluate("window.senoscope.why.heat.shares.map((s) => Math.round(100 * s))")
    assert said == "Effect: {} % inside, {} % at the margin, {} % outside.".format(*shares)
    assert [shown.said(f"why_part_{place}")[0] in "+−" for place in range(3)] == [True] * 3
    assert shown.said("why_probability")
    button.click()
    assert shown.pixels() == before
    assert not shown.page.locator("[data-part=why]").is_visible()


def test_the_layer_goes_with_the_overlay(shown: Shown) -> None:
    freeze(shown)
    shown.page.keyboard.press("w")
    answered(shown)
    shown.page.keyboard.press("o")
    bare = colour(shown, IN_PATCH)
    assert max(bare) - min(bare) <= 2


@pytest.mark.parametrize("key", ["w", "Space"])
def test_asking_ends_when_it_is_taken_back_or_the_picture_goes_on(
    shown: Shown, engine: MiddleEngine, key: str
) -> None:
    freeze(shown)
    shown.page.keyboard.press("w")
    shown.wait("why.heat?.done > 0")
    shown.page.keyboard.press(key)
    assert shown.page.evaluate("window.senoscope.why.heat") is None
    assert not shown.page.locator("[data-part=why]").is_visible()
    shown.page.wait_for_timeout(50 * PAUSE_S * 1000)
    assert engine.runs < 40


def test_asked_again_after_it_was_taken_back_it_answers(shown: Shown) -> None:
    freeze(shown)
    for _ in range(3):
        shown.page.keyboard.press("w")
    answered(shown)
    assert shown.said("why_line").startswith("Effect:")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (ZeroDivisionError("division by zero"), "because of a fault in the program; see the log"),
        (ModelPackageError("The card is gone. Reinstall."), "The card is gone. Reinstall."),
    ],
)
def test_what_went_wrong_is_said_where_the_answer_would_be(
    shown: Shown, engine: MiddleEngine, fault: Exception, words: str
) -> None:
    engine.fault = fault
    freeze(shown)
    shown.page.keyboard.press("w")
    answered(shown)
    assert words in shown.said("why_line")
    shown.page.keyboard.press("l")
    assert words in shown.said("why_line")


def test_while_the_picture_moves_the_key_says_what_to_do_first(shown: Shown) -> None:
    shown.page.keyboard.press("w")
    assert shown.said("message") == "Freeze on a marked lesion first, then ask why."


def test_a_reader_that_cannot_say_why_is_not_asked(unexplained: Shown) -> None:
    freeze(unexplained)
    unexplained.page.keyboard.press("w")
    assert unexplained.said("message") == ""
    assert not unexplained.page.locator("[data-part=why_0]").is_visible()
    unexplained.page.keyboard.press("?")
    assert not unexplained.page.locator("[data-part=why_key]").is_visible()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_said_fits_beside_the_picture(shown: Shown, language: str) -> None:
    if language == "zh":
        shown.page.keyboard.press("l")
    freeze(shown)
    shown.page.keyboard.press("w")
    answered(shown)
    assert shown.said("word_0") in {"uncertain", "不确定"}, "The longest word is to fit."
    for width, height in ((1280, 720), (1024, 768), (768, 1024)):
        shown.page.set_viewport_size({"width": width, "height": height})
        parts = shown.page.locator(".lesion.explained p > *, .why p > *")
        assert parts.evaluate_all(BEYOND) <= 0, (width, height)
        room = shown.page.locator(".findings")
        assert room.evaluate("one => one.scrollHeight <= one.clientHeight"), (width, height)
        assert room.evaluate("one => one.scrollWidth <= one.clientWidth"), (width, height)
