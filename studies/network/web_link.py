"""One request to a DICOMweb server: bounded, within deadlines, and to that server alone."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from senoscope.studies.network.destinations import WebDestination
from senoscope.studies.network.dimse_link import USUAL, Deadlines
from senoscope.studies.network.failures import PacsError, PacsHasNone, PacsRefused, PacsUnavailable
from senoscope.studies.network.multipart import PIECE

LONGEST_ANSWER_S = 3600.0
"""In all: one that sends a byte now and then would never be late."""
_REFUSALS = {
    400: "it does not understand the request",
    404: "it has nothing there",
    409: "it does not keep the instance",
    410: "it has nothing there any more",
    413: "it is too large for it",
    415: "it does not take this kind of data",
    422: "it cannot use the data",
}
_FAILURES = {
    401: "it asks for other credentials; check the settings",
    403: "it does not allow it; check the account's rights",
    407: "something on the way asks for credentials",
    429: "it is asked too often",
    503: "it is busy or being maintained",
    507: "it has no room",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`pieces` can be read once, while the request is open."""

    status: int
    content_type: str
    pieces: Iterator[bytes]

    def whole(self, most: int) -> bytes:
        """The body. PacsUnavailable where it has more than `most` bytes."""
        gathered = bytearray()
        for piece in self.pieces:
            gathered += piece
            if len(gathered) > most:
                raise PacsUnavailable(
                    f"The DICOMweb server's answer has more than {most} bytes. Ask for less."
                )
        return bytes(gathered)


class _Bearer(httpx.Auth):
    def __init__(self, token: str) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@contextmanager
def answered(
    destination: WebDestination,
    verb: str,
    path: str,
    headers: Mapping[str, str],
    content: Iterable[bytes] | None = None,
    query: Iterable[tuple[str, str]] = (),
    deadlines: Deadlines = USUAL,
) -> Iterator[Answer]:
    """What the server answers below its root, of a status from 200 to 299.

    No redirection is followed, no proxy or credential of the environment is used. PacsRefused and
    PacsUnavailable say why there is none; OSError is of `content`'s file.
    """
    limits = httpx.Timeout(deadlines.answer, connect=deadlines.connect)
    try:
        with (
            httpx.Client(
                verify=destination.tls.context() if _is_https(destination) else False,
                auth=_auth(destination),
                timeout=limits,
                follow_redirects=False,
                trust_env=False,
            ) as client,
            client.stream(
                verb,
                destination.url + path,
                # Unpacked, an answer could be of any size.
                headers={**headers, "Accept-Encoding": "identity"},
                content=content,
                params=tuple(query),
            ) as response,
        ):
            _require_success(response, destination)
            kind = response.headers.get("Content-Type", "")
            yield Answer(response.status_code, kind, _pieces(response))
    except httpx.TimeoutException:
        raise PacsUnavailable(f"{destination.place} did not answer in time.") from None
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL) as error:
        raise PacsUnavailable(
            f"{destination.place} cannot be reached, or broke off ({type(error).__name__}). Check "
            "address, certificate and network, and that it runs."
        ) from None


def _pieces(response: httpx.Response) -> Iterator[bytes]:
    until = time.monotonic() + LONGEST_ANSWER_S
    for piece in response.iter_raw(PIECE):
        if time.monotonic() > until:
            raise PacsUnavailable("The DICOMweb server's answer came too slowly.")
        yield piece


def _is_https(destination: WebDestination) -> bool:
    """Only then are certificates read, which takes 20 ms."""
    return destination.url.lower().startswith("https:")


def _auth(destination: WebDestination) -> httpx.Auth | None:
    if destination.token is not None:
        return _Bearer(destination.token.read())
    if destination.user is not None and destination.password is not None:
        return httpx.BasicAuth(destination.user, destination.password.read())
    return None


def _require_success(response: httpx.Response, destination: WebDestination) -> None:
    status = response.status_code
    packed = response.headers.get("Content-Encoding", "identity").lower()
    if 200 <= status < 300 and packed == "identity":
        return
    failure: PacsError
    if 200 <= status < 300:
        failure = PacsUnavailable(f"{destination.place} answered packed, which was not asked for.")
    elif 300 <= status < 400:
        failure = PacsUnavailable(
            f"{destination.place} sends on to another address (HTTP {status}), which is not "
            "followed. If it has moved, change the settings."
        )
    elif status in _REFUSALS:
        kind = PacsHasNone if status in (404, 410) else PacsRefused
        failure = kind(f"{destination.place}: {_REFUSALS[status]} (HTTP {status}).")
    else:
        reason = _FAILURES.get(status, "it failed")
        failure = PacsUnavailable(f"{destination.place}: {reason} (HTTP {status}).")
    raise failure
