"""Every code of the contract has a type; what API Gateway answers alone has one by its status."""

from __future__ import annotations

import httpx
import pytest

from meshmill.http.errors import CODES
from meshmill_client import errors
from meshmill_client.refusals import error_of
from tests.unit.client.service import refused


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
