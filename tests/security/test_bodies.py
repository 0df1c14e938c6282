"""Hostile bodies: refused with the right code before they cost anything."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from functions.api import handler as api_function
from tests.security.callers import ROCK, assert_refusal
from tests.support import tokens
from tests.support.cloud import Cloud, Context, Reply, gateway_event

LIMIT = 64 * 1024
NFD = "e\N{COMBINING ACUTE ACCENT}"
PLAIN = json.dumps(ROCK)


def send(cloud: Cloud, body: str | bytes, **headers: str) -> Reply:
    """A body as the gateway hands it on: bytes that are no text come in base64."""
    sent = {
        "content-type": "application/json",
        "authorization": f"Bearer {tokens.token()}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    event = gateway_event("POST", "/api/v1/assets", "", sent, text)
    event["isBase64Encoded"] = isinstance(body, bytes)
    context: Any = Context()
    answer = api_function.handler(event, context)
    lowered = {name.lower(): value for name, value in answer["headers"].items()}
    return Reply(answer["statusCode"], lowered, answer["body"])


def with_seed(text: str) -> str:
    return f'{{"format":"gltf","parameters":{{"generator":"rock","seed":{text}}}}}'


INVALID_JSON: dict[str, str | bytes] = {
    "arrays within arrays": "[" * LIMIT,
    "objects within objects": '{"a":' * (LIMIT // 5),
    "seventeen levels": '{"a":' * 17 + "1" + "}" * 17,
    "NaN": with_seed("NaN"),
    "Infinity": with_seed("Infinity"),
    "minus Infinity": with_seed("-Infinity"),
    "1e400": with_seed("1e400"),
    "minus 1e400": with_seed("-1e400"),
    "five thousand digits": with_seed("9" * 5_000),
    "a plus sign": with_seed("+1"),
    "a zero before": with_seed("01"),
    "hexadecimal": with_seed("0x10"),
    "a doubled member": '{"format":"gltf","format":"gltf","parameters":{}}',
    "a doubled member in another spelling": '{"format":"gltf","f\\u006frmat":"obj"}',
    "a doubled member within": with_seed('1,"seed":2'),
    "a doubled label": '{"format":"gltf","parameters":{},"labels":{"a":"1","a":"2"}}',
    "a doubled member four levels down": '{"a":{"b":{"c":{"d":1,"d":1}}}}',
    "a comment": PLAIN + "/**/",
    "two values": PLAIN + PLAIN,
    "single quotes": PLAIN.replace('"', "'"),
    "a lone surrogate in bytes": b'{"format":"\xed\xa0\x80"}',
    "a byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "UTF-16": PLAIN.encode("utf-16"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "UTF-32": PLAIN.encode("utf-32"),
    "Latin-1": '{"format":"é"}'.encode("latin-1"),
    "overlong UTF-8": b'{"format":"\xc0\xaf"}',
    "compressed without saying so": gzip.compress(PLAIN.encode()),
    "NUL": "\x00" + PLAIN,
    "a line break within text": '{"format":"gl\ntf"}',
}
TOO_LARGE: dict[str, str | bytes] = {
    "a hundred thousand arrays": "[" * 100_000,
    "a hundred thousand objects": '{"a":' * 100_000,
    "one byte over": PLAIN + " " * (LIMIT + 1 - len(PLAIN)),
    "one byte over in base64": PLAIN.encode() + b" " * (LIMIT + 1 - len(PLAIN)),
    "letters of several bytes": '{"format":"' + "é" * (LIMIT // 2) + '"}',
    "five megabytes": "x" * 5 * 2**20,
    "ten megabytes": "[" * 10 * 2**20,
}
NUMBERS = [
    "true", "false", "1.0", "1.5", '"1"', "1E+2", "-0.0", "-1", "null", "[1]", "{}", "9" * 39,
]  # fmt: skip
TEXTS = {
    "a line break": "a\r\nb",
    "NUL": "a\x00b",
    "escape": "\x1b[31m",
    "zero width": "a\u200bb",
    "a joiner": "a\u200db",
    "from right to left": "\u202egpj.exe",
    "isolate": "\u2066a\u2069",
    "byte order mark": "\ufeffa",
    "private": "\ue000",
    "lone surrogate": "\ud800",
    "tag": "\U000e0041",
    "two characters for one": NFD,
    "1,100 bytes": "é" * 550,
    "nothing": "",
}
SET_BY_US = [
    "user_id", "status", "asset_id", "spec_id", "run", "owner", "attempts", "created_at", "version",
    "attribution", "files", "error", "lane", "due_at", "object", "__proto__", "constructor",
    "__class__", "model_config", "spec",
]  # fmt: skip


@pytest.mark.parametrize("kind", INVALID_JSON)
def test_what_is_not_one_plain_json_object_is_invalid_json(cloud: Cloud, kind: str) -> None:
    assert_refusal(send(cloud, INVALID_JSON[kind]), 400, "INVALID_JSON")
    assert cloud.records() == []


@pytest.mark.parametrize("kind", TOO_LARGE)
def test_what_is_over_64_kib_is_too_large(cloud: Cloud, kind: str) -> None:
    details = assert_refusal(send(cloud, TOO_LARGE[kind]), 413, "PAYLOAD_TOO_LARGE")
    assert details == {"allowed": LIMIT}


@pytest.mark.parametrize("binary", [True, False])
def test_a_body_of_exactly_64_kib_is_read(cloud: Cloud, binary: bool) -> None:
    body = PLAIN + " " * (LIMIT - len(PLAIN))
    assert send(cloud, body.encode() if binary else body).status == 202


@pytest.mark.parametrize("member", ["seed", "lods", "texture_size"])
@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_but_an_integer_is_an_integer(cloud: Cloud, member: str, number: str) -> None:
    body = with_seed("1").replace('"seed":1', f'"{member}":{number}')
    details = assert_refusal(send(cloud, body), 400, "VALIDATION_ERROR")
    assert [entry["field"] for entry in details["violations"]] == [f"parameters.{member}"]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_priority_is_nothing_but_an_integer(cloud: Cloud, number: str) -> None:
    body = f'{{"format":"gltf","parameters":{{}},"priority":{number}}}'
    assert assert_refusal(send(cloud, body), 400, "VALIDATION_ERROR")["field"] == "priority"


def test_minus_zero_is_zero_and_no_second_spelling_of_an_asset(cloud: Cloud) -> None:
    first, second = send(cloud, with_seed("0")), send(cloud, with_seed("-0"))
    assert (first.status, second.status) == (202, 200)
    assert first.json["asset_id"] == second.json["asset_id"]


@pytest.mark.parametrize("kind", TEXTS)
def test_text_that_cannot_be_seen_or_spelled_twice_is_refused_wherever_it_stands(
    cloud: Cloud, kind: str
) -> None:
    text = TEXTS[kind]
    for members in ({"custom_id": text}, {"labels": {"a": text}}, {"labels": {text: "a"}}):
        reply = send(cloud, json.dumps(ROCK | members))
        details = assert_refusal(reply, 400, "VALIDATION_ERROR")
        assert details["field"].startswith(("custom_id", "labels"))
    assert cloud.records() == []


@pytest.mark.parametrize("name", SET_BY_US)
def test_a_member_that_only_the_service_sets_is_unknown(cloud: Cloud, name: str) -> None:
    reply = send(cloud, json.dumps(ROCK | {name: "hunter2"}))
    details = assert_refusal(reply, 400, "VALIDATION_ERROR")
    assert details["field"] == name
    assert "hunter2" not in reply.text
    within = {"format": "gltf", "parameters": {"generator": "rock", name: "hunter2"}}
    assert "hunter2" not in send(cloud, json.dumps(within)).text
    assert cloud.records() == []


@pytest.mark.parametrize("number", [11, 1_000, 6_000])
def test_labels_are_ten_at_most_and_a_flood_is_told_once(cloud: Cloud, number: int) -> None:
    labels = {f"{n:x}": "" for n in range(number)}
    reply = send(cloud, json.dumps(ROCK | {"labels": labels}, separators=(",", ":")))
    assert_refusal(reply, 400, "VALIDATION_ERROR")
    assert len(reply.text) < 20_000


@pytest.mark.parametrize("member", ["format", "quality", "generator"])
def test_what_is_echoed_of_a_value_is_at_most_a_hundred_characters(
    cloud: Cloud, member: str
) -> None:
    long = "x" * 60_000
    body = {"format": "gltf", "parameters": {}} | ({member: long} if member == "format" else {})
    if member != "format":
        body["parameters"] = {member: long}
    reply = send(cloud, json.dumps(body))
    assert reply.status == 400
    assert "x" * 100 in reply.text
    assert "x" * 101 not in reply.text


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "GZIP", "gzip, identity"])
def test_a_compressed_body_is_never_unpacked(cloud: Cloud, coding: str) -> None:
    bomb = gzip.compress(b" " * 10**7)
    reply = send(cloud, bomb, content_encoding=coding)
    assert_refusal(reply, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "declared",
    [
        "application/json; charset=utf-16",
        "application/json;charset=latin-1",
        'application/json; charset="utf-32"',
        "application/json; charset=",
        "application/x-www-form-urlencoded",
        "text/json",
        "application/json, text/html",
        "application/jsonp",
        "application\\json",
        "application/json\u200b",
        "a" * 60_000,
    ],
)
def test_a_body_declared_as_anything_but_json_in_utf_8_is_unsupported(
    cloud: Cloud, declared: str
) -> None:
    reply = send(cloud, PLAIN, content_type=declared)
    assert_refusal(reply, 415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("declared", ['application/json; charset="UTF-8"', "APPLICATION/JSON"])
def test_json_in_utf_8_may_say_so(cloud: Cloud, declared: str) -> None:
    assert send(cloud, PLAIN, content_type=declared, content_encoding="identity").status == 202


def test_a_flag_that_lies_about_base64_is_invalid_json(cloud: Cloud) -> None:
    headers = {
        "content-type": "application/json",
        "authorization": f"Bearer {tokens.token()}",
    }
    encoded = base64.b64encode(PLAIN.encode()).decode()
    lies = ((PLAIN, True), (encoded, False), (encoded[:-1], True), (encoded + "!", True))
    for text, flag in lies:
        event = gateway_event("POST", "/api/v1/assets", "", headers, text)
        event["isBase64Encoded"] = flag
        context: Any = Context()
        answer = api_function.handler(event, context)
        assert answer["statusCode"] == 400
        assert json.loads(answer["body"])["error"]["code"] == "INVALID_JSON"
