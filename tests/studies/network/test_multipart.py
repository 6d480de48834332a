"""Multipart bodies: cut anywhere, damaged anyhow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from senoscope.studies.network.multipart import (
    LARGEST_HEAD,
    PIECE,
    Malformed,
    OneFile,
    PartBegins,
    PartEnds,
    boundary_of,
    parts,
)

HEAD = b"Content-Type: application/dicom; transfer-syntax=1.2\r\nContent-Length: 3\r\n"


def body(*contents: bytes, boundary: bytes = b"XX", preamble: bytes = b"") -> bytes:
    given = [preamble]
    for content in contents:
        given += [b"--", boundary, b"\r\n", HEAD, b"\r\n", content, b"\r\n"]
    return b"".join([*given, b"--", boundary, b"--\r\n"])


def cut(content: bytes, *places: int) -> Iterator[bytes]:
    ends = [0, *places, len(content)]
    return (content[a:b] for a, b in pairwise(ends))


def read(pieces: Iterator[bytes], boundary: str = "XX") -> list[bytes]:
    found: list[bytes] = []
    for each in parts(pieces, boundary):
        if isinstance(each, PartBegins):
            assert each.kind == "application/dicom"
            found.append(b"")
        elif isinstance(each, bytes):
            found[-1] += each
    return found


CONTENTS = [b"abc\r\n--X\r\n", b"", b"\r\n--", bytes(300), b"--XX"]


def test_contents_come_back_wherever_the_body_is_cut() -> None:
    whole = body(*CONTENTS)
    assert read(iter([whole])) == CONTENTS
    for place in range(len(whole)):
        assert read(cut(whole, place)) == CONTENTS
    assert read(bytes([each]) for each in whole) == CONTENTS


def test_what_comes_before_and_after_is_passed_over() -> None:
    assert read(iter([body(b"a", preamble=b"hello\r\n"), b"epilogue"])) == [b"a"]


def test_a_body_that_is_cut_off_anywhere_is_malformed() -> None:
    whole = body(*CONTENTS)
    for length in range(len(whole) - 2):
        with pytest.raises(Malformed):
            read(iter([whole[:length]]))


def test_no_more_than_a_little_is_kept_at_a_time() -> None:
    """A part that never ends goes through in pieces."""
    given = 0

    def endless() -> Iterator[bytes]:
        nonlocal given
        yield b"--XX\r\n\r\n"
        while True:
            given += PIECE
            yield bytes(PIECE)

    taken = 0
    for each in parts(endless(), "XX"):
        if isinstance(each, bytes):
            taken += len(each)
            assert given - taken < 2 * PIECE
        if taken > 2**24:
            break


@pytest.mark.parametrize("start", [b"", b"--XX\r\n"], ids=["preamble", "headers"])
def test_headers_and_preambles_are_bounded(start: bytes) -> None:
    def endless() -> Iterator[bytes]:
        yield start
        for _ in range(1000):
            yield b"x" * LARGEST_HEAD
        raise AssertionError

    with pytest.raises(Malformed):
        list(parts(endless(), "XX"))


def test_noise_is_malformed_or_read_and_nothing_else() -> None:
    chance = random.Random(7)
    whole = bytearray(body(*CONTENTS))
    for _ in range(3000):
        noisy = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        try:
            for each in parts(cut(bytes(noisy), chance.randrange(len(noisy))), "XX"):
                assert isinstance(each, PartBegins | PartEnds | bytes)
        except Malformed:
            continue


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('multipart/related; type="application/dicom"; boundary=abc', "abc"),
        ('Multipart/Related;boundary="a b-c";type=x', "a b-c"),
    ],
)
def test_the_boundary_is_found(given: str, expected: str) -> None:
    assert boundary_of(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "",
        "application/dicom",
        "text/html; boundary=abc",
        "multipart/related",
        "multipart/related; boundary=",
        'multipart/related; boundary="' + 71 * "a" + '"',
        "multipart/related; boundary=a\r\nb",
    ],
)
def test_other_content_types_are_malformed(given: str) -> None:
    with pytest.raises(Malformed):
        boundary_of(given)


def test_a_file_goes_out_as_one_part_of_the_length_announced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 1000)
    one = OneFile(path)
    sent = b"".join(one)
    assert len(sent) == one.length
    assert read(iter([sent]), boundary_of(one.content_type)) == [path.read_bytes()]


def test_a_file_that_shrinks_meanwhile_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1000))
    one = OneFile(path)
    path.write_bytes(bytes(900))
    with pytest.raises(OSError, match="cut off"):
        list(one)
