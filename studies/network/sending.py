"""Files to a destination, whichever way it takes them; what became of each."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from senoscope.studies.network import dimse_sending, web_sending
from senoscope.studies.network.destinations import Destination, DimseDestination
from senoscope.studies.network.dimse_link import MOST_CONTEXTS, USUAL, Deadlines
from senoscope.studies.network.dimse_sending import Delivered
from senoscope.studies.network.failures import PacsError, PacsUnavailable, as_outcome
from senoscope.studies.network.sendable import Sendable, read_sendable


def send_files(
    destination: Destination, paths: Sequence[Path], deadlines: Deadlines = USUAL
) -> Generator[Delivered | PacsError]:
    """Send each; what became of them, in their order, as it is known.

    A connection is open until this is exhausted or closed: close it, as `contextlib.closing` does.
    SettingsError where a secret or certificate of the settings cannot be used.
    """
    # A context is one class in one syntax: so many files never need more of them.
    for start in range(0, len(paths), MOST_CONTEXTS):
        files = [_readable(each) for each in paths[start : start + MOST_CONTEXTS]]
        sendable = [each for each in files if isinstance(each, Sendable)]
        with closing(_delivered(destination, sendable, deadlines)) as outcomes:
            for each in files:
                yield next(outcomes) if isinstance(each, Sendable) else each


def _readable(path: Path) -> Sendable | PacsError:
    try:
        return read_sendable(path)
    except PacsError as error:
        return as_outcome(error)


def _delivered(
    destination: Destination, files: Sequence[Sendable], deadlines: Deadlines
) -> Generator[Delivered | PacsError]:
    if not files:
        return
    if isinstance(destination, DimseDestination):
        yield from dimse_sending.store(destination, files, deadlines)
        return
    for number, file in enumerate(files):
        outcome = web_sending.store(destination, file, deadlines)
        yield outcome
        if isinstance(outcome, PacsUnavailable):
            # It is not there for the others either, and each would wait for its deadline.
            yield from [outcome] * (len(files) - number - 1)
            return
