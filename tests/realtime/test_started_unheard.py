"""A process that is started unheard does not hear Ctrl-C; the one that starts it still does."""

from __future__ import annotations

import multiprocessing
import signal
from multiprocessing.connection import Connection
from typing import Any

import pytest

from senoscope.realtime.started_unheard import started_unheard


def interrupt_itself(far: Connection[Any, Any]) -> None:
    signal.raise_signal(signal.SIGINT)
    far.send("not heard")


def test_only_who_starts_it_hears_ctrl_c() -> None:
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=interrupt_itself, args=(far,))
    with started_unheard():
        process.start()
    far.close()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert near.recv() == "not heard"
    process.join(60)
    assert process.exitcode == 0
