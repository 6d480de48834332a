"""What the rooms import is declared, and running needs no extra."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

import pytest

from tests.test_house import HOUSE, PROJECT, modules

FOREIGN_NAMES = {
    "PIL": "pillow",
    "cuda": "cuda-python",
    "cv2": "opencv-python",
    "fast": "pyfast",
    "google": "protobuf",
    "grpc": "grpcio",
    "opentelemetry": "opentelemetry-sdk",
    "prometheus_client": "prometheus-client",
    "tensorrt_rtx": "tensorrt-rtx",
    "yaml": "pyyaml",
}
"""Where the package is not called what is imported. Not asked of the installed: no environment has
every extra."""
LOADED_BY_OTHERS = {
    "onnxscript": "torch.onnx writes networks with it",
    "opentelemetry-exporter-otlp-proto-http": "its name is opentelemetry too",
    "psycopg": "SQLAlchemy opens postgresql:// with it",
    "python-gdcm": "pydicom decodes JPEG lossless and JPEG-LS with it",
    "python-multipart": "FastAPI reads the login form with it",
    "websockets": "uvicorn serves WebSockets with it",
}
GIVEN_BY_SERVERS = {"triton_python_backend_utils"}
"""What runs within an inference server finds there, and nowhere else."""
EXTRA_OF = {
    "senoscope.models.networks": "train",
    "senoscope.models.training": "train",
    "senoscope.models.engines.onnx_graph": "train",
    "senoscope.models.engines.torch_operators": "train",
}
"""The only places where an extra's package may be imported as the module is."""


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in requirements}


BASE = names(PROJECT["project"]["dependencies"])
EXTRAS = {
    extra: names(lines)
    for extra, lines in PROJECT["project"]["optional-dependencies"].items()
    if extra != "test"
}
TREES = {
    "senoscope."
    + ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
        path.read_text(encoding="utf-8")
    )
    for path in modules()
}


def imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [each.name for each in node.names]
        case ast.ImportFrom(module=str(module)):
            return [module, *(f"{module}.{each.name}" for each in node.names)]
        case ast.Call(
            func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name))]
        ):
            return [name]
    return []


def imported_at_once(node: ast.AST) -> Iterator[str]:
    """Not in a function, for types alone, or tried with another way out."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            return
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            inside: list[ast.stmt] = node.orelse
        case ast.Try() if any("ImportError" in ast.unparse(each) for each in node.handlers):
            inside = [*node.orelse, *node.finalbody]
        case _:
            yield from imported(node)
            for child in ast.iter_child_nodes(node):
                yield from imported_at_once(child)
            return
    for statement in inside:
        yield from imported_at_once(statement)


def package_of(name: str) -> str | None:
    """As pyproject calls it; None for what is Python's own or ours."""
    top = name.partition(".")[0]
    if top == "senoscope" or top in sys.stdlib_module_names:
        return None
    return FOREIGN_NAMES.get(top, top)


def with_parents(name: str) -> list[str]:
    """Importing a module runs the packages above it first."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def packages_needed(module: str, at_once: dict[str, list[str]]) -> set[str]:
    """By importing `module`, and so all that it imports, as `at_once` has it."""
    found, seen, waiting = set(), set(), with_parents(module)
    while waiting:
        name = waiting.pop()
        if name in seen or name not in TREES:
            continue
        seen.add(name)
        for each in at_once[name]:
            found.add(package_of(each))
            waiting.extend(with_parents(each))
    return {each for each in found if each is not None}


def imported_anywhere() -> dict[str, str]:
    """Package: a module that imports it."""
    return {
        package: module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        for package in map(package_of, imported(node))
        if package is not None
    }


def test_what_is_imported_is_declared() -> None:
    declared = BASE.union(GIVEN_BY_SERVERS, *EXTRAS.values())
    assert {
        package: module
        for package, module in imported_anywhere().items()
        if package not in declared
    } == {}


def test_what_is_declared_is_imported_or_loaded_by_another() -> None:
    unused = BASE.union(*EXTRAS.values()) - set(imported_anywhere())
    assert unused == set(LOADED_BY_OTHERS)


def test_a_module_imports_at_once_only_what_its_installation_brings() -> None:
    at_once = {module: list(imported_at_once(tree)) for module, tree in TREES.items()}
    not_brought = {}
    for module in TREES:
        extra = next((EXTRA_OF[place] for place in with_parents(module) if place in EXTRA_OF), None)
        brought = BASE | (EXTRAS[extra] if extra else set())
        if missing := packages_needed(module, at_once) - brought:
            not_brought[module] = missing
    assert not_brought == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import far.away", ["far.away"]),
        ("from far import away", ["far", "far.away"]),
        ("if ready:\n    import far", ["far"]),
        ("try:\n    import far\nexcept OSError:\n    pass", ["far"]),
        ("try:\n    import far\nexcept ImportError:\n    far = None", []),
        ("if TYPE_CHECKING:\n    import far", []),
        ("def later():\n    import far", []),
    ],
)
def test_what_runs_as_a_module_is_imported_is_told_from_the_rest(
    source: str, expected: list[str]
) -> None:
    assert list(imported_at_once(ast.parse(source))) == expected


def plain(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_the_lock_and_the_licences_know_what_is_declared() -> None:
    lock = (HOUSE / "requirements-ci.lock").read_text(encoding="utf-8")
    locked = {plain(name): version for name, version in re.findall(r"(?m)^(\S+)==(\S+)$", lock)}
    page = (HOUSE / "docs" / "licences.md").read_text(encoding="utf-8")
    licensed = dict(re.findall(r"(?m)^\| (\S+) \| (\d\S*) \| ", page))
    assert set(map(plain, BASE)) <= licensed.keys()
    assert licensed.items() <= locked.items()
