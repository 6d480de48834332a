from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.realtime.recording.recording_file import MOST_TRIES, AppendedFile, RecordingFile
from senoscope.realtime.recording.recording_format import (
    HEAD,
    LARGEST_TEXT,
    MAGIC,
    Kind,
    frame_record,
    header_record,
    reading_record,
    record,
)
from tests import builders
from tests.realtime.recordings import (
    assert_same_frames,
    everything_in,
    header,
    recorded,
    speckle,
)

HANG_LIMIT_S = 300.0
MUTATIONS = 1000
MOST_MEMORY_MB = 200


def test_a_file_is_never_written_over_and_only_its_owner_s(tmp_path: Path) -> None:
    file = AppendedFile(tmp_path / "new" / "a.senoscope")
    file.write(b"abc")
    file.sync()
    file.close()
    assert (tmp_path / "new" / "a.senoscope").read_bytes() == b"abc"
    assert (tmp_path / "new" / "a.senoscope").stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        AppendedFile(tmp_path / "new" / "a.senoscope")


def test_a_whole_recording_comes_back_and_has_nothing_to_note(tmp_path: Path) -> None:
    path = recorded(tmp_path, 12)
    frames, readings, notes = everything_in(path)
    assert_same_frames(frames, [speckle(i, at_ns=1000 + 40_000_000 * i) for i in range(12)])
    assert [each.frame_index for each in readings] == list(range(12))
    assert notes == ()
    file = RecordingFile(path)
    assert (file.header.source_name, file.header.size) == ("phantom", (96, 64))
    assert 0 < file.progress < 0.5
    while file.next() is not None:
        pass
    assert file.progress == 1
    file.rewind()
    assert_same_frames([file.next()], frames[:1])  # type: ignore[list-item]
    file.close()


def test_cut_off_anywhere_it_is_read_up_to_there(tmp_path: Path) -> None:
    content = recorded(tmp_path, 3).read_bytes()
    begins = [at for at in range(len(content)) if content.startswith(MAGIC, at)]
    assert len(begins) == 8  # header, thrice a frame and its reading, end
    cut = tmp_path / "cut.senoscope"
    edges = [at + off for at in begins[2:] for off in (-1, 0, 1, HEAD.size, HEAD.size + 1)]
    for length in [*edges, *range(begins[1], len(content), 97)]:
        cut.write_bytes(content[:length])
        frames, readings, notes = everything_in(cut)
        whole = sum(end <= length for end in begins[2:])
        assert (len(frames), len(readings)) == ((whole + 1) // 2, whole // 2)
        assert notes == (
            f"The recording was cut off after {len(frames)} frames, before it was stopped: up to a "
            "second before that is missing.",
        )


@pytest.mark.parametrize(
    "tail", [bytes(5000), MAGIC * 3000, b"\xff" * 5000, header_record(header())]
)
def test_what_a_power_cut_leaves_at_the_end_does_no_harm(tmp_path: Path, tail: bytes) -> None:
    path = recorded(tmp_path, 3)
    content = path.read_bytes()
    path.write_bytes(content[: content.rindex(MAGIC)] + tail)
    frames, readings, notes = everything_in(path)
    assert (len(frames), len(readings)) == (3, 3)
    assert "cut off after 3 frames" in notes[-1]


def test_damage_costs_only_the_record_it_is_in(tmp_path: Path) -> None:
    path = recorded(tmp_path, 12)
    content = bytearray(path.read_bytes())
    begins = [at for at in range(len(content)) if content.startswith(MAGIC, at)]
    content[begins[9] + 100] ^= 1  # in frame 4
    content[begins[15] + 9] ^= 255  # the length of frame 7
    path.write_bytes(content)
    frames, readings, notes = everything_in(path)
    assert [each.index for each in frames] == [0, 1, 2, 3, 5, 6, 8, 9, 10, 11]
    assert len(readings) == 12
    assert notes == ("2 damaged places were passed over.",)


def test_a_wrong_checksum_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "flipped.senoscope"
    for whole in (frame_record(speckle(1), packed=False), reading_record(builders.reading())):
        path.write_bytes(header_record(header()) + whole)
        assert len(everything_in(path)[0]) + len(everything_in(path)[1]) == 1
        flipped = whole.replace(b"0.9", b"0.8") if b"0.9" in whole else whole[:-1] + b"\xff"
        assert len(flipped) == len(whole)
        path.write_bytes(header_record(header()) + flipped)
        assert everything_in(path)[:2] == ([], [])


def test_a_record_that_is_whole_and_lies_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "lying.senoscope"
    lies = [
        record(Kind.FRAME, b"short"),
        record(Kind.READING, b"{}"),
        record(Kind.HEADER, b"{}"),
        record(Kind.END, b"[]"),
        frame_record(speckle(0, 128, 96), packed=True),
    ]
    path.write_bytes(
        header_record(header()) + b"".join(lies) + frame_record(speckle(1), packed=True)
    )
    frames, _, notes = everything_in(path)
    assert [each.index for each in frames] == [1]
    assert notes[0] == f"{len(lies)} damaged places were passed over."


def test_lengths_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "huge.senoscope"
    for kind, length in ((Kind.FRAME, 2**32 - 1), (Kind.READING, LARGEST_TEXT + 1), (99, 2**31)):
        lie = HEAD.pack(MAGIC, kind, length, 0)
        path.write_bytes(header_record(header()) + lie + frame_record(speckle(1), packed=True))
        tracemalloc.start()
        frames, _, _ = everything_in(path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 4 * 2**20
        assert [each.index for each in frames] == [1]


def test_places_to_read_on_are_not_tried_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "bait.senoscope"
    bait = HEAD.pack(MAGIC, Kind.READING, 1000, 0) * (MOST_TRIES + 1)
    path.write_bytes(header_record(header()) + bait + frame_record(speckle(1), packed=True))
    assert everything_in(path)[0] == []


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.senoscope"
    older = header_record(header()).replace(b'"version":2', b'"version":1')[HEAD.size :]
    for content, why in (
        (b"", "is no recording"),
        (b"text\n" * 99, "is no recording"),
        (frame_record(speckle(0), packed=True), "is no recording"),
        (record(Kind.HEADER, b"{}"), "cannot be used"),
        (record(Kind.HEADER, older), "of version 1; expected 2. Open it with"),
    ):
        path.write_bytes(content)
        with pytest.raises(SourceUnavailable, match=why):
            RecordingFile(path)
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        RecordingFile(tmp_path / "missing.senoscope")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceUnavailable, match="cannot be read: it is no file"):
        RecordingFile(tmp_path / "pipe")


PLAY = """
import sys
from pathlib import Path
from senoscope.domain.errors import SourceUnavailable
from tests.realtime.recordings import everything_in
from tests.realtime.sources.spoilt_clips import spoilt
path = Path(sys.argv[1])
content, fates = path.read_bytes(), []
for seed in range(int(sys.argv[2])):
    print(seed, flush=True)
    path.write_bytes(spoilt(content, seed))
    try:
        frames, _, notes = everything_in(path)
    except SourceUnavailable:
        fates.append("refused")
        continue
    assert len(frames) <= 24, len(frames)
    fates.append("noted" if notes else "whole")
status = Path("/proc/self/status").read_text()
print(*(fates.count(fate) for fate in ("refused", "noted", "whole")))
print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


def test_spoilt_recordings_are_read_or_refused(tmp_path: Path) -> None:
    path = recorded(tmp_path, 12)
    run = [sys.executable, "-c", PLAY, str(path), str(MUTATIONS)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=HANG_LIMIT_S, check=False)
    assert done.returncode == 0, f"seed {done.stdout.splitlines()[-1:]}: {done.stderr[-2000:]}"
    fates, memory_mb = done.stdout.splitlines()[-2:]
    refused, noted, whole = (int(each) for each in fates.split())
    assert refused + noted + whole == MUTATIONS
    # Else nothing was spoilt, or only the beginning.
    assert noted > MUTATIONS / 4
    assert refused > MUTATIONS / 10
    assert int(memory_mb) < MOST_MEMORY_MB
