"""Where an inference server is: HOST:PORT."""

from __future__ import annotations

import re

from senoscope.domain.errors import SettingsError

_ADDRESS = re.compile(
    r"(?P<host>[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):(?P<port>[0-9]{1,5})"
)


def parts_of(address: str) -> tuple[str, int]:
    """Host and port. SettingsError where it is anything else, such as a URL."""
    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found["port"]) <= 65535:
        raise SettingsError(
            f"The inference server's address {address!r} was given; expected HOST:PORT of its gRPC "
            "port, for example triton.clinic.example:8001."
        )
    return found["host"].strip("[]"), int(found["port"])
