"""What an inference server's refusal means, and what to do: gRPC's codes in a person's words."""

from __future__ import annotations

from typing import NamedTuple

MOST_SAID = 200
_UNTRUSTED = ("CERTIFICATE_VERIFY_FAILED", "not in peer certificate", "Hostname Verification")
_NO_TLS = ("WRONG_VERSION_NUMBER", "handshake", "Socket closed")
"""Also of a server that closes a connection as soon as it is open."""
_TOKEN = ("UNAUTHENTICATED", "PERMISSION_DENIED")


class Limit(NamedTuple):
    """How long an answer was waited for, and whether that is what the settings name."""

    seconds: float
    is_deadline: bool


def in_words(address: str, with_token: bool, code: str, said: str, limit: Limit) -> str:
    """For a person; `code` is gRPC's, `said` what came with it, from the server or the library."""
    server = f"The inference server {address}"
    if code == "DEADLINE_EXCEEDED":
        remedy = "the network, or allow more (deadline_ms)" if limit.is_deadline else "its address"
        return (
            f"{server} did not answer within {limit.seconds * 1e3:g} ms. See its load and {remedy}."
        )
    if code in _TOKEN:
        given = "refuses the token" if with_token else "asks for a token"
        return f"{server} {given}. Name a file with a valid one as token_file."
    if code == "RESOURCE_EXHAUSTED":
        return f"{server} has no room, or its answer is larger than the network's: {short(said)}."
    if code == "UNIMPLEMENTED":
        return (
            f"{server} does not speak the Open Inference Protocol v2. Give the address of its gRPC "
            "port, of which Triton's is usually 8001."
        )
    if code == "UNAVAILABLE":
        return f"{server} {_unreached(said)}"
    return f"{server} failed: {code} {short(said)}. See its log."


def short(said: str) -> str:
    """In one line that can be shown: what a server says is not trusted to be so."""
    line = " ".join("".join(each if each.isprintable() else " " for each in said).split())
    return (line if len(line) <= MOST_SAID else f"{line[:MOST_SAID]}...").rstrip(".")


def _unreached(said: str) -> str:
    if any(each in said for each in _UNTRUSTED):
        return (
            "shows a certificate that is not trusted: another authority's, past its end, or of "
            "another host. Give its authority's as ca_file, and the host as the certificate names "
            "it."
        )
    if "failed to connect" in said and any(each in said for each in _NO_TLS):
        return (
            "does not agree on encryption: it asks for TLS (ca_file) or for a certificate "
            f"(certificate_file), or speaks plain text at this port ({short(said)})."
        )
    return f"cannot be reached ({short(said)}). Start it, or mend its address in the settings."
