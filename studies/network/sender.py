"""Takes what waits in the outbox to where it shall go, and tries again what failed."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from senoscope.domain.errors import SenoscopeError, SettingsError
from senoscope.studies.network.destinations import Destination
from senoscope.studies.network.dimse_link import USUAL, Deadlines
from senoscope.studies.network.dimse_sending import Delivered
from senoscope.studies.network.failures import PacsError, PacsRefused, PacsUnavailable
from senoscope.studies.network.sending import send_files
from senoscope.studies.outbox import Outbox, Waiting

log = logging.getLogger(__name__)
LONGEST_STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class BackOff:
    """Seconds until the next try: `first` doubled with each failure up to `most`.

    From half of that to all of it, by chance: what failed together does not come back together.
    """

    first: float = 10.0
    most: float = 3600.0

    def __post_init__(self) -> None:
        if not 0 < self.first <= self.most:
            raise SettingsError(f"{self} was given; expected more than 0, and first up to most.")

    def delay(self, tries: int, chance: random.Random) -> timedelta:
        """After `tries` failures before this one."""
        longest = min(self.most, self.first * 2.0 ** min(tries, 64))
        return timedelta(seconds=longest * chance.uniform(0.5, 1.0))


@dataclass(frozen=True, slots=True)
class Round:
    """What one round did with what was due."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


class Sender:
    """Sends at least once: after a crash what was under way goes out again.

    A PACS takes an instance with a SOPInstanceUID it has as the same one, so that it holds it once.
    One thread at a time sends, whether its own between `start` and `stop`, or a caller's.
    A destination that does not answer holds up the others for as long as its deadline.
    """

    def __init__(
        self,
        outbox: Outbox,
        destinations: Mapping[str, Destination],
        back_off: BackOff | None = None,
        deadlines: Deadlines = USUAL,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._outbox = outbox
        self._destinations = dict(destinations)
        self._back_off = back_off or BackOff()
        self._deadlines = deadlines
        self._now = now
        self._chance = random.Random()
        self._sending = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, every_s: float = 2.0) -> None:
        """Send what is due every so often, until `stop`."""
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self._run, args=(every_s,), name="senoscope-sender", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """After the file that is under way; what is left stays in the outbox."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(LONGEST_STOP_S)
            self._thread = None

    def send_due_once(self) -> Round:
        """One round over what is due now. StorageError is the outbox's."""
        return self._round(threading.Event())

    def _round(self, stopping: threading.Event) -> Round:
        with self._sending:
            by_destination: dict[str, list[Waiting]] = {}
            for waiting in self._outbox.due(self._now()):
                by_destination.setdefault(waiting.destination, []).append(waiting)
            counts = {"sent": 0, "put_off": 0, "given_up": 0}
            for name, those in by_destination.items():
                with closing(self._outcomes(name, those)) as outcomes:
                    for waiting, outcome in outcomes:
                        counts[self._entered(waiting, outcome)] += 1
                        if stopping.is_set():
                            return Round(**counts)
            return Round(**counts)

    def _run(self, every_s: float) -> None:
        while not self._stopping.is_set():
            try:
                self._round(self._stopping)
            except SenoscopeError as error:
                log.warning("the outbox cannot be read or written: %s", error)
            self._stopping.wait(every_s)

    def _outcomes(
        self, name: str, those: Sequence[Waiting]
    ) -> Generator[tuple[Waiting, Delivered | PacsError]]:
        destination = self._destinations.get(name)
        if destination is None:
            missing = PacsUnavailable(
                f"No destination is called {name!r} in the settings. Add it, or send elsewhere."
            )
            yield from ((each, missing) for each in those)
            return
        left = list(those)
        try:
            paths = [each.path for each in those]
            with closing(send_files(destination, paths, self._deadlines)) as outcomes:
                for outcome in outcomes:
                    yield left.pop(0), outcome
        except SettingsError as error:  # of a secret or certificate: a person may mend it
            yield from ((each, PacsUnavailable(str(error))) for each in left)

    def _entered(self, waiting: Waiting, outcome: Delivered | PacsError) -> str:
        now = self._now()
        if isinstance(outcome, Delivered):
            if outcome.warning is not None:
                log.warning("outbox %d was sent: %s", waiting.number, outcome.warning)
            self._outbox.sent(waiting.number, now)
            return "sent"
        if isinstance(outcome, PacsRefused):
            self._outbox.give_up(waiting.number, str(outcome))
            return "given_up"
        until = now + self._back_off.delay(waiting.tries, self._chance)
        self._outbox.put_off(waiting.number, str(outcome), until)
        return "put_off"
