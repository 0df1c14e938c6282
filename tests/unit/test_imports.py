"""What a cold start loads, and how big handlers and modules are allowed to be."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from meshmill.settings import ApiSettings, Settings, StatusSettings

ROOT = Path(__file__).parents[2]
LAYERS, FUNCTIONS = ROOT / "layers", ROOT / "functions"
HANDLERS = sorted(FUNCTIONS.glob("*/handler.py"))
MODULES = sorted([*LAYERS.rglob("*.py"), *FUNCTIONS.rglob("*.py")])

#: Apart, since they cost unlike: libraries bring the weight, and ours are small and of our choice.
_MOST_MODULES_OF_LIBRARIES, _MOST_MODULES_OF_OURS = 660, 75
_MOST_HANDLER_LINES, _MOST_MODULE_LINES = 40, 300

#: Each generator adds two small modules, its package and its options.
_GENERATORS = "meshmill.geometry.generators."

_API = """
import sys
from functions.api.handler import handler
from types import SimpleNamespace
import json
event = json.loads(sys.argv[1])
context = SimpleNamespace(aws_request_id="1", function_name="api", memory_limit_in_mb=512,
                          invoked_function_arn="arn", get_remaining_time_in_millis=lambda: 1000)
answer = handler(event, context)
assert answer["statusCode"] == 200, answer
print("\\n".join(sys.modules), file=sys.stderr)
"""
_STATUS = """
import sys
from functions.status.handler import handler
import json
event = json.loads(sys.argv[1])
answer = handler(event, None)
assert answer["statusCode"] == 403, answer
print("\\n".join(sys.modules), file=sys.stderr)
"""
_HEALTH = (
    '{"version": "2.0", "rawPath": "/api/v1/health", "rawQueryString": "", "headers": {},'
    ' "requestContext": {"http": {"method": "GET", "path": "/api/v1/health"},'
    ' "requestId": "1", "stage": "$default"}, "pathParameters": {"kind": "assets", "id": "1"}}'
)


def environment(*needed: type[Settings]) -> dict[str, str]:
    """Any value for every variable; a queue's address must look like one."""
    names: dict[str, str] = {}
    for settings in needed:
        for name, field in settings.__dataclass_fields__.items():
            text = "1" if field.type == "int" else f"https://aws.test/{name}"
            names[f"MESHMILL_{name.upper()}"] = text
    path = os.pathsep.join([str(ROOT), str(LAYERS / "meshmill" / "python")])
    account = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    return {**names, **account, "PYTHONPATH": path, "PATH": os.environ["PATH"]}


def loaded(program: str, *needed: type[Settings]) -> set[str]:
    """Modules that a fresh interpreter has loaded at the end of a program."""
    done = subprocess.run(
        [sys.executable, "-c", program, _HEALTH],
        env=environment(*needed),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines())


@pytest.fixture(scope="module")
def of_api() -> set[str]:
    return loaded(_API, ApiSettings)


@pytest.fixture(scope="module")
def of_status() -> set[str]:
    return loaded(_STATUS, StatusSettings)


@pytest.mark.parametrize("heavy", ["numpy", "PIL", "isal", "meshmill.geometry.engine"])
def test_neither_api_nor_status_loads_what_only_the_worker_needs(
    of_api: set[str], of_status: set[str], heavy: str
) -> None:
    assert heavy not in of_api
    assert heavy not in of_status


@pytest.mark.parametrize(
    "needless",
    [
        "aws_xray_sdk",
        "pydantic_settings",
        "jsonschema",
        "meshmill.http.openapi",
        "meshmill.http.documentation",
    ],
)
def test_api_loads_nothing_that_it_can_do_without(of_api: set[str], needless: str) -> None:
    assert needless not in of_api


def test_the_first_call_of_api_loads_a_bounded_number_of_modules(of_api: set[str]) -> None:
    ours = {name for name in of_api if name.startswith(("meshmill", "functions"))}
    assert len({name for name in ours if not name.startswith(_GENERATORS)}) <= _MOST_MODULES_OF_OURS
    assert len(of_api - ours) <= _MOST_MODULES_OF_LIBRARIES


def test_status_loads_less_than_api(of_api: set[str], of_status: set[str]) -> None:
    assert len(of_status) < len(of_api)
    for name in ("jwt", "meshmill.http.api", "aws_lambda_powertools.event_handler"):
        assert name in of_api
        assert name not in of_status


def statements(source: str) -> int:
    """Lines of code beside imports and docstrings."""
    tree = ast.parse(source)
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            left_out |= lines_of(node)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(
            node
        ):
            left_out |= lines_of(node.body[0])
    code = {
        number
        for number, line in enumerate(source.splitlines(), 1)
        if line.strip() and not line.strip().startswith("#")
    }
    return len(code - left_out)


def lines_of(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def test_there_are_handlers() -> None:
    assert len(HANDLERS) >= 5


@pytest.mark.parametrize("path", HANDLERS, ids=lambda path: path.parent.name)
def test_a_handler_wires_and_calls_and_does_no_more(path: Path) -> None:
    assert statements(path.read_text()) <= _MOST_HANDLER_LINES


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_fits_a_few_screens(path: Path) -> None:
    assert len(path.read_text().splitlines()) < _MOST_MODULE_LINES
