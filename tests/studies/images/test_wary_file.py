import io

import pytest

from senoscope.domain.errors import SourceUnavailable
from senoscope.studies.images.wary_file import LARGEST_HEADER, WaryFile


def test_a_header_is_read_from_where_one_stands() -> None:
    file = WaryFile(io.BytesIO(b"0123456789"))
    file.seek(3)
    assert (file.read(4), file.tell()) == (b"3456", 7)
    file.seek(-1, 2)
    assert file.read(9) == b"9"


@pytest.mark.parametrize("size", [-1, LARGEST_HEADER + 1, 2**32 - 2])
def test_more_than_a_header_is_not_given_at_once(size: int) -> None:
    with pytest.raises(SourceUnavailable, match="larger than 4 MB"):
        WaryFile(io.BytesIO(b"x")).read(size)


def test_nor_bit_by_bit() -> None:
    file = WaryFile(io.BytesIO(bytes(LARGEST_HEADER)))
    for _ in range(4):
        file.read(LARGEST_HEADER // 4)
    with pytest.raises(SourceUnavailable, match="larger than 4 MB"):
        file.read(1)
