import threading

from senoscope.realtime.newest import Newest


def test_a_newer_item_displaces_the_one_that_waits() -> None:
    slot: Newest[str] = Newest()
    slot.open()
    assert slot.offer("old") is None
    assert slot.offer("new") == "old"
    assert slot.take(0) == "new"
    assert slot.take(0) is None


def test_a_closed_slot_hands_back_what_it_is_offered() -> None:
    slot: Newest[str] = Newest()
    assert slot.offer("early") == "early"


def test_closing_gives_back_the_waiting_item_and_wakes_the_taker() -> None:
    slot: Newest[str] = Newest()
    slot.open()
    slot.offer("waiting")
    assert slot.close() == "waiting"
    slot.open()
    taker = threading.Thread(target=slot.take, args=(60,))
    taker.start()
    slot.close()
    taker.join(10)
    assert not taker.is_alive()


def test_every_item_comes_out_exactly_once_while_the_slot_opens_and_closes() -> None:
    slot: Newest[int] = Newest()
    done = threading.Event()
    handed_back: list[int | None] = []
    taken: list[int | None] = []
    closed_out: list[int | None] = []

    def take() -> None:
        while not done.is_set():
            taken.append(slot.take(0.001))

    def open_and_close() -> None:
        while not done.is_set():
            slot.open()
            done.wait(0.0005)
            closed_out.append(slot.close())

    threads = [threading.Thread(target=take), threading.Thread(target=open_and_close)]
    for thread in threads:
        thread.start()
    handed_back.extend(slot.offer(number) for number in range(5000))
    done.set()
    for thread in threads:
        thread.join()
    closed_out.append(slot.close())
    came_out = [item for item in handed_back + taken + closed_out if item is not None]
    assert sorted(came_out) == list(range(5000))
    in_order = [item for item in taken if item is not None]
    assert in_order == sorted(in_order)


def test_an_item_that_is_put_waits_for_room_and_displaces_none() -> None:
    slot: Newest[str] = Newest()
    handed_back: list[str | None] = []
    putter = threading.Thread(target=lambda: handed_back.extend([slot.put("one"), slot.put("two")]))
    putter.start()
    slot.open()
    assert slot.take(10) == "one"
    assert slot.take(10) == "two"
    putter.join(10)
    assert handed_back == [None, None]


def test_once_ended_nobody_waits_and_it_never_opens_again() -> None:
    slot: Newest[str] = Newest()
    slot.open()
    slot.put("waiting")
    handed_back: list[str | None] = []
    putter = threading.Thread(target=lambda: handed_back.append(slot.put("late")))
    putter.start()
    assert slot.end() == "waiting"
    putter.join(10)
    slot.open()
    assert handed_back == ["late"]
    assert slot.offer("later") == "later"
    assert slot.put("latest") == "latest"
