"""Certificates of a test's own authority, made by the openssl command."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.studies.programs import program


@dataclass(frozen=True)
class Made:
    """PEM files: who is trusted, what a server shows, and its key."""

    authority: Path
    certificate: Path
    key: Path


def openssl(*arguments: str | Path) -> None:
    subprocess.run([program("openssl"), *map(str, arguments)], check=True, capture_output=True)


def new_key(path: Path) -> Path:
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
    return path


def make_certificate(folder: Path, days: int = 90, used_for: str = "serverAuth") -> Made:
    """For 127.0.0.1 and localhost, ending in `days`; they may be past."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, asked, certificate = folder / "ca.pem", folder / "asked.csr", folder / "server.pem"
    authority_key, key = new_key(folder / "ca.key"), new_key(folder / "server.key")
    names = folder / "names"
    names.write_text(f"subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage={used_for}\n")
    subject = ("-subj", "/CN=Senoscope test")
    openssl("req", "-x509", "-key", authority_key, "-out", authority, "-days", "365", *subject)
    openssl("req", "-new", "-key", key, "-out", asked, "-subj", "/CN=localhost")
    signs = ("x509", "-req", "-CA", authority, "-CAkey", authority_key, "-CAcreateserial")
    openssl(*signs, "-in", asked, "-out", certificate, "-days", str(days), "-extfile", names)
    return Made(authority, certificate, key)
