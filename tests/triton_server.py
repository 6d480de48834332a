"""A real Triton for the tests: NVIDIA's server with its Python back end, which runs OpenVINO.

It comes in the wheel of pytriton, whose own Python side is not used: `make .venv/triton` puts its
files beside the environment. Where they are not, the tests that ask are skipped.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from senoscope.models.engines import remote

HOST = "127.0.0.1"
SLOWEST_START_S = 120
LEAVE_LIMIT_S = 20
SAID = 3000
"""Characters of its log, where a test fails."""
INSTALLED = Path(sys.prefix, "triton")
PROGRAMS = INSTALLED / "pytriton" / "tritonserver"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Tls:
    """What the server shows; with `ca` it asks callers for a certificate of that authority."""

    certificate: Path
    key: Path
    ca: Path | None = None


@dataclass(slots=True)
class Triton:
    """A server on one port of loopback, which stays its own while the server is down."""

    repository: Path
    folder: Path
    port: int
    tls: Tls | None = None
    _process: subprocess.Popen[bytes] | None = None
    _memory: str = field(default_factory=lambda: f"senoscope_{secrets.token_hex(6)}_")

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "triton.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start it and wait until every network is ready. AssertionError with its log if not."""
        with (self.folder / "triton.log").open("wb") as log:
            self._process = subprocess.Popen(
                self._command(), env=_environment(), stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + SLOWEST_START_S
        while "Started GRPCInferenceService" not in self.log:
            if self._process.poll() is not None or time.monotonic() > until:
                said = self.log
                self.kill()
                raise AssertionError(f"Triton did not start:\n{said}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As when the machine loses its power: the server and all that it started, with -9."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(LEAVE_LIMIT_S)
        self._process = None
        self._free_memory()

    def stop(self) -> None:
        """Kindly, and then not."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LEAVE_LIMIT_S)
        self.kill()

    def freeze(self) -> None:
        """As when it hangs: connections stay, and nothing is answered. `thaw` ends that."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def cpu_s(self) -> float:
        """Seconds of processor time of the server and all that it started, so far."""
        assert self._process is not None
        server = psutil.Process(self._process.pid)
        times = [each.cpu_times() for each in (server, *server.children(recursive=True))]
        return sum(each.user + each.system for each in times)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def _command(self) -> list[str]:
        tls = self.tls
        encrypted = (
            []
            if tls is None
            else [
                f"--grpc-use-ssl{'-mutual' if tls.ca else ''}=true",
                f"--grpc-server-cert={tls.certificate}",
                f"--grpc-server-key={tls.key}",
                *([f"--grpc-root-cert={tls.ca}"] if tls.ca else []),
            ]
        )
        return [
            # Whatever becomes of the tests, the server does not outlive them.
            *("setpriv", "--pdeathsig", "KILL", str(PROGRAMS / "bin" / "tritonserver")),
            f"--model-repository={self.repository}",
            f"--backend-directory={_back_ends(self.folder)}",
            f"--backend-config=python,shm-region-prefix-name={self._memory}",
            f"--grpc-address={HOST}",
            f"--grpc-port={self.port}",
            "--reuse-grpc-port=true",
            "--allow-http=false",
            "--allow-metrics=false",
            "--exit-timeout-secs=2",
            *encrypted,
        ]

    def _free_memory(self) -> None:
        """Shared memory of a server that was killed stays behind."""
        for left in Path("/dev/shm").glob(f"{self._memory}*"):
            left.unlink(missing_ok=True)


@contextlib.contextmanager
def running_triton(repository: Path, folder: Path, tls: Tls | None = None) -> Iterator[Triton]:
    """Triton with the networks of `repository`; what it writes is below `folder`."""
    require_triton()
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as held:
        # Bound and never listening: nobody else is given the port, and only the server answers.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((HOST, 0))
        triton = Triton(repository, folder, int(held.getsockname()[1]), tls)
        try:
            triton.start()
            yield triton
        except Exception as error:
            error.add_note(f"Triton ended its log with:\n{triton.log[-SAID:]}")
            raise
        finally:
            triton.stop()


def require_triton() -> None:
    """Skip the test that asks where Triton is not installed, or what asks it."""
    if reason := remote.is_available():
        pytest.skip(reason)
    stub = PROGRAMS / "python_backend_stubs" / PYTHON
    if not stub.is_dir():
        pytest.skip(f"No Triton for Python {PYTHON} was found; install it: make .venv/triton")


def _back_ends(folder: Path) -> Path:
    """The Python back end, put together as the server expects it: with this Python's part."""
    place = folder / "backends" / "python"
    place.mkdir(parents=True, exist_ok=True)
    program = PROGRAMS / "python_backend_stubs" / PYTHON / "triton_python_backend_stub"
    for file in (program, *(PROGRAMS / "backends" / "python").iterdir()):
        link = place / file.name
        if file.is_file() and not link.is_symlink():
            link.symlink_to(file)
    return place.parent


def _environment() -> dict[str, str]:
    """Its Python is this one, with the packages of this environment."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    path = os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")])
    return {**kept, "PATH": path, "LD_LIBRARY_PATH": str(sysconfig.get_config_var("LIBDIR"))}
