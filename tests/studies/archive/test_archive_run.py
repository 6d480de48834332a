"""So many studies at a time; what may succeed is tried again, with pauses, and not for ever."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event

import pytest

from senoscope.domain.errors import StorageError
from senoscope.studies.archive.archive_files import FilePlace
from senoscope.studies.archive.archive_run import DIED, MOST_REASONS, ArchiveRun, Patience, Tally
from senoscope.studies.archive.outcome import Fate, Outcome
from senoscope.studies.archive.study_groups import ArchivedStudy

READ = Outcome(Fate.READ)
FULL = Outcome(Fate.PUT_OFF, "The disk is full.")


@dataclass
class FakeWorkers:
    """Each study ends at the next look, as `decide` says; a look takes a tenth of a second."""

    decide: Callable[[ArchivedStudy, int], Outcome]
    most: int = 4
    now_s: float = 0.0
    begun: list[tuple[float, str]] = field(default_factory=list)
    under_way: deque[ArchivedStudy] = field(default_factory=deque)
    highest: int = 0

    def begin(self, study: ArchivedStudy) -> None:
        self.under_way.append(study)
        self.begun.append((self.now_s, study.files[0].path))
        self.highest = max(self.highest, len(self.under_way))

    def ended(self, wait_s: float) -> Sequence[tuple[ArchivedStudy, Outcome]]:
        self.now_s += 0.1
        study = self.under_way.popleft()
        tries = sum(path == study.files[0].path for _, path in self.begun)
        return [(study, self.decide(study, tries))]

    def sleep(self, seconds: float) -> None:
        self.now_s += max(seconds, 0.01)

    def starts_of(self, path: str) -> list[float]:
        return [round(at, 1) for at, name in self.begun if name == path]


def study(number: int) -> ArchivedStudy:
    return ArchivedStudy((FilePlace(f"/{number}"),))


@pytest.fixture
def run_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Tally]:
    def run(
        workers: FakeWorkers,
        studies: Iterator[ArchivedStudy] | list[ArchivedStudy],
        total: int,
        stopping: Event | None = None,
        patience: Patience | None = None,
        tally: Tally | None = None,
    ) -> Tally:
        monkeypatch.setattr(time, "sleep", workers.sleep)
        tally = tally or Tally(total)
        run = ArchiveRun(workers, tally, lambda _: None, patience, lambda: workers.now_s)
        run.run(studies, stopping or Event())
        return tally

    return run


def test_no_more_are_asked_for_than_workers_need(run_with: Callable[..., Tally]) -> None:
    asked = []

    def lazily() -> Iterator[ArchivedStudy]:
        for number in range(1000):
            asked.append(number)
            assert len(asked) <= len(workers.begun) + 1
            yield study(number)

    workers = FakeWorkers(lambda *_: READ)
    tally = run_with(workers, lazily(), 1000)
    assert (tally.fates, tally.waiting, workers.highest) == ({Fate.READ: 1000}, 0, 4)


def test_a_worker_that_died_is_not_the_end_of_its_study(run_with: Callable[..., Tally]) -> None:
    workers = FakeWorkers(lambda one, tries: DIED if one == study(3) and tries < 3 else READ)
    tally = run_with(workers, [study(each) for each in range(6)], 6)
    assert tally.fates == {Fate.READ: 6}
    first, second, third = workers.starts_of("/3")
    assert second - first >= 1.0
    assert third - second >= 2.0


def test_what_fails_again_and_again_waits_for_the_next_run(run_with: Callable[..., Tally]) -> None:
    workers = FakeWorkers(lambda one, _: DIED if one == study(0) else READ)
    tally = run_with(workers, [study(each) for each in range(9)], 9)
    assert (tally.fates, tally.waiting) == ({Fate.READ: 8}, 1)
    assert tally.put_off == {"Its worker died.": 1}
    assert len(workers.starts_of("/0")) == Patience().tries


def test_a_disk_that_is_full_for_a_while_holds_up_all(run_with: Callable[..., Tally]) -> None:
    workers = FakeWorkers(lambda *_: FULL if workers.now_s < 20 else READ)
    tally = run_with(workers, [study(each) for each in range(50)], 50)
    assert tally.fates == {Fate.READ: 50}
    in_vain = [at for at, _ in workers.begun if at < 19]
    assert len(in_vain) < Patience().in_a_row


def test_a_store_that_stays_away_ends_the_run(run_with: Callable[..., Tally]) -> None:
    workers = FakeWorkers(lambda *_: FULL)
    with pytest.raises(StorageError, match=r"20 tries in a row .* The disk is full.* goes on"):
        run_with(workers, iter(map(study, range(10**9))), 10**9)
    assert len({path for _, path in workers.begun}) < 20
    assert workers.now_s < 600


def test_a_fault_that_all_studies_meet_ends_the_run(run_with: Callable[..., Tally]) -> None:
    """Each is set aside after some tries: that is no success."""

    def decide(_: ArchivedStudy, tries: int) -> Outcome:
        return Outcome(Fate.SET_ASIDE, "Died 3 times.") if tries > 3 else DIED

    workers = FakeWorkers(decide, most=1)
    with pytest.raises(StorageError, match="20 tries in a row"):
        run_with(workers, [study(each) for each in range(1000)], 1000)
    assert len({path for _, path in workers.begun}) < 20


def test_studies_that_no_mode_reads_do_not_end_it(run_with: Callable[..., Tally]) -> None:
    def decide(one: ArchivedStudy, tries: int) -> Outcome:
        return DIED if int(one.files[0].path[1:]) % 5 == 0 and tries == 1 else aside

    aside = Outcome(Fate.SET_ASIDE, "No mode.")
    tally = run_with(FakeWorkers(decide), [study(each) for each in range(300)], 300)
    assert tally.fates == {Fate.SET_ASIDE: 300}


def test_files_that_are_away_hold_up_nobody_else(run_with: Callable[..., Tally]) -> None:
    away = {study(each) for each in range(5)}
    workers = FakeWorkers(lambda one, _: Outcome(Fate.LATER, "Away.") if one in away else READ)
    tally = run_with(workers, [study(each) for each in range(105)], 105)
    assert (tally.fates, tally.waiting) == ({Fate.READ: 100}, 5)
    assert max(at for at, name in workers.begun if name == "/104") < 14
    alone = FakeWorkers(lambda *_: Outcome(Fate.LATER, "Away."))
    assert run_with(alone, [study(each) for each in range(5)], 5).waiting == 5


def test_a_disk_that_was_unplugged_ends_the_run(run_with: Callable[..., Tally]) -> None:
    workers = FakeWorkers(lambda *_: Outcome(Fate.LATER, "Away."))
    with pytest.raises(StorageError, match="20 tries in a row failed, the last with: Away"):
        run_with(workers, iter(map(study, range(10**9))), 10**9)
    assert workers.now_s < 600


def test_what_was_begun_ends_before_a_run_that_is_in_vain_does(
    run_with: Callable[..., Tally],
) -> None:
    workers = FakeWorkers(lambda one, _: READ if one == study(0) else FULL)
    tally, patience = Tally(50), Patience(in_a_row=2)  # of four that were begun
    with pytest.raises(StorageError, match="2 tries in a row"):
        run_with(workers, [study(each) for each in range(50)], 50, None, patience, tally)
    assert not workers.under_way
    begun = {path for _, path in workers.begun}
    assert tally.fates.total() + tally.waiting == len(begun)


def test_a_list_of_studies_that_is_lost_lets_what_was_begun_end(
    run_with: Callable[..., Tally],
) -> None:
    def cut_off() -> Iterator[ArchivedStudy]:
        yield from map(study, range(3))
        raise StorageError("The list cannot be read.")

    workers, tally = FakeWorkers(lambda *_: READ), Tally(50)
    with pytest.raises(StorageError, match="list"):
        run_with(workers, cut_off(), 50, tally=tally)
    assert (tally.fates, len(workers.begun)) == ({Fate.READ: 3}, 3)


def test_one_that_stops_lets_what_was_begun_end(run_with: Callable[..., Tally]) -> None:
    stopping = Event()

    def stop(one: ArchivedStudy, _tries: int) -> Outcome:
        if one == study(5):
            stopping.set()
        return READ

    workers = FakeWorkers(stop)
    tally = run_with(workers, [study(each) for each in range(100)], 100, stopping)
    assert tally.fates[Fate.READ] == len(workers.begun) <= 5 + 1 + workers.most
    assert not workers.under_way


def test_reasons_that_differ_do_not_fill_the_memory(run_with: Callable[..., Tally]) -> None:
    workers = FakeWorkers(lambda one, _: Outcome(Fate.SET_ASIDE, one.files[0].path))
    tally = run_with(workers, [study(each) for each in range(300)], 300)
    assert tally.aside.total() == tally.fates[Fate.SET_ASIDE] == 300
    assert len(tally.aside) <= MOST_REASONS + 1


def test_the_time_left_is_told_by_the_latest_studies(run_with: Callable[..., Tally]) -> None:
    said = []
    workers = FakeWorkers(lambda *_: READ)
    tally = Tally(10)

    def say(told: Tally) -> None:
        said.append(told.left_s)

    ArchiveRun(workers, tally, say, None, lambda: workers.now_s).run(
        [study(each) for each in range(10)], Event()
    )
    assert said[0] is None
    assert said[4] == pytest.approx(0.5)
    assert said[-1] == 0
