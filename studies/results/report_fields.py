"""Frozen dataclasses to plain JSON values and back, by their own annotations.

An object is a dataclass's fields by name, an enum its value, a time ISO 8601 with its zone, an
array of points a list of pairs. Floats come back bit for bit; what no JSON can hold is refused.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from math import isfinite
from types import NoneType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

from senoscope.domain.errors import SenoscopeError, StorageError

Kind = TypeVar("Kind")
Bound = Mapping[Any, Any]
"""What a generic dataclass's type variables stand for."""
LARGEST = sys.float_info.max
LARGEST_PLACE = float(np.finfo(np.float32).max)


def plain(value: Any) -> Any:
    """For `json.dumps`. StorageError where a number is not finite, or nothing here can hold it."""
    if is_dataclass(value):
        return {name: plain(getattr(value, name)) for name in _kept(value)}
    for kind, said in _PLAIN:
        if isinstance(value, kind):
            return said(value)
    raise StorageError(
        f"A {type(value).__name__} was given to be kept; expected a value that JSON can hold."
    )


def of_plain(kind: type[Kind], given: object, at: str) -> Kind:
    """What `plain` was given. StorageError names the place, from `at` on, that is damaged."""
    value: Kind = _read(kind, given, at, {})
    return value


def _kept(of: Any) -> list[str]:
    """Names of a dataclass's fields, but those that say `NOT_KEPT`."""
    return [each.name for each in fields(of) if each.metadata.get("kept", True)]


def damaged(at: str, given: object, expected: str) -> StorageError:
    """Says what stands there, but no text: it may say who the patient is."""
    return StorageError(
        f"A kept reading is damaged at {at}: {_shown(given)} was found; expected {expected}. "
        "Take it from a backup, or read the study again."
    )


def _read(kind: Any, given: object, at: str, bound: Bound) -> Any:
    kind = bound.get(kind, kind)
    args = get_args(kind)
    if NoneType in args:
        if given is None:
            return None
        (kind,) = (each for each in args if each is not NoneType)
        return _read(kind, given, at, bound)
    whole = get_origin(kind) or kind
    if is_dataclass(whole):
        return _object(whole, args, given, at)
    if whole in _PARTED:
        return _PARTED[whole](args, given, at, bound)
    return _single(kind, given, at)


def _single(kind: Any, given: object, at: str) -> Any:
    if issubclass(kind, Enum):
        return kind(_one_of([each.value for each in kind], given, at))
    if kind is datetime:
        return _time(given, at)
    if kind is float and isinstance(given, int | float) and not isinstance(given, bool):
        if abs(given) <= LARGEST:
            return float(given)
    elif type(given) is kind:
        return given
    names = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    raise damaged(at, given, names[kind])


def _object(kind: Any, args: tuple[Any, ...], given: object, at: str) -> Any:
    if not isinstance(given, Mapping):
        raise damaged(at, given, "an object")
    hints = get_type_hints(kind)
    names = _kept(kind)
    if set(given) != set(names):
        lacking = sorted(set(names) - set(given)) or "nothing"
        raise damaged(at, given, f"exactly its {len(names)} names; it lacks {lacking}")
    bound = dict(zip(getattr(kind, "__parameters__", ()), args, strict=True))
    read = {name: _read(hints[name], given[name], f"{at}.{name}", bound) for name in names}
    try:
        return kind(**read)
    except SenoscopeError as error:
        raise StorageError(f"A kept reading is damaged at {at}. {error}") from error


def _row(args: tuple[Any, ...], given: object, at: str, bound: Bound) -> tuple[Any, ...]:
    if not isinstance(given, list | tuple):
        raise damaged(at, given, "a list")
    return tuple(_read(args[0], each, f"{at}[{n}]", bound) for n, each in enumerate(given))


def _mapping(args: tuple[Any, ...], given: object, at: str, bound: Bound) -> dict[Any, Any]:
    if not isinstance(given, Mapping):
        raise damaged(at, given, "an object")
    key_kind, value_kind = args
    return {
        _read(key_kind, key, f"{at} (a name)", bound): _read(value_kind, each, at, bound)
        for key, each in given.items()
    }


def _points(_: tuple[Any, ...], given: object, at: str, bound: Bound) -> Any:
    if not isinstance(given, list | tuple):
        raise damaged(at, given, "a list of points")
    for number, point in enumerate(given):
        here = f"{at}[{number}]"
        if not isinstance(point, list | tuple) or len(point) != 2:
            raise damaged(here, point, "[x, y]")
        for each in point:
            if abs(_read(float, each, here, bound)) > LARGEST_PLACE:
                raise damaged(here, each, "a place in a picture")
    return np.array(given, np.float32).reshape(-1, 2)


def _one_of(values: Iterable[Any], given: object, at: str) -> Any:
    known = list(values)
    if not isinstance(given, str) or given not in known:
        raise damaged(at, given, f"one of {known}")
    return given


def _one_of_texts(values: tuple[Any, ...], given: object, at: str, _: Bound) -> Any:
    return _one_of(values, given, at)


def _time(given: object, at: str) -> datetime:
    text = given if isinstance(given, str) else ""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise damaged(at, given, "a time such as 2026-11-28T17:30:00+00:00") from error
    if time.tzinfo is None:
        raise damaged(at, given, "a time with its zone, such as 2026-11-28T17:30:00+00:00")
    return time


def _said_time(time: datetime) -> str:
    if time.tzinfo is None:
        raise StorageError(
            "A time without a zone was given to be kept; expected one with it. Make it in UTC."
        )
    return time.isoformat()


def _finite(number: float) -> float:
    if not isfinite(number):
        raise StorageError(
            f"The number {number} was given to be kept; expected a finite one. "
            "Read the study again."
        )
    return number


def _shown(given: object) -> str:
    if isinstance(given, str):
        return f"a text of {len(given)} characters"
    if isinstance(given, Mapping):
        return f"an object of {len(given)} names"
    if isinstance(given, list | tuple) and not all(type(each) in (int, float) for each in given):
        return f"a list of {len(given)}"
    return f"{given!r:.60}"


_PLAIN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    ((NoneType, bool), lambda value: value),
    (Enum, lambda value: value.value),
    (str, str),
    (datetime, _said_time),
    ((int, np.integer), int),
    ((float, np.floating), lambda value: _finite(float(value))),
    (np.ndarray, lambda value: plain(value.tolist())),
    (Mapping, lambda value: {plain(key): plain(each) for key, each in value.items()}),
    (Iterable, lambda value: [plain(each) for each in value]),
)
"""The first that fits: an enum of ours is a text too, and a truth value a number."""
_PARTED: Mapping[Any, Callable[[tuple[Any, ...], object, str, Bound], Any]] = {
    Literal: _one_of_texts,
    tuple: _row,
    np.ndarray: _points,
    Mapping: _mapping,
}
