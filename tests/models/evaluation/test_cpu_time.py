from __future__ import annotations

import math
import time

from senoscope.models.evaluation.cpu_time import WARM_UP, cpu_ms


def spin(milliseconds: float) -> None:
    end = time.process_time() + milliseconds / 1e3
    while time.process_time() < end:
        pass


def test_it_is_the_median_of_what_the_processor_spent() -> None:
    spent = cpu_ms(spin, [4.0, 1.0, 60.0, 4.0, 4.0])
    assert 4.0 <= spent < 30.0


def test_waiting_costs_nothing() -> None:
    assert cpu_ms(lambda _: time.sleep(0.02), [0] * 5) < 10


def test_the_first_cases_are_run_before_the_clock_counts() -> None:
    seen: list[int] = []
    cpu_ms(seen.append, [1, 2, 3, 4, 5])
    assert seen == [*[1, 2, 3, 4, 5][:WARM_UP], 1, 2, 3, 4, 5]


def test_without_cases_there_is_no_figure() -> None:
    assert math.isnan(cpu_ms(spin, []))
