"""Every page by keyboard and screen reader, in both languages, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import pytest

from senoscope.ui.access.roles import Role
from tests.browser.every_page import SHOWS, EveryPage, serving_every_page
from tests.browser.opened import Shown, needs_browser, playwright
from tests.browser.review.shown import before_clip, serving_clip
from tests.browser.review.told_clip import FakeClip

pytestmark = [pytest.mark.browser, needs_browser]

CLIP = "a clip"
"""The review page with a clip that is told by hand."""
PAGES = (*SHOWS, CLIP)
SPOKEN = {
    *("button", "link", "textbox", "searchbox", "spinbutton", "combobox", "slider", "checkbox"),
    *("option", "image", "progressbar", "dialog", "application", "navigation", "region", "group"),
    "heading",
}
"""Roles that say nothing to a listener without a name."""
CHINESE = re.compile("[\u4e00-\u9fff]")
SAME_IN_BOTH = {"Senoscope", "Sample Anna", "Room 7", "pacs", "cm", "mm", "-"}
DIALOGS = ".senoscope [aria-haspopup=dialog]:enabled"
TARGETS = """() => [...(document.querySelector('dialog[open]') ?? document)
    .querySelectorAll('a[href], button, input, select, textarea, [tabindex]')]
    .filter((one) => one.tabIndex >= 0 && !one.disabled)
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .map((one, place) => {
        one.dataset.target = place;
        return one.dataset.part ?? (one.textContent.trim() || one.outerHTML);
    })"""
FOCUSED = """() => {
    const one = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(one);
    const { left, top, right, bottom } = one.getBoundingClientRect();
    return {
        target: Number(one.dataset.target ?? -1),
        ringed: outlineStyle === 'solid' && parseFloat(outlineWidth) >= 2,
        inside: left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight,
    };
}"""
SETTLED = """() => new Promise((settled) => {
    let timer;
    const wait = () => { clearTimeout(timer); timer = setTimeout(settled, 500); };
    const dialog = document.querySelector('dialog[open]');
    new MutationObserver(wait).observe(dialog, { childList: true, subtree: true });
    wait();
})"""
"""What a dialog offers may have to be asked for first, and then takes the place of what stood."""
ELSEWHERE = """() => [...document.querySelectorAll('link[href], script[src], img[src], iframe')]
    .map((one) => one.href ?? one.src)
    .filter((address) => address && new URL(address).origin !== location.origin)
    .filter((address) => !address.startsWith('data:'))"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EveryPage]:
    with serving_every_page(tmp_path_factory.mktemp("pages")) as served:
        yield served


@pytest.fixture(scope="module")
def clip() -> Iterator[tuple[FakeClip, str]]:
    with serving_clip() as served:
        yield served


@dataclass(frozen=True)
class Opened:
    """A page as an administrator sees it in one language, "en" or "zh"."""

    shown: Shown
    language: str


@pytest.fixture(scope="module", params=product(PAGES, ("en-GB", "zh-CN")), ids="-".join)
def opened(
    request: pytest.FixtureRequest,
    chromium: playwright.Browser,
    served: EveryPage,
    clip: tuple[FakeClip, str],
) -> Iterator[Opened]:
    page, locale = request.param
    if page == CLIP:
        context = before_clip(chromium, *clip, locale)
    else:
        context = served.shown(chromium, page, Role.ADMIN, locale)
    with context as shown:
        yield Opened(shown, locale[:2])


def spoken(shown: Shown) -> list[tuple[str, str, dict[str, Any]]]:
    """Role, name and properties of what a screen reader meets, in its order."""
    session = shown.page.context.new_cdp_session(shown.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        (
            node["role"]["value"],
            node.get("name", {}).get("value", "").strip(),
            {each["name"]: each["value"].get("value") for each in node.get("properties", ())},
        )
        for node in nodes
        if not node["ignored"]
    ]


def amiss(shown: Shown, language: str) -> list[str]:
    """What of it has no name, or one that is not in the page's language."""
    wrong = []
    for role, name, _ in spoken(shown):
        if role in SPOKEN and not name:
            wrong.append(f"a {role} without a name")
        is_said = role in SPOKEN and name not in SAME_IN_BOTH and ".senoscope" not in name
        if is_said and (CHINESE.search(name) is not None) != (language == "zh"):
            wrong.append(f"the {role} {name!r}")
    return wrong


def test_everything_has_a_name_in_the_page_s_language(opened: Opened) -> None:
    shown, language = opened.shown, opened.language
    assert amiss(shown, language) == []
    for opener in openers(shown):
        with in_dialog(shown, opener):
            assert amiss(shown, language) == []
            [modal] = [each for role, _, each in spoken(shown) if role == "dialog"]
            assert modal["modal"]


def test_a_listener_finds_the_way_about(opened: Opened) -> None:
    said = spoken(opened.shown)
    levels = [properties["level"] for role, _, properties in said if role == "heading"]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    roles = [role for role, _, _ in said]
    assert roles.count("main") == 1
    assert "status" in roles
    code = opened.shown.page.evaluate("document.documentElement.lang")
    assert code == {"en": "en", "zh": "zh-CN"}[opened.language]
    assert opened.shown.page.title().endswith(" · Senoscope")


def test_nothing_is_asked_of_another_machine(opened: Opened) -> None:
    assert opened.shown.foreign == []
    assert opened.shown.page.evaluate(ELSEWHERE) == []


def openers(shown: Shown) -> list[playwright.Locator]:
    """What opens a dialog."""
    return list(shown.page.locator(DIALOGS).locator("visible=true").all())


@contextmanager
def in_dialog(shown: Shown, opener: playwright.Locator) -> Iterator[None]:
    """Opened with Enter, left with Escape; the keyboard is then where it was."""
    opener.focus()
    shown.page.keyboard.press("Enter")
    shown.page.locator("dialog[open]").wait_for()
    shown.page.evaluate(SETTLED)
    yield
    shown.page.keyboard.press("Escape")
    shown.page.locator("dialog[open]").wait_for(state="detached")
    assert opener.evaluate("one => one === document.activeElement")


def test_tab_reaches_every_control_shows_it_and_leaves_it(opened: Opened) -> None:
    assert unreached(opened.shown) == []
    for opener in openers(opened.shown):
        with in_dialog(opened.shown, opener):
            assert unreached(opened.shown) == []


def unreached(shown: Shown) -> list[str]:
    """What Tab does not come to, or comes to unseen, on its way round."""
    names = shown.page.evaluate(TARGETS)
    assert names
    left = dict(enumerate(names))
    unseen = []
    for _ in range(len(names) + 5):
        shown.page.keyboard.press("Tab")
        focused = shown.page.evaluate(FOCUSED)
        name = left.pop(focused["target"], None)
        if name is not None and not (focused["ringed"] and focused["inside"]):
            unseen.append(f"{name}, unseen")
    return [*left.values(), *unseen]


def test_keys_typed_into_a_field_are_text_and_no_shortcuts(
    chromium: playwright.Browser, served: EveryPage
) -> None:
    with served.shown(chromium, "/", Role.ADMIN) as shown:
        for dialog, field in (("open_source", "path"), ("open_exam", "next_patient")):
            with in_dialog(shown, shown.page.locator(f"[data-part={dialog}]")):
                before = shown.page.evaluate("document.querySelector('.senoscope').dataset.theme")
                shown.page.locator(f"[data-part={field}]").focus()
                shown.page.keyboard.type("sweatl romp?")
                assert shown.page.locator(f"[data-part={field}]").input_value() == "sweatl romp?"
                assert shown.page.locator("dialog[open]").count() == 1
        assert before == shown.page.evaluate("document.querySelector('.senoscope').dataset.theme")
        assert shown.page.evaluate("window.senoscope.view.frozen")
        assert shown.said("freeze_word") == "Resume"


@pytest.mark.parametrize(
    ("role", "page", "parts"),
    [
        (Role.READER, "/", {"open_source", "record", "exam_end"}),
        (Role.OPERATOR, "/review/", {"choose_file", "edit", "open_area", "export_video"}),
        (Role.OPERATOR, "/studies/", {"show_ai", "sign"}),
        (Role.READER, "/calibration/", {"depth_use", "between_use", "scale_forget"}),
    ],
)
def test_what_a_role_may_not_do_looks_so_and_says_why(
    chromium: playwright.Browser, served: EveryPage, role: Role, page: str, parts: set[str]
) -> None:
    with served.shown(chromium, page, role) as shown:
        shown.page.locator(f"[data-part=log_out][title*={role}]").wait_for()
        denied = shown.page.locator("[aria-disabled=true]")
        assert parts <= set(
            denied.evaluate_all("all => all.map((one) => one.dataset.part ?? one.dataset.text)")
        )
        for one in denied.locator("visible=true").and_(shown.page.locator(":enabled")).all():
            one.press("Enter")
            shown.page.locator("[role=status]").get_by_text(f"Your role ({role})").first.wait_for()
        assert shown.page.locator("dialog[open]").count() == 0
