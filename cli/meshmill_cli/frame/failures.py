"""From what was raised to what a person is told: what went wrong, and what to do next."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_client import errors
from meshmill_client.profiles import DamagedProfiles, ProfileMissing, ProfileRefused

Kind = type[errors.MeshmillError]

#: Of these, and of what is derived from them; the nearest counts.
_EXITS: Mapping[Kind, Exit] = {
    errors.MeshmillError: Exit.FAILED,
    errors.ApiError: Exit.REFUSED,
    errors.Unauthorized: Exit.NOT_SIGNED_IN,
    errors.Forbidden: Exit.NOT_SIGNED_IN,
    errors.NotFound: Exit.NOT_FOUND,
    errors.RateLimitExceeded: Exit.LIMITED,
    errors.ServerError: Exit.UNREACHABLE,
    errors.ConnectionFailed: Exit.UNREACHABLE,
    errors.UnexpectedAnswer: Exit.UNREACHABLE,
    errors.TokenRefused: Exit.NOT_SIGNED_IN,
    errors.NotReady: Exit.REFUSED,
    errors.WaitTimeout: Exit.TIMEOUT,
    ProfileMissing: Exit.NOT_SIGNED_IN,
    ProfileRefused: Exit.REFUSED,
    DamagedProfiles: Exit.FILE,
}

_CREDENTIALS = "sign in with others: meshmill login, or MESHMILL_API_KEY where that is set"

_ADVICE: Mapping[Kind, str] = {
    errors.Unauthorized: _CREDENTIALS,
    errors.TokenRefused: _CREDENTIALS,
    errors.Forbidden: "ask for a key that may do this, or name another --profile",
    errors.InvalidSignature: "take the link as it was given, or read the record again",
    errors.LinkExpired: "read the record again for a fresh link",
    errors.NotFound: "look for it with list; another --profile has records of its own",
    errors.IdempotencyConflict: "choose another idempotency key, or send what it stands for",
    errors.InvalidState: "wait until it is done, then try again",
    errors.ServerError: "try again in a while; if it stays so, report it with the request's id",
    errors.ConnectionFailed: "check the address and the network, or start a pipeline: make run",
    errors.UnexpectedAnswer: "check that the profile leads to a Meshmill service",
    errors.NotReady: "wait for it first, with the command wait",
    errors.BatchFailed: "mend the manifest and submit it again",
    errors.WaitTimeout: "it goes on by itself: wait again, or for longer with --timeout",
    errors.DownloadFailed: "try again: it goes on from what has come",
}


def failure_of(error: errors.MeshmillError | OSError) -> CommandFailed:
    """The end of a command that such an error means."""
    if isinstance(error, OSError):
        return CommandFailed([_of_system(error)], Exit.FILE)
    next_step = "; ".join(_next(error))
    lines = [*_what(error), next_step] if next_step else _what(error)
    return CommandFailed(lines, _nearest(_EXITS, error) or Exit.FAILED)


def _of_system(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    return reason if error.filename is None else f"{os.fsdecode(error.filename)}: {reason}"


def _what(error: errors.MeshmillError) -> list[str]:
    """A line; for a request that breaks several rules, one each."""
    if isinstance(error, errors.WaitTimeout) and error.__cause__ is not None:
        return [str(error), f"it was not seen lately: {error.__cause__}"]
    if not isinstance(error, errors.ApiError):
        return [str(error)]
    violations = error.details.get("violations")
    if isinstance(violations, list) and violations:
        return [_violation(each) for each in violations]
    request = f" (request {error.request_id})" if error.request_id else ""
    return [f"{error.message}{_meant(error.details)}{request}"]


def _meant(details: Mapping[str, Any]) -> str:
    """What would have been right, as far as the service says."""
    if details.get("hint"):
        return f"; {details['hint']}"
    allowed = details.get("allowed")
    return f"; there are {', '.join(map(str, allowed))}" if isinstance(allowed, list) else ""


def _violation(told: Any) -> str:
    """Its message names what is allowed."""
    if not isinstance(told, dict):
        return str(told)
    message = str(told.get("message", told))
    return f"{message}; {told['hint']}" if told.get("hint") else message


def _next(error: errors.MeshmillError) -> Iterator[str]:
    """What to do; where the fault may be with the place that was asked, which one it was."""
    match error:
        case errors.RateLimitExceeded(retry_after=float(seconds)):
            yield f"try again in {seconds:.0f} s"
        case errors.DuplicateRequest(details={"asset_id": str(asset_id)}):
            yield f"it is there already: meshmill assets get {asset_id}"
        case errors.AssetFailed(asset=asset) if asset.error and asset.error.retryable:
            yield "ask for it again with the same request"
        case _ if advice := _nearest(_ADVICE, error):
            yield advice
    if _nearest(_EXITS, error) in {Exit.UNREACHABLE, Exit.NOT_SIGNED_IN, Exit.NOT_FOUND}:
        yield from getattr(error, "__notes__", ())


def _nearest(table: Mapping[Kind, Any], error: errors.MeshmillError) -> Any:
    return next((table[kind] for kind in type(error).__mro__ if kind in table), None)
