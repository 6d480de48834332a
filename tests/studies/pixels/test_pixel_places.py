import io
import struct

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.pixels.pixel_places import MOST_FRAGMENTS, FramePlaces

ITEM, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0" + bytes(4)


def item(content: bytes) -> bytes:
    return ITEM + struct.pack("<L", len(content)) + content


def places(count: int, content: bytes) -> FramePlaces:
    return FramePlaces.encapsulated(io.BytesIO(content), count, len(content))


def test_parts_are_assigned_by_the_table_of_offsets() -> None:
    parts = [b"aa", b"bbbb", b"cc"]
    content = item(struct.pack("<2L", 0, 22)) + b"".join(map(item, parts)) + END
    found = places(2, content).frames
    read = [b"".join(content[at : at + length] for at, length in frame) for frame in found]
    assert read == [b"aabbbb", b"cc"]


def test_without_a_table_one_part_is_one_frame_and_all_parts_are_the_only_one() -> None:
    content = item(b"") + item(b"aa") + item(b"bb") + END
    assert places(2, content).frames == (((16, 2),), ((26, 2),))
    assert places(1, content).frames == (((16, 2), (26, 2)),)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 of them"),
        (item(b""), "0 of them"),
        (item(b"") + END, "0 of them"),
        (item(b"") + item(b"aa") + END, "1 of them"),
        (item(b"") + item(b"aa") + item(b"bb")[:-1], "1 of them"),
        (item(b"") + item(b"aa") + ITEM + b"\xff\xff\xff\xff", "1 of them"),
        (ITEM + b"\xf0\xff\xff\xff", "0 of them"),
        (item(b"") + item(b"aa") * 3 + END, "2 frames .* in 3 parts"),
        (item(struct.pack("<2L", 7, 9)) + item(b"aa") * 3 + END, "1 of them"),
    ],
)
def test_parts_that_are_not_the_frames_announced_are_refused(content: bytes, said: str) -> None:
    with pytest.raises(SourceUnavailable, match=said):
        places(2, content)


def test_parts_without_end_are_refused() -> None:
    with pytest.raises(SourceUnavailable, match="more than"):
        places(2, item(b"") + item(b"") * (MOST_FRAGMENTS + 1) + END)


def test_frames_that_are_not_compressed_lie_one_after_the_other() -> None:
    file = io.BytesIO(bytes(110))
    file.seek(10)
    assert FramePlaces.native(file, 2, 50, 110).frames == (((10, 50),), ((60, 50),))
    with pytest.raises(SourceUnavailable, match="1 of them"):
        FramePlaces.native(file, 2, 50, 109)
