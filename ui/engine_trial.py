"""Reads the calibration clip by one way, in a process of its own.

A library that does not suit the machine's driver may crash or hang, and must not take the page with
it. Nor should what a library did to its process stay with one that only shows: OpenVINO 2026.4
leaves the thread that used it with an alternate signal stack in memory that it has given back. The
next signal, SIGTERM or Ctrl-C, then ended the page by SIGSEGV, and the exam was lost.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Any

from senoscope.calibration.engine_choice import Attempt, attempted
from senoscope.domain.errors import EngineUnavailable, SenoscopeError
from senoscope.domain.frame import Gray
from senoscope.models.engines.ways import Way
from senoscope.realtime.started_unheard import started_unheard
from senoscope.ui.assemble import build_reader

TRIAL_LIMIT_S = 180.0
"""TensorRT may build two plans in it."""


def attempt(way: Way, clip: Sequence[Gray]) -> Attempt:
    """`clip` as read by `way`. SenoscopeError says why it cannot be."""
    reason = way.why_not()
    if reason is not None:
        raise EngineUnavailable(reason)
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=_tell, args=(far, way, clip), daemon=True)
    with started_unheard():
        process.start()
    # Only the child may hold this end: then its death closes the pipe.
    far.close()
    try:
        if not near.poll(TRIAL_LIMIT_S):
            raise EngineUnavailable(
                f"It did not read the clip within {TRIAL_LIMIT_S:g} s. Try `senoscope engines "
                "--again` when the machine is idle."
            )
        told = near.recv()
    except EOFError as error:
        process.join(1.0)
        raise EngineUnavailable(
            f"It ended the process that tried it (exit code {process.exitcode}). Update the "
            "driver or the library, then try `senoscope engines --again`."
        ) from error
    finally:
        process.kill()
        process.join(1.0)
    if isinstance(told, str):
        raise EngineUnavailable(told)
    found: Attempt = told
    return found


def _tell(far: Connection[Any, Any], way: Way, clip: Sequence[Gray]) -> None:
    try:
        far.send(attempted(build_reader(way), clip))
    except SenoscopeError as error:
        far.send(str(error))
    # Whatever an optional library throws is a reason not to use it.
    except Exception as error:  # noqa: BLE001
        far.send(f"{type(error).__name__}: {' '.join(str(error).split())}")
