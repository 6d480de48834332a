"""Whether an inference server reads as the reference does: tried once, kept, and tried again.

Apart from the engines here: a server that is away is no reason to try those anew, and one that was
trusted may come back while a room is already reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from senoscope.calibration.engine_choice import Trial, as_json, fastest, fingerprint, from_json
from senoscope.domain.errors import EngineUnavailable, StorageError
from senoscope.models.engines import remote
from senoscope.models.engines.remote_server import ServerState
from senoscope.models.engines.served_name import name_of
from senoscope.models.engines.ways import Way, ways_of
from senoscope.models.package import CLASSIFIER, SEGMENTER, Precision, load_package
from senoscope.ui.inference_server import NamedServer
from senoscope.ui.written import write_text

Try = Callable[[Sequence[Way]], tuple[Trial, ...]]
"""Tries ways beside the reference, and gives what came of each."""


@dataclass(frozen=True, slots=True)
class ServerTrials:
    """What came of trying a server, and what it said it is."""

    server: ServerState
    trials: tuple[Trial, ...]


class ServerRecord:
    """Of the server that is `named`. `state` is of all else that a trial's outcome hangs on."""

    def __init__(
        self, file: Path, named: NamedServer, state: str, try_them: Try, say: Callable[[str], None]
    ) -> None:
        self.named = named
        self._server, self._ways = named.server, ways_of(named.server)
        self._file, self._try_them, self._say = file, try_them, say
        asked = (self._server.address, str(self._server.deadline_ms))
        self._of = fingerprint([state, *asked, *(way.key for way in self._ways)])
        self._new: ServerTrials | None = None

    def kept(self) -> ServerTrials | None:
        """Of an earlier time; None where there are none, or they are of something else."""
        try:
            text = self._file.read_text(encoding="utf-8")
            said = json.loads(text)["server"]
            found = ServerState(str(said["identity"]), dict(said["platforms"]))
        except (OSError, ValueError, TypeError, KeyError):
            return None
        trials = from_json(text, self._of)
        return None if trials is None else ServerTrials(found, trials)

    def keep(self, found: ServerTrials) -> None:
        """For later starts. StorageError says why it cannot be written."""
        trials = json.loads(as_json(found.trials, self._of))
        content = {"server": asdict(found.server), **trials}
        write_text(self._file, json.dumps(content, indent=2) + "\n")

    def trusted(self, wanted: Sequence[Way]) -> tuple[Way, Trial]:
        """The fastest of `wanted` that can be trusted, as it was when it was tried.

        One that is away now may be trusted from before. EngineUnavailable says why there is none.
        """
        found = self._found(wanted)
        by_title = {way.title: way for way in wanted}
        trials = [trial for trial in found.trials if trial.way in by_title]
        if all(trial.refused is not None for trial in trials):
            reasons = " ".join(f"{trial.way}: {trial.in_words}" for trial in trials)
            raise EngineUnavailable(
                f"{reasons} Once the cause is mended, run `senoscope engines --again`; until then "
                "leave --engine out."
            )
        best = fastest(trials)
        server = replace(self._server, expected=found.server)
        return replace(by_title[best.way], server=server), best

    def all(self, again: bool) -> tuple[Trial, ...]:
        """Of every way to ask it, tried now where that was not done or `again` is asked for."""
        try:
            found = self._asked()
        except EngineUnavailable as error:
            return tuple(Trial(way.title, str(error)) for way in self._ways)
        return self._of_now(found, self._ways, again).trials

    def _found(self, wanted: Sequence[Way]) -> ServerTrials:
        kept = self.kept()
        try:
            found = self._asked()
        except EngineUnavailable as error:
            if kept is None:
                raise EngineUnavailable(
                    f"It was never tried here, and cannot be now. {error}"
                ) from error
            self._say(f"{error} Until it answers, this machine reads.")
            return kept
        return self._of_now(found, wanted)

    def _asked(self) -> ServerState:
        """What it is now."""
        packages = [load_package(folder) for folder in (SEGMENTER, CLASSIFIER)]
        sums = [package.checksum(each) for package in packages for each in Precision]
        return remote.state_of(self._server, [name_of(each) for each in sums])

    def _of_now(
        self, found: ServerState, wanted: Sequence[Way], again: bool = False
    ) -> ServerTrials:
        if self._new is not None:
            return self._new
        kept, titles = None if again else self.kept(), {way.title for way in wanted}
        # What could not be tried then, such as on a server that had too much to do, may be now.
        if kept is not None and any(each.verdict for each in kept.trials if each.way in titles):
            if kept.server == found:
                return kept
            self._say(f"the inference server was {_told(kept.server)}, and is {_told(found)}")
        self._new = self._tried(found)
        return self._new

    def _tried(self, found: ServerState) -> ServerTrials:
        trials = ServerTrials(found, self._try_them(self._ways))
        try:
            self.keep(trials)
        except StorageError as error:
            self._say(f"{error} Until then the server is tried at every start.")
        return trials


def _told(server: ServerState) -> str:
    platforms = ", ".join(f"{name} by {each}" for name, each in server.platforms.items())
    return f"{server.identity} with {platforms or 'none of the networks'}"
