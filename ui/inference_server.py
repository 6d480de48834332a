"""The inference server that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senoscope.domain.errors import SettingsError
from senoscope.models.engines.remote_server import RemoteServer
from senoscope.ui.settings import load_settings, settings_file

SHORTEST_DEADLINE_MS, LONGEST_DEADLINE_MS = 5, 100
"""A frame asks up to four times, for its outlines and for three lesions: with the longest deadline
it is read within half a second whatever the server does."""
_FILES = ("ca_file", "certificate_file", "key_file", "token_file")
_SETTING = "inference_server"


@dataclass(frozen=True, slots=True)
class NamedServer:
    """`prefer`: it is taken before any engine here unless another is asked for."""

    server: RemoteServer
    prefer: bool = False


def named_server() -> NamedServer | None:
    """Of this user's settings; None where they name none. SettingsError where it cannot be one."""
    given = load_settings(settings_file()).inference_server
    return None if given is None else server_from(given)


def server_from(given: Mapping[str, Any]) -> NamedServer:
    """SettingsError where the file of settings says something else than is needed."""
    unknown = set(given) - {"address", "deadline_ms", "prefer", *_FILES}
    address, prefer = given.get("address"), given.get("prefer", False)
    deadline_ms = given.get("deadline_ms", LONGEST_DEADLINE_MS)
    files = {name: given[name] for name in _FILES if given.get(name) is not None}
    if (
        unknown
        or not isinstance(address, str)
        or not isinstance(prefer, bool)
        or not all(isinstance(each, str) for each in files.values())
    ):
        raise SettingsError(
            f"The settings' {_SETTING} names {', '.join(sorted(given))}; expected address as "
            f"HOST:PORT, and where needed {', '.join(_FILES)} as paths, deadline_ms as a number, "
            "prefer as true or false."
        )
    if (
        isinstance(deadline_ms, bool)
        or not isinstance(deadline_ms, int | float)
        or not SHORTEST_DEADLINE_MS <= deadline_ms <= LONGEST_DEADLINE_MS
    ):
        raise SettingsError(
            f"The settings' {_SETTING} has deadline_ms {deadline_ms!r}; expected "
            f"{SHORTEST_DEADLINE_MS} to {LONGEST_DEADLINE_MS}: a frame asks up to four times."
        )
    ca, certificate, key, token = (
        _place(name, files[name]) if name in files else None for name in _FILES
    )
    server = RemoteServer(address, ca, certificate, key, token, float(deadline_ms))
    return NamedServer(server, prefer)


def _place(name: str, text: str) -> Path:
    """The same wherever Senoscope is started. SettingsError where it would not be."""
    try:
        path = Path(text).expanduser()
    except RuntimeError:
        path = Path(text)  # the home of nobody who is known here
    if not path.is_absolute():
        raise SettingsError(
            f"The settings' {_SETTING} has {name} {text!r}; expected a whole path, from / or ~ on."
        )
    return path
