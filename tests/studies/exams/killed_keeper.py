"""A program that keeps, signs and sends, killed again and again, and what the store says then.

`python -m tests.studies.exams.killed_keeper URL FOLDER KILLS SEED` prints JSON. It forks, which is
only safe in a program of its own that has no threads.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from senoscope.studies.exams.exam_records import NewFile, NewReading, NewResult, StudyFacts
from senoscope.studies.exams.exam_store import ExamStore
from senoscope.studies.exams.store_check import Checked

WHO = "keeper"
MOST_ACTS = 12
LATEST_S = 0.05
HANG_S = 60
US, SR = "1.2.840.10008.5.1.4.1.1.6.1", "1.2.840.10008.5.1.4.1.1.88.33"
SIZES = (1_000, 60_000, 400_000)
"""Of the files of each study."""


class Keeper:
    """One life: acts until it is killed, and says of each act on `pipe` that it is done."""

    def __init__(self, place: tuple[str, Path], life: int, seed: int, pipe: int) -> None:
        self.url, self.folder = place
        self.life, self.pipe = life, pipe
        self.random = random.Random(f"{seed} {life}")

    def say(self, act: str, *facts: object) -> None:
        os.write(self.pipe, (json.dumps([act, *facts]) + "\n").encode())

    def live(self) -> None:
        store = ExamStore.open(self.url, self.folder)
        self.say("opened")
        self.send(store)
        study = 0
        while True:
            # The study that the life before may have been cut off in comes again.
            self.study(store, self.life - 1 if study == 0 else self.life, max(study - 1, 0))
            study += 1

    def study(self, store: ExamStore, life: int, number: int) -> None:
        uid = f"2.25.{life}.{number}"
        files = [self.file(uid, place, size) for place, size in enumerate(SIZES)]
        exam = store.keep_study(StudyFacts(uid, f"P{life}", "Doe^Jane"), files, WHO).exam
        self.say("kept", uid, exam)
        if store.sign_offs_of(exam):
            return
        made = NewReading("clip", {"findings": []}, ("m",), "engine", {"v": "1"}, {"read": 3})
        results = [self.result(f"machine {uid}")]
        readings = store.readings_of(exam)
        reading = readings[-1].number if readings else store.add_reading(exam, made, WHO, results)
        self.say("read", uid, reading)
        signed = [self.result(f"{each} {uid}") for each in ("report", "marks")]
        self.say("signed", uid, store.sign(reading, {"final": "2"}, signed, WHO))
        contents = [each.content for each in store.results_of(exam)]
        for queued in store.outbox.put(contents, "pacs", WHO):
            self.say("put", uid, queued)
        self.send(store)

    def send(self, store: ExamStore) -> None:
        for each in store.outbox.due(datetime.now(UTC))[:2]:
            each.path.read_bytes()
            store.outbox.sent(each.number, datetime.now(UTC))
            self.say("sent", each.number)

    def file(self, uid: str, place: int, size: int) -> NewFile:
        path = self.folder.parent / f"given{place}"
        path.write_bytes(random.Random(f"{uid} {place}").randbytes(size))
        return NewFile(f"{uid}.1", "US", 1, f"{uid}.1.{place}", US, path)

    def result(self, text: str) -> NewResult:
        uid = f"2.25.{random.Random(f'{self.life} {text}').getrandbits(100)}"
        return NewResult(text.split(maxsplit=1)[0], text.encode() * 500, uid, SR)


def one_life(place: tuple[str, Path], life: int, seed: int) -> list[list[Any]]:
    """What the keeper said was done before it was killed."""
    dice = random.Random(f"death {seed} {life}")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            Keeper(place, life, seed, writer).live()
        finally:
            traceback.print_exc()
            os._exit(1)
    os.close(writer)
    said = b""
    # Every fifth is killed while it opens, or before; the others after some acts.
    acts = 0 if life % 5 == 0 else dice.randint(1, MOST_ACTS)
    while said.count(b"\n") < acts and select.select([reader], [], [], HANG_S)[0]:
        piece = os.read(reader, 4096)
        if not piece:
            break
        said += piece
    time.sleep(dice.uniform(0, LATEST_S if acts else 4 * LATEST_S))
    os.kill(child, signal.SIGKILL)
    while piece := os.read(reader, 4096):
        said += piece
    os.close(reader)
    done = [json.loads(line) for line in said.split(b"\n")[:-1]]
    return done if os.waitpid(child, 0)[1] == signal.SIGKILL else [*done, ["failed", life]]


def troubles(store: ExamStore, checked: Checked, said: list[list[Any]]) -> list[str]:
    """What was said to be done and is not there, or is there twice or in part."""
    found = [f"life {each[1]} ended by itself" for each in said if each[0] == "failed"]
    found += checked.complaints
    exams = {each.study_uid: each for each in store.search(limit=1000)}
    if len(exams) != len(store.search(limit=1000)):
        found.append("a study has two exams")
    queue = store.outbox.listed(limit=10_000)
    if len({(each.content, each.destination) for each in queue}) != len(queue):
        found.append("a file is queued twice")
    states = {each.number: each.state for each in queue}
    found += [f"{each} lost" for each in said if each[0] == "put" and each[2] not in states]
    found += [f"{each} lost" for each in said if each[0] == "sent" and states[each[1]] != "sent"]
    sent = Counter(each[1] for each in said if each[0] == "sent")
    found += [f"queued file {number} was sent twice" for number in sent if sent[number] > 1]
    for uid, exam in exams.items():
        if len({each.instance_uid for each in store.images_of(exam.number)}) != len(SIZES):
            found.append(f"exam {exam.number} is kept in part")
        readings, signed = store.readings_of(exam.number), store.sign_offs_of(exam.number)
        results = [each.kind for each in store.results_of(exam.number)]
        wanted = ["machine"] * len(readings) + ["report", "marks"] * len(signed)
        if results != wanted or len(readings) > 1 or len(signed) > 1:
            found.append(f"exam {exam.number} has {results}")
        there = {
            ("kept", exam.number),
            *(("read", each.number) for each in readings),
            *(("signed", each.number) for each in signed),
        }
        acts = [each for each in said if each[0] in ("kept", "read", "signed") and each[1] == uid]
        found += [f"{each} lost" for each in acts if (each[0], each[2]) not in there]
    known = {each[1] for each in said if each[0] == "kept"}
    return found + [f"{each} lost" for each in sorted(known - exams.keys())]


def main(url: str, folder: Path, kills: int, seed: int) -> dict[str, object]:
    """What was done and found."""
    said: list[list[Any]] = []
    found: list[str] = []
    partials = swept = 0
    for life in range(1, kills + 1):
        said += one_life((url, folder), life, seed)
        partials = len(list((folder / "files" / "partial").glob("*")))
        with ExamStore.open(url, folder) as store:
            checked = store.check()
            swept += checked.swept
            found += [f"after {life}: {each}" for each in troubles(store, checked, said)]
            rows = store.head().count
    return {
        "kills": kills,
        "acts": Counter(each[0] for each in said),
        "cut_off_in_a_file": partials,
        "swept": swept,
        "audit_rows": rows,
        "troubles": found,
    }


if __name__ == "__main__":
    told = main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    sys.stdout.write(json.dumps(told))
