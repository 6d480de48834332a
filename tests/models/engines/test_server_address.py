"""HOST:PORT and nothing else, and whether it is this machine."""

from __future__ import annotations

import pytest

from senoscope.domain.errors import SettingsError
from senoscope.models.engines.server_address import parts_of


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("triton:8001", ("triton", 8001)),
        ("gpu-1.clinic.example:65535", ("gpu-1.clinic.example", 65535)),
        ("[fd00::1]:8001", ("fd00::1", 8001)),
    ],
)
def test_host_and_port_are_told_apart(address: str, expected: tuple[str, int]) -> None:
    assert parts_of(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "", "triton", "triton:", ":8001", "triton:0", "triton:65536", "https://triton:8001",
        "unix:/run/triton", "user@triton:8001", "a b:1", "triton:8001\n", "::1:8001",
    ],
)  # fmt: skip
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match=r"expected HOST:PORT of its gRPC port"):
        parts_of(address)
