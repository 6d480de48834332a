"""A program that serves the page as `senoscope live` does: `python -m tests.ui.served_login`."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from senoscope.ui.access.tls import tls_of
from senoscope.ui.app import serve
from senoscope.ui.logs import start_log
from tests.ui.certificates import Made
from tests.ui.logged_in import accounts, whole_app

STARTS_WITHIN_S = 60


@dataclass
class ServedLogin:
    """A running server: where it is, and what it wrote, once it has ended."""

    address: str
    trusts: ssl.SSLContext | bool
    folder: Path

    @property
    def output(self) -> str:
        """Of stdout and stderr."""
        return (self.folder / "output").read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        return (self.folder / "senoscope.log").read_text(encoding="utf-8")

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.address, verify=self.trusts, timeout=60)


@contextmanager
def served_login(
    folder: Path, made: Made | None = None, host: str = "127.0.0.1"
) -> Iterator[ServedLogin]:
    """With `made` by TLS. On the way out the server is ended as a service manager ends it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
    files = [] if made is None else [str(made.certificate), str(made.key)]
    scheme = "http" if made is None else "https"
    trusts = True if made is None else ssl.create_default_context(cafile=str(made.authority))
    with (folder / "output").open("wb") as output:
        command = [sys.executable, "-m", "tests.ui.served_login", str(folder), host, port, *files]
        program = subprocess.Popen(command, stdout=output, stderr=output, env=dict(os.environ))
        try:
            yield ServedLogin(f"{scheme}://127.0.0.1:{port}", trusts, folder)
        finally:
            program.terminate()
            program.wait(STARTS_WITHIN_S)


def main(folder: str, host: str, port: str, *files: str) -> None:
    start_log(Path(folder) / "senoscope.log")
    tls = tls_of(*map(Path, files)) if files else None
    serve(whole_app(Path(folder), accounts()), host, int(port), print, tls)


if __name__ == "__main__":
    main(*sys.argv[1:])
