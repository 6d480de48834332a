"""What is on paper and what is played through check each other, and both what was measured."""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random
from statistics import mean
from typing import Any

import pytest

from benchmarks.growth import arguments, checked, grown, rounded
from benchmarks.growth_figures import Frame, Site, read_report
from benchmarks.growth_needs import fills, rooms_per_card, rooms_row
from benchmarks.growth_queues import cycle, on_one_machine, wait_of, waits_longer
from benchmarks.growth_simulation import Cores, Task, World, pause, simulated
from benchmarks.growth_tables import filled, rooms_table

HOUSE = Path(__file__).parents[2]
FRAME = Frame(2.0, 13.0, 2.0, 9.0, rpc_ms=1.25)
NEAR = 0.2
"""So far off may a prediction be."""
FULL = 0.8
"""Of the cores' time; from there on lateness is not predicted. Set after four rooms at 30 Hz."""


def site(rate_hz: float, **given: Any) -> Site:
    return Site(FRAME, 1000 / rate_hz, **{"cores": 2, "instances": 1, "one_machine": True, **given})


def lives(customers: int, cores: int, work_ms: float, think_ms: float) -> tuple[float, float]:
    """Frames a ms and ms held, of customers that think as chance has it; played through."""
    world, dice, shared = World(), Random(1), Cores(cores)
    held: list[float] = []

    def life() -> Task:
        while True:
            yield pause(dice.expovariate(1 / think_ms))
            came = world.now
            yield shared.work(work_ms)
            held.append(world.now - came)

    for _ in range(customers):
        world.go(life())
    world.run(200_000)
    return len(held) / 200_000, mean(held)


@pytest.mark.parametrize(("customers", "cores"), [(3, 1), (4, 2), (8, 2), (12, 5)])
def test_shared_cores_are_on_paper_as_they_are_played(customers: int, cores: int) -> None:
    rate, held = cycle(customers, 10.0, cores, 15.0)
    assert lives(customers, cores, 10.0, 15.0) == pytest.approx((rate, held), rel=0.02)


@pytest.mark.parametrize(("rooms", "card_ms"), [(12, 2.5), (12, 1.5), (40, 0.75)])
def test_waiting_for_a_card_is_on_paper_as_it_is_played(rooms: int, card_ms: float) -> None:
    card = Site(Frame(0, card_ms, 0, 0, lesions=0), 1000 / 30, 1, 1, one_machine=False)
    draws = [simulated(card, rooms, 0.1, draw, skip_s=0.1) for draw in range(600)]
    seen = [late for each in draws for late in each.latency_ms]
    waited = sorted((late - card_ms) / card_ms for late in seen)
    for than in (0.5, 1.0, 2.0, 4.0):
        share = sum(each > than for each in waited) / len(waited)
        assert share == pytest.approx(
            waits_longer(than, rooms, card.period_ms / card_ms), abs=0.015
        )


def test_a_queue_that_nobody_else_is_in_makes_nobody_wait() -> None:
    assert wait_of(0.99, 1, 10.0) == 0
    assert wait_of(0.5, 2, 1.0) > 100 * wait_of(0.5, 10, 100.0)


def test_one_room_alone_reads_every_frame_and_waits_for_nobody() -> None:
    seen = simulated(site(30), 1, 5.0, 1)
    assert seen.read_per_s == pytest.approx(30, rel=0.01)
    assert seen.latency_ms[0] == pytest.approx(FRAME.work_ms)
    assert seen.latency_ms[-1] == pytest.approx(FRAME.work_ms)
    assert on_one_machine(site(30), 1).latency_ms == pytest.approx(FRAME.work_ms, rel=0.01)


@pytest.mark.parametrize("rooms", [3, 4, 8])
def test_too_many_rooms_share_what_the_cores_can_do(rooms: int) -> None:
    seen, paper = simulated(site(30), rooms, 10.0, 1), on_one_machine(site(30), rooms)
    assert seen.busy == pytest.approx(1, abs=0.02)
    assert seen.read_per_s == pytest.approx(1000 * 2 / FRAME.work_ms / rooms, rel=0.02)
    assert paper.read_per_s == pytest.approx(seen.read_per_s, rel=0.05)
    # At least one frame of a room is on its way all the time, two at most, and the newest waits.
    assert 1000 / seen.read_per_s < mean(seen.latency_ms) < paper.latency_ms


@pytest.mark.parametrize("rate_hz", [5, 10, 15])
@pytest.mark.parametrize("rooms", [2, 4])
def test_on_paper_frames_are_late_as_played_or_a_little_later(rate_hz: int, rooms: int) -> None:
    paper = on_one_machine(site(rate_hz), rooms)
    seen = [simulated(site(rate_hz), rooms, 10.0, draw) for draw in range(6)]
    late = mean(ms for each in seen for ms in each.latency_ms)
    assert mean(each.read_per_s for each in seen) == pytest.approx(paper.read_per_s, rel=0.01)
    # On paper scanners keep no pace, so that frames meet oftener.
    assert 0.95 * late < paper.latency_ms < 1.5 * late


def test_frames_of_rooms_that_keep_out_of_each_others_way_are_not_late() -> None:
    seen = simulated(site(10, even=True), 4, 5.0, 1)
    assert seen.latency_ms[-1] == pytest.approx(FRAME.work_ms, rel=0.05)


def test_a_narrow_link_is_waited_for() -> None:
    apart = site(30, one_machine=False, cores=16, instances=16)
    wide = simulated(apart, 8, 3.0, 1)
    narrow = simulated(site(30, one_machine=False, cores=16, instances=16, up_ms=2.0), 8, 3.0, 1)
    assert wide.late(0.5) == pytest.approx(FRAME.work_ms, rel=0.05)
    assert narrow.late(0.5) > wide.late(0.5) + 4.0


def test_a_card_has_room_for_less_than_its_time() -> None:
    given = arguments(["--report", "x", "--card-ms", "2"])
    assert 10 < rooms_per_card(given) <= 1000 / 30 / 2


def test_where_one_is_too_slow_for_a_room_no_number_of_them_is_named() -> None:
    given = arguments(["--report", "x", "--card-ms", "200"])
    parts = {"per_server": 0, "per_card": rooms_per_card(given), "up": 9, "down": 9}
    row = rooms_row(12, {**parts, "exam_bytes": 1}, given)
    assert (parts["per_card"], row["servers"], row["cards"]) == (0, None, None)
    needs, costs = rooms_table([row], vars(given))[2], rooms_table([row], vars(given))[-1]
    assert needs.count("none is fast enough") == costs.count("none is fast enough") == 2


def test_what_fills_first_comes_first() -> None:
    given = arguments(["--report", "x", "--link-gbit", "25"])
    parts = {"per_server": 40.0, "per_card": 16.0, "up": 250_000, "acts SQLite": 50.0}
    found = fills(parts, given)
    assert [each["rooms"] for each in found] == sorted(each["rooms"] for each in found)
    assert found[0]["part"] == "a link of 1 Gbit/s"
    assert "a link of 25 Gbit/s" in {each["part"] for each in found}


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return read_report(HOUSE / "docs" / "results" / "rooms.json")


def test_of_what_was_measured_the_prediction_knows_one_room_alone(measured: dict[str, Any]) -> None:
    other = copy.deepcopy(measured)
    for run in other["runs"]:
        run["read_per_s"] = [1.0] * run["rooms"]
        run["latency_ms"] = dict.fromkeys(run["latency_ms"], 1.0)
        run["cpu_share"] = 0.1
    predicted = [
        (row["read_per_s"], row["latency_ms"], row.get("added_ms")) for row in checked(measured)
    ]
    assert predicted == [
        (row["read_per_s"], row["latency_ms"], row.get("added_ms")) for row in checked(other)
    ]


def test_1_2_and_4_rooms_are_predicted(measured: dict[str, Any]) -> None:
    rows = checked(measured)
    assert {row["rooms"] for row in rows if row["engine"] == "shared"} == {1, 2, 4}
    for row in rows:
        assert row["read_per_s"] == pytest.approx(row["measured_per_s"], rel=NEAR), row
        # Near its limit a queue's length says more of a hair's breadth of load than of the rooms.
        if row["busy"] < FULL:
            assert row["latency_ms"]["mean"] == pytest.approx(
                row["measured_ms"]["mean"], rel=NEAR
            ), row


def test_the_documents_tables_are_those_of_the_report() -> None:
    report = read_report(HOUSE / "docs" / "results" / "growth.json")
    document = (HOUSE / "docs" / "growth.md").read_text(encoding="utf-8")
    assert filled(document, report) == document
    with pytest.raises(ValueError, match="fills: end"):
        filled(document.replace("<!-- fills: end -->", ""), report)


def test_the_report_is_what_the_figures_give() -> None:
    report = read_report(HOUSE / "docs" / "results" / "growth.json")
    made = rounded(grown(arguments(["--report", "x"])))
    assert made == {**report, "given": {**report["given"], "document": None}}
