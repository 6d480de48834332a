"""A real Orthanc for the tests: started in a folder, on free ports of this machine, and stopped."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.studies.programs import dicomweb_plugin, program

AE = "ORTHANC"
HOST = "127.0.0.1"
SLOWEST_START_S = 60


def free_port() -> int:
    """Of loopback; nothing listened there a moment ago."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """All held at once: asked for one after the other, the same may come twice."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@dataclass(frozen=True, slots=True)
class Orthanc:
    """One that runs. `web` is the root of its DICOMweb, `rest` of its own interface."""

    dimse_port: int
    http_port: int
    ae: str = AE
    host: str = HOST

    @property
    def rest(self) -> str:
        return f"http://{self.host}:{self.http_port}"

    @property
    def web(self) -> str:
        return f"{self.rest}/dicom-web"

    def get(self, path: str) -> Any:
        """What its own interface answers, from JSON."""
        return self._answered("GET", path).json()

    def uids(self) -> list[str]:
        """SOPInstanceUID of every instance it holds."""
        found = self.get("/instances?expand")
        return sorted(each["MainDicomTags"]["SOPInstanceUID"] for each in found)

    def file(self, sop_instance_uid: str) -> bytes:
        """The DICOM file as it is stored. AssertionError unless there is exactly one."""
        return self._answered("GET", f"/instances/{self.number(sop_instance_uid)}/file").content

    def tags(self, sop_instance_uid: str) -> dict[str, Any]:
        """The header as Orthanc reads it, by keyword."""
        found = self.get(f"/instances/{self.number(sop_instance_uid)}/simplified-tags")
        assert isinstance(found, dict)
        return found

    def number(self, sop_instance_uid: str) -> str:
        """Orthanc's own name of the instance. AssertionError unless there is exactly one."""
        found = self._answered("POST", "/tools/lookup", sop_instance_uid).json()
        instances = [each["ID"] for each in found if each["Type"] == "Instance"]
        assert len(instances) == 1, found
        return str(instances[0])

    def put(self, content: bytes) -> str:
        """Keeps a DICOM file, without DICOMweb or DIMSE; gives Orthanc's own name of it."""
        return str(self._answered("POST", "/instances", content).json()["ID"])

    def forget(self) -> None:
        """Deletes every patient."""
        for each in self.get("/patients"):
            self._answered("DELETE", f"/patients/{each}")

    def send(self, numbers: list[str], port: int, ae: str) -> dict[str, Any]:
        """Has Orthanc itself send instances by C-STORE; gives its account of the job."""
        modality = {"AET": ae, "Host": self.host, "Port": port}
        self._answered("PUT", "/modalities/there", json.dumps(modality))
        body = json.dumps({"Resources": numbers, "Synchronous": True})
        found = self._answered("POST", "/modalities/there/store", body).json()
        assert isinstance(found, dict)
        return found

    def _answered(self, verb: str, path: str, content: str | bytes | None = None) -> httpx.Response:
        answer = httpx.request(verb, self.rest + path, content=content, timeout=60)
        answer.raise_for_status()
        return answer


@contextmanager
def running_orthanc(folder: Path, settings: Mapping[str, Any] | None = None) -> Iterator[Orthanc]:
    """Orthanc with DICOMweb, all it keeps below `folder`; `settings` override its configuration.

    It takes any calling AE. AssertionError with its log where it does not start; where it is not
    installed the test is skipped.
    """
    installed, plugin = program("Orthanc"), dicomweb_plugin()
    dimse_port, http_port = free_ports(2)
    folder.mkdir(parents=True, exist_ok=True)
    configuration = {
        "Name": "test",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "HttpPort": http_port,
        "DicomPort": dimse_port,
        "DicomAet": AE,
        "DicomCheckCalledAet": True,
        "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False,
        "DicomAlwaysAllowStore": True,
        "OverwriteInstances": False,
        "UnknownSopClassAccepted": False,
        "StableAge": 1,
        "Plugins": [str(plugin)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        **(settings or {}),
    }
    written = folder / "orthanc.json"
    written.write_text(json.dumps(configuration), encoding="utf-8")
    orthanc = Orthanc(dimse_port, http_port)
    with (folder / "orthanc.log").open("wb") as log:
        server = subprocess.Popen([installed, str(written)], stdout=log, stderr=log, cwd=folder)
        try:
            _await(orthanc, server, folder / "orthanc.log")
            yield orthanc
        finally:
            server.terminate()
            try:
                server.wait(30)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _await(orthanc: Orthanc, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SLOWEST_START_S
    while time.monotonic() < until and server.poll() is None:
        try:
            answer = httpx.get(f"{orthanc.rest}/system", timeout=5)
        except httpx.TransportError:
            time.sleep(0.05)
            continue
        # 401 where `settings` ask for a password: it is there all the same.
        if answer.status_code in (200, 401):
            return
        time.sleep(0.05)
    raise AssertionError(f"Orthanc did not start:\n{log.read_text(errors='replace')}")
