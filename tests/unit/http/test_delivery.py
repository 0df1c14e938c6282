"""From an answer to what leaves a function: HEAD, 304, compression, common headers."""

from __future__ import annotations

import base64
import gzip
import json
from http import HTTPStatus
from typing import Any

import pytest

from meshmill.domain.errors import NotFound
from meshmill.http.answer import Answer
from meshmill.http.delivery import Delivery, deliver
from meshmill.http.errors import error_answer

LARGE = {"text": "word " * 1000}
GOOD = Answer(HTTPStatus.OK, {"a": 1}, {"Cache-Control": "private", "Retry-After": "1"}, etag="t1")


def event(method: str = "GET", **headers: str) -> dict[str, Any]:
    return {
        "rawPath": "/p",
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "requestContext": {"requestId": "gateway-1", "http": {"method": method}},
    }


def content(delivery: Delivery) -> bytes:
    """The bytes that the gateway sends."""
    return base64.b64decode(delivery.body) if delivery.is_base64 else delivery.body.encode()


def test_an_answer_becomes_what_the_gateway_expects() -> None:
    result = deliver(error_answer(NotFound("x"), event()), event()).as_lambda_result()
    assert result["statusCode"] == 404
    assert result["isBase64Encoded"] is False
    assert result["headers"]["Content-Type"] == "application/json"
    assert json.loads(result["body"])["error"]["code"] == "NOT_FOUND"


def test_every_answer_says_that_it_is_data_and_nothing_else() -> None:
    for answer in (GOOD, error_answer(NotFound("x"), event()), Answer(HTTPStatus.NO_CONTENT, None)):
        headers = deliver(answer, event()).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Request-Id"] == "gateway-1"
        assert {"Accept-Encoding", "Origin"} == set(headers["Vary"].split(", "))


def test_an_answer_has_the_last_word_on_what_a_browser_may_do_with_it() -> None:
    page = Answer(HTTPStatus.OK, b"<p>", {"Content-Security-Policy": "own"}, "text/html")
    assert deliver(page, event()).headers["Content-Security-Policy"] == "own"
    assert deliver(page, event()).body == "<p>"


def test_an_entity_tag_is_sent_as_a_weak_one() -> None:
    assert deliver(GOOD, event()).headers["ETag"] == 'W/"t1"'
    assert "ETag" not in deliver(Answer(HTTPStatus.OK, {}), event()).headers


@pytest.mark.parametrize(
    "held",
    [
        'W/"t1"',
        '"t1"',
        ' "t1" ',
        '"other", W/"t1"',
        'W/"other",W/"t1","third"',
        '"with, comma", "t1"',
        "*",
        " * ",
        '"",  "t1"',
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_holds_the_state_already_is_told_so_without_a_body(method: str, held: str) -> None:
    delivery = deliver(GOOD, event(method, if_none_match=held), {"X-RateLimit-Remaining": "7"})
    assert (delivery.status, delivery.body) == (304, "")
    assert "Content-Type" not in delivery.headers
    kept = {
        "ETag": 'W/"t1"',
        "Cache-Control": "private",
        "Retry-After": "1",
        "X-RateLimit-Remaining": "7",
        "X-Request-Id": "gateway-1",
    }
    assert kept.items() <= delivery.headers.items()
    assert delivery.headers["Vary"]


@pytest.mark.parametrize(
    "held", ["", '"t2"', "t1", '"T1"', 'W/"t"', '"t1', "W/t1", '"**"', '"a"*', 'w/"other"']
)
def test_who_holds_another_state_gets_this_one(held: str) -> None:
    delivery = deliver(GOOD, event(if_none_match=held))
    assert (delivery.status, json.loads(delivery.body)) == (200, {"a": 1})


def test_only_good_answers_to_reading_requests_are_left_out_as_known() -> None:
    held = {"if_none_match": "*"}
    assert deliver(GOOD, event("POST", **held)).status == 200
    refused = Answer(HTTPStatus.NOT_FOUND, {"a": 1}, etag="t1")
    assert deliver(refused, event(**held)).status == 404
    accepted = Answer(HTTPStatus.ACCEPTED, {"a": 1}, etag="t1")
    assert deliver(accepted, event(**held)).status == 202
    untagged = Answer(HTTPStatus.OK, {"a": 1})
    assert deliver(untagged, event(**held)).status == 200


def test_a_large_body_is_compressed_for_whoever_takes_it() -> None:
    answer = Answer(HTTPStatus.OK, LARGE)
    coded, plain = deliver(answer, event(accept_encoding="gzip")), deliver(answer, event())
    assert coded.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(content(coded))) == LARGE
    assert len(content(coded)) < len(content(plain)) / 10
    assert "Content-Encoding" not in plain.headers
    assert (json.loads(plain.body), plain.is_base64) == (LARGE, False)


def test_a_small_body_is_sent_as_it_is() -> None:
    delivery = deliver(GOOD, event(accept_encoding="gzip"))
    assert "Content-Encoding" not in delivery.headers
    assert json.loads(delivery.body) == {"a": 1}


def test_a_large_error_is_compressed_like_everything_else() -> None:
    refusal = error_answer(NotFound("x", {"allowed": ["name"] * 500}), event())
    assert deliver(refusal, event(accept_encoding="gzip")).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("status", [HTTPStatus.NO_CONTENT, HTTPStatus.FOUND])
def test_an_answer_without_a_body_is_never_compressed_or_typed(status: HTTPStatus) -> None:
    delivery = deliver(Answer(status, None), event(accept_encoding="gzip"))
    assert (delivery.status, delivery.body) == (status, "")
    assert not {"Content-Type", "Content-Encoding", "Content-Length"} & delivery.headers.keys()


@pytest.mark.parametrize("accepted", ["identity", "gzip"])
@pytest.mark.parametrize("answer", [GOOD, Answer(HTTPStatus.OK, LARGE)], ids=["small", "large"])
def test_head_is_answered_as_get_without_the_body(answer: Answer, accepted: str) -> None:
    got = deliver(answer, event(accept_encoding=accepted))
    asked = deliver(answer, event("HEAD", accept_encoding=accepted))
    assert (asked.status, asked.body, asked.is_base64) == (got.status, "", False)
    assert asked.headers == {**got.headers, "Content-Length": str(len(content(got)))}


def test_a_tag_by_content_follows_the_body_and_tells_nothing_of_it() -> None:
    one, other = Answer(HTTPStatus.OK, {"a": 1}), Answer(HTTPStatus.OK, {"a": 2})
    assert one.tagged_by_content().etag == one.tagged_by_content().etag
    assert one.tagged_by_content().etag != other.tagged_by_content().etag
    assert one.tagged_by_content().content == one.content
