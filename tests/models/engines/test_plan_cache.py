"""A plan is read again where nothing changed, and built anew where anything did."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from senoscope.models.engines.plan_cache import keep_plan, kept_plan, plan_for, plan_key
from tests.models.engines.fake_gpu import CARD

KEY = plan_key(b"network", CARD, "tensorrt 11")


def built(plans: list[bytes]) -> bytes:
    plans.append(b"plan %d" % len(plans))
    return plans[-1]


def test_the_second_start_builds_nothing(tmp_path: Path) -> None:
    plans: list[bytes] = []
    for _ in range(2):
        assert plan_for(tmp_path, KEY, lambda: built(plans)) == b"plan 0"
    assert len(plans) == 1


@pytest.mark.parametrize(
    "other",
    [
        plan_key(b"another network", CARD, "tensorrt 11"),
        plan_key(b"network", CARD, "tensorrt 12"),
        plan_key(b"network", replace(CARD, name="Fake 2"), "tensorrt 11"),
        plan_key(b"network", replace(CARD, compute_capability=(8, 9)), "tensorrt 11"),
        plan_key(b"network", replace(CARD, driver="13.1"), "tensorrt 11"),
    ],
)
def test_another_card_driver_library_or_network_has_a_plan_of_its_own(
    tmp_path: Path, other: str
) -> None:
    keep_plan(tmp_path, KEY, b"mine")
    assert kept_plan(tmp_path, other) is None
    assert plan_for(tmp_path, other, lambda: b"its own") == b"its own"
    assert kept_plan(tmp_path, KEY) == b"mine"


def test_a_plan_under_a_foreign_key_is_not_read(tmp_path: Path) -> None:
    """Someone copied a file: on another card it could crash the process."""
    other = plan_key(b"network", replace(CARD, name="Fake 2"), "tensorrt 11")
    keep_plan(tmp_path, KEY, b"mine")
    (tmp_path / f"{KEY}.plan").rename(tmp_path / f"{other}.plan")
    assert kept_plan(tmp_path, other) is None


@pytest.mark.parametrize("cut", [0, 5, 32, 40])
def test_a_plan_cut_short_is_built_anew(tmp_path: Path, cut: int) -> None:
    keep_plan(tmp_path, KEY, b"a plan of some length")
    path = tmp_path / f"{KEY}.plan"
    path.write_bytes(path.read_bytes()[:cut])
    assert plan_for(tmp_path, KEY, lambda: b"new") == b"new"
    assert kept_plan(tmp_path, KEY) == b"new"


def test_every_spoilt_byte_is_noticed(tmp_path: Path) -> None:
    keep_plan(tmp_path, KEY, b"a plan")
    path = tmp_path / f"{KEY}.plan"
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept_plan(tmp_path, KEY) is None


def test_a_disk_that_takes_no_plan_only_costs_time(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("where the folder should be")
    assert plan_for(file, KEY, lambda: b"new") == b"new"


def test_nothing_half_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(self: Path, content: bytes) -> int:
        self.open("wb").write(content[:3])
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", half)
    keep_plan(tmp_path, KEY, b"a plan")
    assert list(tmp_path.iterdir()) == []


def test_a_kept_plan_that_was_refused_is_built_anew(tmp_path: Path) -> None:
    keep_plan(tmp_path, KEY, b"old")
    assert plan_for(tmp_path, KEY, lambda: b"new", anew=True) == b"new"
    assert kept_plan(tmp_path, KEY) == b"new"
