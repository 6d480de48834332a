"""The review page opened before a fake clip, and how a hand goes about on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.browser.opened import Shown, playwright, serving, shown_in
from tests.browser.review.told_clip import FRAMES, FakeClip, middle, review_app

Point = tuple[float, float]

ON_SCREEN = """([x, y]) => {
    const box = document.querySelector('[data-part=picture]').getBoundingClientRect();
    return [box.left + (x + 0.5) * box.width / 640, box.top + (y + 0.5) * box.height / 480];
}"""
COLOUR = """([x, y]) => {
    const canvas = document.querySelector('[data-part=picture]'), scale = canvas.width / 640;
    const at = [(x + 0.5) * scale, (y + 0.5) * scale];
    return [...canvas.getContext('2d').getImageData(...at, 1, 1).data].slice(0, 3);
}"""


@contextmanager
def serving_clip() -> Iterator[tuple[FakeClip, str]]:
    """A fake clip and the address of its page."""
    clip = FakeClip()
    with serving(review_app(clip)) as address:
        yield clip, f"{address}/review/"


@contextmanager
def before_no_clip(
    browser: playwright.Browser, address: str, locale: str = "en-GB"
) -> Iterator[Shown]:
    with shown_in(browser, locale) as shown:
        shown.page.goto(address)
        shown.wait("clip?.state")
        yield shown


@contextmanager
def before_clip(
    browser: playwright.Browser, clip: FakeClip, address: str, locale: str = "en-GB"
) -> Iterator[Shown]:
    """It is read, and its first frame shown."""
    clip.open("20260102-030405_dfd50d6f.senoscope")
    with before_no_clip(browser, address, locale) as shown:
        shown.wait(f"clip.lanes.length === {FRAMES}")
        at(shown, 0)
        yield shown


def at(shown: Shown, place: int) -> None:
    shown.wait(f"picture?.header?.place === {place}")


def go(shown: Shown, place: int) -> None:
    shown.page.evaluate("place => window.senoscope.go(place)", place)
    at(shown, place)


def settled(shown: Shown) -> None:
    """Nothing is asked for any more."""
    shown.wait("edit.pending === 0 && window.senoscope.edit.later === 0")
    shown.wait("picture.wanted === null && !window.senoscope.picture.asking")


def header(shown: Shown) -> dict[str, Any]:
    return dict(shown.page.evaluate("window.senoscope.picture.header"))


def on_screen(shown: Shown, point: Point) -> Point:
    x, y = shown.page.evaluate(ON_SCREEN, list(point))
    return x, y


def colour(shown: Shown, point: Point) -> list[int]:
    return list(shown.page.evaluate(COLOUR, list(point)))


def drag(shown: Shown, start: Point, end: Point) -> None:
    mouse = shown.page.mouse
    mouse.move(*on_screen(shown, start))
    mouse.down()
    mouse.move(*on_screen(shown, end), steps=4)
    mouse.up()


def rightmost(place: int, number: int) -> Point:
    """Where every outline of the fake begins, and so its first handle is."""
    x, y = middle(place, number)
    return x + 70, y
