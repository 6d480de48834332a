"""The page of rooms in a browser: every state in words and shape, refreshed by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.room_board import RoomBoard, RoomState
from senoscope.ui.app import PageSettings, build_app
from senoscope.ui.review.review_session import ReviewSession
from senoscope.ui.rooms.room_desk import RoomDesk
from tests.browser.opened import (
    PATIENCE_MS,
    TOO_WIDE,
    Shown,
    needs_browser,
    playwright,
    serving,
    shown_in,
)
from tests.fakes import BuildFakeReader, FakeLiveLoop
from tests.ui.built_frames import OPERATING_POINT, status
from tests.ui.opened import Asked
from tests.ui.rooms.told_rooms import NAMES, READS, Watch, store_at, tell_all, told_board

pytestmark = [needs_browser, pytest.mark.browser]
CARD = "[data-part=list] > li"


class Rooms:
    """The served page, the store and the board behind it, and the board's clock."""

    def __init__(self, address: str, store: ExamStore, board: RoomBoard, watch: Watch) -> None:
        self.address, self.store, self.board, self.watch = address, store, board, watch

    def lose_the_table(self) -> None:
        with self.store.parts.database.writing() as connection:
            connection.execute(text("DROP TABLE room"))

    def open(self, shown: Shown) -> None:
        shown.page.goto(f"{self.address}/rooms")
        shown.wait("page?.rooms")


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    store, watch = store_at(tmp_path), Watch()
    board = told_board(store, watch)
    review = ReviewSession(BuildFakeReader(), tmp_path)
    actions = replace(Asked().actions, rooms=RoomDesk(board, look_s=0), review=review)
    app = build_app(FakeLiveLoop([], status()), actions, PageSettings(tmp_path, OPERATING_POINT))
    with serving(app) as address:
        yield Rooms(address, store, board, watch)
    review.close()
    store.close()


def card(shown: Shown, name: str) -> playwright.Locator:
    heading = shown.page.get_by_role("heading", name=name, exact=True)
    return shown.page.locator(CARD).filter(has=heading)


def test_each_state_has_its_words_its_shape_and_its_line(
    chromium: playwright.Browser, rooms: Rooms, pictures: Path
) -> None:
    with shown_in(chromium) as shown:
        rooms.open(shown)
        cards = shown.page.locator(CARD)
        assert cards.locator(".name").all_inner_texts() == [
            *(f"Room {n}" for n in range(1, 9)),
            *("Room 10", "Room 10"),
        ]
        states = cards.locator(".state strong").all_inner_texts()
        assert states[:6] == [
            *("Reading", "AI starting", "AI off", "Source lost", "Source at its end", "Ended")
        ]
        assert states[6].startswith("Not heard from since 2026-11-01")
        assert states[7] == "Not understood: of another version"
        kinds = [each.get_attribute("data-room") for each in cards.all()]
        assert kinds == [*NAMES.values(), "reading"]
        shapes = cards.locator(".shape").all_inner_texts()
        assert len(set(shapes[:8])) == len(RoomState) == 8
        lines = {
            each.evaluate("one => ((s) => `${s.borderLeftStyle} ${s.borderLeftColor}`)"
                          "(getComputedStyle(one))")
            for each in cards.all()[:5]
        }  # fmt: skip
        assert len(lines) == 5
        shown.page.screenshot(path=pictures / "rooms.png")


def test_the_sum_says_how_many_and_which_need_a_look(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    with shown_in(chromium) as shown:
        rooms.open(shown)
        assert shown.said("sum").startswith("Rooms: 1 AI starting, 3 reading, 1 AI off,")
        assert shown.said("sum").endswith("10 in all")
        needs = shown.said("needs").replace("\N{NO-BREAK SPACE}", " ")
        assert needs.startswith("Needs a look: Room 3 (AI off); Room 4 (Source lost); Room 7 (Not")
        assert needs.endswith("; Room 10 (name given twice)")


def test_a_card_says_what_was_told_and_nothing_else(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    with shown_in(chromium) as shown:
        rooms.open(shown)
        said = card(shown, "Room 1").inner_text().replace("\N{NO-BREAK SPACE}", " ")
        for each in (
            *("59.8", "OpenVINO int8", "open since 2026-", "6 s ago", "214 800 captured"),
            *(
                "209 311 read",
                "12",
                "Senoscope 0.1.0 \N{MIDDLE DOT} unet-realtime 0.3.2",
                "us-pc-1, no. 100000",
            ),
        ):
            assert each in said
        simulated = card(shown, "Room 3").inner_text()
        assert "◇ SIMULATED" in simulated
        assert "none open" in simulated
        twins = card(shown, "Room 10").first.inner_text()
        assert "This name is given to no. 100001 and no. 100002." in twins
        silent = card(shown, "Room 7").inner_text()
        assert "was open, since" in silent
        assert "59.8" not in silent


def test_it_refreshes_by_itself_and_a_card_stays_where_it_is(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    with shown_in(chromium) as shown:
        rooms.open(shown)
        card(shown, "Room 2").evaluate("one => { one.marked = true; }")
        rooms.watch.wait(4)
        tell_all(rooms.board, lambda each: replace(each, state=RoomState.READING))
        shown.page.wait_for_function(
            "document.querySelectorAll('[data-room=reading]').length === 9", timeout=PATIENCE_MS
        )
        assert card(shown, "Room 2").evaluate("one => one.marked")
        rooms.board.tell("Room 4", replace(READS, instance=400_000, state=RoomState.ENDED))
        rooms.board.forget("Room 4")
        rooms.board.tell("A new room", READS)
        shown.page.wait_for_function(
            f"document.querySelectorAll('{CARD} .name')[0].textContent === 'A new room'",
            timeout=PATIENCE_MS,
        )
        assert card(shown, "Room 4").count() == 0


def test_it_speaks_chinese_in_the_light_and_fits_a_narrow_window(
    chromium: playwright.Browser, rooms: Rooms, pictures: Path
) -> None:
    with shown_in(chromium, "zh-CN") as shown:
        for width, height in ((1280, 720), (800, 1100), (390, 844)):
            shown.page.set_viewport_size({"width": width, "height": height})
            rooms.open(shown)
            shown.page.locator("[data-part=theme]").click()
            cut_off = shown.page.locator(".rooms *").evaluate_all(TOO_WIDE)
            assert cut_off == [], width
            shown.page.screenshot(path=pictures / f"rooms_{width}.png")
        assert "自 2026-11-01" in card(shown, "Room 7").inner_text()
        assert "失去联系" in shown.said("sum")


def test_the_way_there_is_on_other_pages_and_not_at_the_bedside(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    with shown_in(chromium) as shown:
        shown.page.goto(rooms.address)
        shown.wait("view")
        assert shown.page.locator("[data-way=rooms]").is_hidden()
        shown.page.goto(f"{rooms.address}/review/")
        shown.page.locator("[data-way=rooms]").click()
        shown.wait("page?.rooms")
        assert shown.page.url == f"{rooms.address}/rooms/"
        assert shown.page.locator("[data-way=rooms]").is_hidden()
        assert shown.page.locator("[data-way=live]").is_visible()


def test_a_store_that_cannot_be_reached_leaves_what_was_seen_and_says_so(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    with shown_in(chromium) as shown:
        rooms.open(shown)
        rooms.lose_the_table()
        message = shown.page.locator("[data-part=message]")
        message.get_by_text("database cannot be reached").wait_for(timeout=PATIENCE_MS)
        assert "What is shown is as of" in message.inner_text()
        assert shown.page.locator(CARD).count() == 10


def test_what_was_seen_long_ago_is_said_to_be_old_though_nothing_is_known_to_be_wrong(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    with shown_in(chromium) as shown:
        rooms.open(shown)
        root = shown.page.locator("[data-part=root]")
        assert (root.get_attribute("data-state"), shown.said("message")) == ("open", "")
        answer = httpx.get(f"{rooms.address}/room/all").json() | {"looked_ago_s": 11}
        shown.page.route("**/room/all", lambda route: route.fulfill(json=answer))
        said = shown.page.get_by_text("What is shown is as of 11 s ago.", exact=True)
        said.wait_for(timeout=PATIENCE_MS)
        assert root.get_attribute("data-state") == "old"


def test_without_a_room_it_says_how_one_gets_its_name(
    chromium: playwright.Browser, rooms: Rooms
) -> None:
    rooms.watch.wait(3600)
    for name in {each.name for each in rooms.board.all()}:
        rooms.board.forget(name)
    with shown_in(chromium) as shown:
        rooms.open(shown)
        assert shown.said("sum") == "No room has told of itself yet"
        assert shown.said("none_typed") == 'senoscope live --room "Ultrasound 1"'
        assert shown.page.locator("[data-part=none]").is_visible()
