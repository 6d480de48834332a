import random
import threading

from senoscope.realtime.ledger import DropCause, Ledger


def test_the_books_balance_after_every_operation_of_a_random_history() -> None:
    random_source = random.Random(1)
    ledger, in_flight = Ledger(), 0
    for _ in range(5000):
        if in_flight == 0 or random_source.random() < 0.5:
            ledger.capture()
            in_flight += 1
        else:
            _settle(ledger, random_source)
            in_flight -= 1
        books = ledger.snapshot()
        assert books.balanced
        assert books.in_flight == in_flight


def test_the_books_balance_at_every_moment_while_four_threads_write() -> None:
    ledger, done = Ledger(), threading.Event()
    unbalanced = []

    def write(seed: int) -> None:
        random_source = random.Random(seed)
        for _ in range(2000):
            ledger.capture()
            _settle(ledger, random_source)

    def watch() -> None:
        while not done.is_set():
            books = ledger.snapshot()
            if not books.balanced:
                unbalanced.append(books)

    watcher = threading.Thread(target=watch)
    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    watcher.join()
    books = ledger.snapshot()
    assert not unbalanced
    assert (books.captured, books.in_flight) == (8000, 0)


def test_a_frame_settled_twice_does_not_balance() -> None:
    ledger = Ledger()
    ledger.capture()
    ledger.settle_read()
    ledger.settle_dropped(DropCause.ENDED)
    assert not ledger.snapshot().balanced


def test_every_cause_is_named_even_when_nothing_was_dropped() -> None:
    assert Ledger().snapshot().dropped == dict.fromkeys(DropCause, 0)


def _settle(ledger: Ledger, random_source: random.Random) -> None:
    choice = random_source.randrange(2 + len(DropCause))
    if choice == 0:
        ledger.settle_read()
    elif choice == 1:
        ledger.settle_duplicate()
    else:
        ledger.settle_dropped(list(DropCause)[choice - 2])
