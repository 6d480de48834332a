"""The page's colours as people with weak sight see them: contrast after WCAG 2.2."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("senoscope.ui.pages").joinpath("live.css").read_text(encoding="utf-8")
THEMES = {"dark": ".senoscope", "light": '.senoscope[data-theme="light"]'}
MARKS = ("low", "uncertain", "high")
PAIRS = [
    *((ink, paper, 4.5) for ink in ("text", "quiet") for paper in ("ground", "panel", "raised")),
    ("on-accent", "accent", 4.5),
    *(("accent", paper, 3) for paper in ("ground", "panel", "raised")),
    *(("field", paper, 3) for paper in ("panel", "raised")),
    *((mark, paper, 3) for mark in MARKS for paper in ("track", "panel")),
]


def rule(selector: str) -> str:
    found = re.search(rf"^{re.escape(selector)} \{{(.*?)\}}", STYLE, re.MULTILINE | re.DOTALL)
    assert found is not None, selector
    return found[1]


def colours(theme: str) -> dict[str, str]:
    """Each colour's name and its six digits; the light theme changes some of the dark one's."""
    both = rule(THEMES["dark"]) + (rule(THEMES["light"]) if theme == "light" else "")
    named = re.findall(r"--([\w-]+): #(\w{3,6});", both)
    return {
        name: "".join(2 * d for d in digits) if len(digits) == 3 else digits
        for name, digits in named
    }


def luminance(digits: str) -> float:
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_black_on_white_is_the_most_there_is() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "paper", "least"), PAIRS)
def test_what_must_be_told_apart_can_be(theme: str, ink: str, paper: str, least: float) -> None:
    named = colours(theme)
    assert contrast(named[ink], named[paper]) >= least


def test_black_on_a_grave_banner_can_be_read() -> None:
    assert contrast("000000", colours("dark")["grave"]) >= 4.5


def test_the_bar_s_fill_lies_on_the_track_and_key_caps_are_not_faint() -> None:
    assert "var(--track)" in rule(".senoscope .bar")
    assert "opacity" not in rule(".senoscope kbd")
