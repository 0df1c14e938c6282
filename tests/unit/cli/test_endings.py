"""How commands end: a line of what went wrong, one of what to do, and a code that says which."""

from __future__ import annotations

import errno
import json
from pathlib import Path
from typing import Any

import pytest

from meshmill_cli import app as commands
from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.frame.failures import failure_of
from meshmill_client import Asset, Batch, errors
from meshmill_client.profiles import DamagedProfiles, ProfileMissing, ProfileRefused
from tests.support.home import Home
from tests.unit.cli.processes import COMMAND, on_terminal, piped
from tests.unit.cli.typed import Meshmill
from tests.unit.client.service import batch_view, view

ROOT = Path(__file__).parents[3]
ERROR = {"class": "system", "code": "TIMED_OUT", "message": "Too slow", "retryable": True}


def refused(kind: type[errors.ApiError], status: int = 400, **details: Any) -> errors.ApiError:
    return kind(
        errors.Refusal(status, "No.", kind.code, details, request_id="r-1", retry_after=7.0)
    )


def asset(**error: Any) -> Asset:
    return Asset.model_validate(view("failed", error=ERROR | error))


BATCH = Batch.model_validate(batch_view("failed", error={"code": "EMPTY", "message": "No lines"}))

ENDINGS: list[tuple[Exception, Exit, str]] = [
    (refused(errors.BadRequest), Exit.REFUSED, "No. (request r-1)"),
    (refused(errors.InvalidJson), Exit.REFUSED, "No. (request r-1)"),
    (refused(errors.Unauthorized), Exit.NOT_SIGNED_IN, "meshmill login"),
    (refused(errors.Forbidden), Exit.NOT_SIGNED_IN, "--profile"),
    (refused(errors.LinkExpired), Exit.NOT_SIGNED_IN, "fresh link"),
    (refused(errors.NotFound), Exit.NOT_FOUND, "list"),
    (refused(errors.NotFound, allowed=["rock", "tree"]), Exit.NOT_FOUND, "; there are rock, tree"),
    (refused(errors.BadRequest, hint="did you mean x?"), Exit.REFUSED, "No.; did you mean x?"),
    (refused(errors.DuplicateRequest, asset_id="a-1"), Exit.REFUSED, "assets get a-1"),
    (refused(errors.InvalidState), Exit.REFUSED, "wait until it is done"),
    (refused(errors.PayloadTooLarge), Exit.REFUSED, "No."),
    (refused(errors.RateLimitExceeded), Exit.LIMITED, "try again in 7 s"),
    (refused(errors.ServerError), Exit.UNREACHABLE, "request r-1"),
    (refused(errors.ServiceUnavailable), Exit.UNREACHABLE, "try again in a while"),
    (errors.ConnectionFailed("no answer", was_sent=False), Exit.UNREACHABLE, "make run"),
    (errors.UnexpectedAnswer("odd"), Exit.UNREACHABLE, "Meshmill service"),
    (errors.TokenRefused("no", code="invalid_client"), Exit.NOT_SIGNED_IN, "meshmill login"),
    (errors.NotReady("not yet"), Exit.REFUSED, "wait"),
    (errors.AssetFailed(asset()), Exit.FAILED, "with the same request"),
    (errors.AssetFailed(asset(retryable=False)), Exit.FAILED, "Too slow"),
    (errors.BatchFailed(BATCH), Exit.FAILED, "mend the manifest"),
    (errors.WaitTimeout(asset(), 3.0), Exit.TIMEOUT, "--timeout"),
    (errors.ChecksumMismatch("other bytes", Path("model.glb")), Exit.FAILED, "try again"),
    (ProfileMissing("nobody is signed in"), Exit.NOT_SIGNED_IN, "nobody is signed in"),
    (ProfileRefused("base_url", "is missing"), Exit.REFUSED, "base_url is missing"),
    (DamagedProfiles(Path("p.json"), "odd"), Exit.FILE, "p.json: odd"),
    (PermissionError(errno.EACCES, "Permission denied", "out"), Exit.FILE, "out: Permission"),
    (OSError(errno.ENOSPC, "No space left on device"), Exit.FILE, "No space left on device"),
]


@pytest.mark.parametrize(
    ("error", "code", "told"), ENDINGS, ids=[type(error).__name__ for error, _, _ in ENDINGS]
)
def test_each_error_has_its_code_and_says_what_to_do(
    error: errors.MeshmillError | OSError, code: Exit, told: str
) -> None:
    failure = failure_of(error)
    assert failure.exit_code is code
    assert told in "\n".join(failure.lines)
    assert 1 <= len(failure.lines) <= 2
    assert all("\n" not in line for line in failure.lines)


def test_every_error_of_the_client_ends_with_a_code_of_its_own_kind() -> None:
    tried = {type(error) for error, _, _ in ENDINGS}
    assert {errors.ApiError, errors.MeshmillError} & tried == set()
    for kind in errors.MeshmillError.__subclasses__():
        assert any(issubclass(each, kind) for each in tried), f"{kind.__name__} is not tried"


def test_violations_have_a_line_each_with_what_was_meant() -> None:
    violations = [
        {"field": "format", "message": "format must be one of gltf", "hint": "did you mean 'obj'?"},
        {"field": "seed", "message": "seed must be at least 0"},
    ]
    failure = failure_of(refused(errors.ValidationFailed, violations=violations))
    assert failure.lines == (
        "format must be one of gltf; did you mean 'obj'?",
        "seed must be at least 0",
    )
    assert failure.exit_code is Exit.REFUSED


def test_a_wait_that_nobody_answered_lately_tells_why() -> None:
    error = errors.WaitTimeout(asset(), 3.0)
    error.__cause__ = errors.ConnectionFailed("no answer from there", was_sent=False)
    failure = failure_of(error)
    assert failure.lines[1] == "it was not seen lately: no answer from there"
    assert failure.exit_code is Exit.TIMEOUT


@pytest.mark.parametrize("violations", [[], "odd", ["odd"], [{"odd": 1}], [{"message": "x"}]])
def test_violations_of_an_unknown_shape_are_told_somehow(violations: Any) -> None:
    failure = failure_of(refused(errors.ValidationFailed, violations=violations))
    assert failure.lines


def test_where_it_was_asked_is_told_where_that_may_be_the_fault() -> None:
    for error, has_place in (
        (errors.ConnectionFailed("no answer", was_sent=False), True),
        (refused(errors.InvalidState), False),
    ):
        error.add_note("https://a.example was asked")
        assert ("https://a.example" in failure_of(error).lines[-1]) is has_place


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (KeyboardInterrupt(), 130, "meshmill: interrupted\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
        (CommandFailed(["a\nb\x1b[2J"], Exit.FAILED), 1, "meshmill: a\\nb\\x1b[2J\n"),
        (CommandFailed(["one", "two"], Exit.TIMEOUT), 7, "meshmill: one\nmeshmill: two\n"),
        (PermissionError(errno.EACCES, "Denied", "out"), 3, "meshmill: out: Denied\n"),
        (errors.NotReady("not yet"), 2, "meshmill: not yet\n"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_command_lets_pass_is_told_without_a_traceback(
    raised: BaseException,
    code: int,
    told: str,
    meshmill: Meshmill,
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: object) -> None:
        raise raised

    home.store('{"profiles": {"a": {"base_url": "https://a.example"}}}')
    monkeypatch.setattr("meshmill_client.profiles.ProfileStore.remove", failing)
    ended = meshmill("logout", "a")
    assert ended.code == code
    assert ended.err.startswith(told)
    assert "Traceback" not in ended.err


def test_our_own_mistakes_are_not_hidden(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.store('{"current": "a", "profiles": {}}')

    def failing(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("meshmill_client.profiles.ProfileStore.remove", failing)
    monkeypatch.setattr("sys.argv", ["meshmill", "logout", "a"])
    with pytest.raises(ZeroDivisionError):
        commands.main()


@pytest.mark.parametrize("reader", ["true", "head -c 1 >&2"])
def test_a_reader_that_has_gone_ends_the_command_as_shells_expect(reader: str, home: Home) -> None:
    many = {f"p{number}": {"base_url": f"https://a.example/{'a' * 200}"} for number in range(2000)}
    home.store(json.dumps({"profiles": many}))  # listed, more than a pipe holds
    command = f'"$@" | {reader}; exit "${{PIPESTATUS[0]}}"'
    ended = piped("bash", "-c", command, "bash", *COMMAND, "profiles", "--json")
    assert ended.returncode == Exit.OUTPUT_CLOSED
    assert ended.stderr in {"", "["}


def test_a_short_answer_that_nobody_reads_is_no_trouble_either(home: Home) -> None:
    """It is written only when the command ends."""
    command = '"$@" | true; exit "${PIPESTATUS[0]}"'
    ended = piped("bash", "-c", command, "bash", *COMMAND, "profiles", "--json")
    assert (ended.returncode, ended.stderr) == (Exit.OUTPUT_CLOSED, "")


def test_a_complaint_is_red_on_a_terminal_and_plain_without_colour() -> None:
    red = "\x1b[1;31mmeshmill:\x1b[0m"
    assert red in on_terminal(*COMMAND, "logout")[1]
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        code, shown = on_terminal(*COMMAND, "logout", variables=variables)
        assert code == Exit.NOT_SIGNED_IN
        assert shown.startswith("meshmill: nobody is signed in")


def test_the_exit_codes_are_those_of_the_documentation() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    assert [code for code in rows if code.isdigit()] == [str(int(code)) for code in Exit]


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_stream_that_is_closed_is_as_good_as_an_empty_one(closed: str, home: Home) -> None:
    home.store('{"profiles": {"a": {"base_url": "https://a.example"}}}')
    command = f'"$@" {closed}'
    listed = piped("bash", "-c", command, "bash", *COMMAND, "profiles")
    asked = piped("bash", "-c", command, "bash", *COMMAND, "batches", "delete", "b", stdin="y")
    assert (listed.returncode, asked.returncode) == (0, Exit.REFUSED)
    assert "Traceback" not in listed.stderr + asked.stderr
