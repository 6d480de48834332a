"""Where the page is served: asked for before anything slow starts, and taken when it is served."""

from __future__ import annotations

import errno
import socket

from senoscope.domain.errors import PortInUse, SettingsError
from senoscope.domain.loopback import is_loopback


def require_place(host: str, port: int, asks_who: bool) -> None:
    """PortInUse or SettingsError where no page can be served there now, or must not be."""
    require_guarded(host, asks_who)
    listening(host, port).close()


def require_guarded(host: str, asks_who: bool) -> None:
    """SettingsError where other machines would reach a page that asks nobody to log in."""
    if not (asks_who or is_loopback(host)):
        raise SettingsError(
            f"The page was to be served on {host}, where other machines can reach it, without a "
            "password. Add accounts (`senoscope account add`), set a password, or serve on "
            "127.0.0.1."
        )


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens, so that nobody can take the port between a check and the start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(
                f"Port {port} is in use, by a Senoscope that runs already or by another program. "
                "Stop it, or choose another port, for example "
                f"--port {port + 1 if port < 65535 else port - 1}."
            ) from error
        raise SettingsError(
            f"The page cannot be served on {host}:{port} ({error.strerror or error}). "
            "Expected an address of this machine and a port from 1024 to 65535."
        ) from error


def page_address(host: str, port: int, tls: bool = False) -> str:
    """What a browser opens; where `host` is every address, one that other machines reach."""
    scheme = "https" if tls else "http"
    if host in ("", "0.0.0.0"):
        host = _own_address(socket.AF_INET, "192.0.2.1")
    elif host == "::":
        host = _own_address(socket.AF_INET6, "2001:db8::1")
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _own_address(family: socket.AddressFamily, elsewhere: str) -> str:
    """The address this machine would call `elsewhere` from; its name where it has none."""
    with socket.socket(family, socket.SOCK_DGRAM) as unsent:
        try:
            unsent.connect((elsewhere, 9))  # sends nothing, only picks the way
        except OSError:
            return socket.gethostname()
        return str(unsent.getsockname()[0])
