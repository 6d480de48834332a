"""Where the page is served: refused at once, in a sentence that says what to do."""

from __future__ import annotations

import socket

import pytest

from senoscope.domain.errors import PortInUse, SettingsError
from senoscope.ui.listening import listening, require_place


def test_a_port_that_is_taken_is_named_with_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} is in use.*already.*--port \d+"):
            require_place("127.0.0.1", port, asks_who=False)
    require_place("127.0.0.1", port, asks_who=False)
    listening("127.0.0.1", port).close()  # the look has let go of it


def test_other_machines_must_be_asked_who_they_are() -> None:
    with pytest.raises(SettingsError, match="senoscope account add"):
        require_place("0.0.0.0", 1, asks_who=False)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"192\.0\.2\.1.*address of this machine"):
        require_place("192.0.2.1", 23999, asks_who=True)
