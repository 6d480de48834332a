"""This machine's own addresses, and no others."""

from __future__ import annotations

from senoscope.domain.loopback import is_loopback


def test_only_this_machine_is_a_loopback() -> None:
    assert all(map(is_loopback, ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1"]))
    assert not any(map(is_loopback, ["localhost.example", "10.0.0.1", "0.0.0.0", "triton", "::"]))
