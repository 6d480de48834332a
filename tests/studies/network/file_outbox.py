"""An outbox in a folder, as plain as one can be that survives a kill: a line for each event."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from senoscope.studies.outbox import Waiting


class FileOutbox:
    """Each line is whole and on the disk before the call returns; a last one cut off is not read.

    What was put has its number by its order.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, path: Path, destination: str) -> None:
        self._write(put=str(path), destination=destination)

    def due(self, now: datetime) -> Sequence[Waiting]:
        waiting, not_before = self._read()
        return [each for each in waiting if not_before.get(each.number, now) <= now]

    def sent(self, number: int, now: datetime) -> None:
        self._write(sent=number)

    def put_off(self, number: int, why: str, until: datetime) -> None:
        self._write(put_off=number, why=why, until=until.isoformat())

    def give_up(self, number: int, why: str) -> None:
        self._write(given_up=number, why=why)

    def events(self) -> list[dict[str, Any]]:
        if not self._path.exists():
            return []
        lines = self._path.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]

    def numbers(self, event: str) -> list[int]:
        """Of those to which it happened, as often as it did."""
        return [each[event] for each in self.events() if event in each]

    def reasons(self) -> list[str]:
        return [each["why"] for each in self.events() if "why" in each]

    def mend(self) -> None:
        """Takes off the half of a line that a kill left."""
        if self._path.exists():
            content = self._path.read_bytes()
            self._path.write_bytes(content[: content.rfind(b"\n") + 1])

    def _read(self) -> tuple[list[Waiting], dict[int, datetime]]:
        waiting: dict[int, Waiting] = {}
        not_before: dict[int, datetime] = {}
        number = 0
        for each in self.events():
            if "put" in each:
                number += 1
                waiting[number] = Waiting(number, Path(each["put"]), each["destination"], 0)
            elif "put_off" in each:
                old = waiting[each["put_off"]]
                waiting[old.number] = Waiting(old.number, old.path, old.destination, old.tries + 1)
                not_before[old.number] = datetime.fromisoformat(each["until"])
            else:
                del waiting[each.get("sent") or each["given_up"]]
        return list(waiting.values()), not_before

    def _write(self, **event: object) -> None:
        with self._path.open("ab") as file:
            file.write(json.dumps(event).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
