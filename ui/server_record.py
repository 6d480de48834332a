"""Whether an inference server reads as the reference does: tried once, kept, and tried again.

Apart from the engines here: a server that is away is no reason to try those anew, and one that was
trusted may come back while a room is already reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from senoscope.calibration.engine_choice import Trial, as_json, fingerprint, from_json
from senoscope.domain.errors import EngineUnavailable, StorageError
from senoscope.models.engines import remote
from senoscope.models.engines.remote import RemoteServer
from senoscope.models.engines.ways import Way, ways_of
from senoscope.ui.written import write_text

Try = Callable[[Sequence[Way]], tuple[Trial, ...]]
"""Tries ways beside the reference, and gives what came of each."""


@dataclass(frozen=True, slots=True)
class ServerTrials:
    """What came of trying a server, and what it said it is."""

    identity: str
    trials: tuple[Trial, ...]


class ServerRecord:
    """Of one server. `state` is of all else that a trial's outcome hangs on."""

    def __init__(
        self, file: Path, server: RemoteServer, state: str, say: Callable[[str], None]
    ) -> None:
        self._file, self._server, self._say = file, server, say
        self._of = fingerprint([state, server.address, *(way.key for way in ways_of(server))])

    def kept(self) -> ServerTrials | None:
        """Of an earlier time; None where there are none, or they are of something else."""
        try:
            text = self._file.read_text(encoding="utf-8")
            identity = json.loads(text)["identity"]
        except (OSError, ValueError, TypeError, KeyError):
            return None
        trials = from_json(text, self._of)
        return None if trials is None else ServerTrials(str(identity), trials)

    def trusted(self, wanted: Sequence[Way], try_them: Try) -> tuple[Way, Trial]:
        """The fastest of `wanted` that can be trusted, as it was when it was tried.

        One that is away now may be trusted from before. EngineUnavailable says why there is none.
        """
        found = self._found(wanted, try_them)
        trials = [trial for trial in found.trials if trial.way in {way.title for way in wanted}]
        trusted = [trial for trial in trials if trial.refused is None]
        if not trusted:
            reasons = " ".join(f"{trial.way}: {trial.in_words}" for trial in trials)
            raise EngineUnavailable(
                f"{reasons} Once the cause is mended, run `senoscope engines --again`; until then "
                "leave --engine out."
            )
        best = min(trusted, key=lambda trial: trial.median_ms)
        (way,) = (way for way in wanted if way.title == best.way)
        server = replace(self._server, expected=found.identity)
        return replace(way, server=server), best

    def all(self, try_them: Try, again: bool) -> tuple[Trial, ...]:
        """Of every way to ask it, tried now where that was not done or `again` is asked for."""
        ways = ways_of(self._server)
        try:
            identity = remote.identity(self._server)
        except EngineUnavailable as error:
            return tuple(Trial(way.title, str(error)) for way in ways)
        kept = None if again else self.kept()
        if kept is not None and kept.identity == identity:
            return kept.trials
        return self._tried(identity, try_them).trials

    def _found(self, wanted: Sequence[Way], try_them: Try) -> ServerTrials:
        kept = self.kept()
        try:
            identity = remote.identity(self._server)
        except EngineUnavailable as error:
            if kept is None:
                raise EngineUnavailable(
                    f"It was never tried here, and cannot be now. {error}"
                ) from error
            return kept
        titles = {way.title for way in wanted}
        # What could not be tried then, such as a network that was not exported, may be by now.
        if kept is not None and any(trial.verdict for trial in kept.trials if trial.way in titles):
            if kept.identity == identity:
                return kept
            self._say(f"the inference server was {kept.identity} and is {identity}")
        return self._tried(identity, try_them)

    def _tried(self, identity: str, try_them: Try) -> ServerTrials:
        trials = try_them(ways_of(self._server))
        content = {"identity": identity, **json.loads(as_json(trials, self._of))}
        try:
            write_text(self._file, json.dumps(content, indent=2) + "\n")
        except StorageError as error:
            self._say(f"{error} Until then the server is tried at every start.")
        return ServerTrials(identity, trials)
