"""Every code of the contract has a type; what API Gateway answers alone has one by its status."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from meshmill.http.errors import CODES
from meshmill_client import Asset, Batch, errors, profiles
from meshmill_client.refusals import error_of
from tests.unit.client.service import batch_view, refused, view

REFUSAL = errors.Refusal(409, "No.", "NEW", {"field": "format"}, "r-7", 3.0)
ASSET, BATCH = Asset.model_validate(view("resting")), Batch.model_validate(batch_view("failed"))
#: How each type is made; derived ones are made as the nearest above them that is named.
MADE: dict[type[errors.MeshmillError], Callable[..., errors.MeshmillError]] = {
    errors.MeshmillError: lambda kind: kind("no"),
    errors.ApiError: lambda kind: kind(REFUSAL),
    errors.ConnectionFailed: lambda kind: kind("no answer", was_sent=True),
    errors.TokenRefused: lambda kind: kind("unknown", code="invalid_client"),
    errors.AssetFailed: lambda kind: kind(ASSET),
    errors.BatchFailed: lambda kind: kind(BATCH),
    errors.WaitTimeout: lambda kind: kind(ASSET, 3.0),
    errors.DownloadFailed: lambda kind: kind("broken", Path("out/model.glb")),
    profiles.ProfileRefused: lambda kind: kind("base_url", "is missing"),
    profiles.DamagedProfiles: lambda kind: kind(Path("profiles.json"), "this is not JSON"),
    profiles.ProfilesInUse: lambda kind: kind(Path("meshmill"), 3.0),
}


def _derived(kind: type[errors.MeshmillError]) -> Iterator[type[errors.MeshmillError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__.startswith("meshmill_client."):
            yield from _derived(child)


def _pickled(error: errors.MeshmillError) -> errors.MeshmillError:
    copied: errors.MeshmillError = pickle.loads(pickle.dumps(error))
    return copied


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_code_of_the_service_has_a_type_of_its_own(code: str) -> None:
    error = error_of(refused(CODES[code].value, code))

    assert type(error).code == code
    assert "code" in vars(type(error))


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_code_that_is_not_known_yet_falls_back_to_the_type_of_its_status(code: str) -> None:
    status = CODES[code].value

    newer = error_of(refused(status, "SOMETHING_NEW"))

    assert isinstance(error_of(refused(status, code)), type(newer))
    assert "SOMETHING_NEW" in str(newer)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (413, b'{"message":"Request Too Long"}', errors.PayloadTooLarge),
        (429, b'{"message":"Too Many Requests"}', errors.RateLimitExceeded),
        (403, b'{"message":"Forbidden"}', errors.Forbidden),
        (503, b'{"message":"Service Unavailable"}', errors.ServiceUnavailable),
        (500, b'{"message":"Internal Server Error"}', errors.ServerError),
        (507, b"", errors.ServerError),
        (418, b"<html>", errors.ApiError),
        (400, b"[]", errors.BadRequest),
        (400, b'{"error":{"code":7,"message":null,"details":[]}}', errors.BadRequest),
        (400, b"\xff\xfe", errors.BadRequest),
    ],
)
def test_an_answer_that_is_not_ours_has_the_type_of_its_status(
    status: int, body: bytes, kind: type[errors.ApiError]
) -> None:
    answer = httpx.Response(status, content=body, headers={"Apigw-Requestid": "gateway-1"})

    error = error_of(answer)

    assert type(error) is kind
    assert error.request_id == "gateway-1"


def test_an_error_carries_everything_that_the_envelope_says() -> None:
    details = {"field": "format", "value": "xyz", "allowed": ["gltf"]}
    envelope = {
        "error": {"code": "INVALID_FORMAT", "message": "Unsupported format", "details": details},
        "request_id": "r-7",
    }

    error = error_of(httpx.Response(400, json=envelope, headers={"Retry-After": "3"}))

    assert isinstance(error, errors.ValidationFailed)
    assert (error.status, error.message, error.details) == (400, "Unsupported format", details)
    assert (error.request_id, error.retry_after) == ("r-7", 3)


def test_the_tree_in_the_docstring_names_every_type() -> None:
    types = {
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.MeshmillError)
    }

    assert {name for name in types if name not in (errors.__doc__ or "")} == set()


@pytest.mark.parametrize("copied", [_pickled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("kind", dict.fromkeys(_derived(errors.MeshmillError)))
def test_an_error_of_another_process_says_the_same(
    kind: type[errors.MeshmillError],
    copied: Callable[[errors.MeshmillError], errors.MeshmillError],
) -> None:
    error = next(MADE[above] for above in kind.__mro__ if above in MADE)(kind)
    error.add_note("of a worker")

    other = copied(error)

    assert (type(other), str(other), vars(other)) == (kind, str(error), vars(error))


@pytest.mark.parametrize("charset", ["hex", "zlib", "undefined", "punycode"])
def test_what_a_body_claims_to_be_written_in_does_no_harm(charset: str) -> None:
    answer = httpx.Response(
        503,
        content=b"<Code>SlowDown</Code>\xff",
        headers={"Content-Type": f"application/xml; charset={charset}"},
    )

    assert error_of(answer).message == "SlowDown"


def test_a_body_that_is_nested_too_deep_is_as_good_as_none() -> None:
    assert error_of(httpx.Response(503, content=b"[" * 200_000)).status == 503
