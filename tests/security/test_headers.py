"""Hostile headers: none chooses an address, a bucket or a line of an answer, and none is costly."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.faults import engine
from tests.security.callers import ROCK
from tests.security.routes import bearer
from tests.support.cloud import BASE_URL, Cloud

HOSTS = ("host", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-original-url",
         "x-rewrite-url", "x-forwarded-prefix", "origin", "referer", "via")  # fmt: skip
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def _tiny_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    engine.install(monkeypatch)


@pytest.mark.parametrize("name", HOSTS)
def test_addresses_in_answers_never_follow_a_header(cloud: Cloud, name: str) -> None:
    evil = {name: "https://evil.example/x"}
    created = cloud.create(ROCK, headers=evil, bearer=bearer())
    cloud.work()
    path = f"/api/v1/assets/{created.json['asset_id']}"
    replies = [
        created,
        cloud.request("GET", path, headers=evil, bearer=bearer()),
        cloud.request("GET", "/api/v1/assets", headers=evil, bearer=bearer()),
        cloud.request("GET", f"{path}/files/model", headers=evil, bearer=bearer()),
        cloud.request("GET", "/api/v1/openapi.json", headers=evil),
        cloud.poll(created.json["status_url"], evil),
    ]
    for reply in replies:
        assert reply.status in {200, 202, 302}
        assert "evil.example" not in reply.text + str(dict(reply.headers))
    assert created.headers["location"].startswith(f"{BASE_URL}/")


IDS = {
    "a second header": "a\r\nSet-Cookie: session=1",
    "a line break": "a\nb",
    "a carriage return": "a\rb",
    "NUL": "a\x00b",
    "a space": "a b",
    "a tab": "a\tb",
    "markup": "<script>alert(1)</script>",
    "quotes": '"a"',
    "a brace": '{"a":1}',
    "not ASCII": "é",
    "digits of another script": "٢٢",
    "a lone surrogate": "\ud800",
    "129 characters": "a" * 129,
    "sixty kilobytes": "a" * 60_000,
    "nothing": "",
    "a line break at the end": "a\n",
    "a card number": "4111111111111111",
    "a card number in groups": "4111-1111-1111-1111",
    "an API key": f"mm_{'a' * 16}_{'b' * 43}",
    "a token": "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.sig",
}


@pytest.mark.parametrize("kind", IDS)
def test_a_request_id_of_another_form_is_replaced_by_the_gateways(
    cloud: Cloud, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    sent = {"x-request-id": IDS[kind]}
    for reply in (
        cloud.request("GET", "/api/v1/health", headers=sent),
        cloud.request("GET", "/nowhere", headers=sent),
        cloud.create(ROCK, headers=sent, bearer=bearer()),
        cloud.poll("https://x/api/v1/status/assets/x?expires=1&signature=x", sent),
    ):
        assert reply.headers["x-request-id"] == "request-1"
    if IDS[kind]:
        assert IDS[kind] not in capsys.readouterr().out


@pytest.mark.parametrize("sent", ["550e8400-e29b-41d4-a716-446655440000", "1795341600000", "a.b_c"])
def test_a_request_id_of_a_good_form_is_answered_back(cloud: Cloud, sent: str) -> None:
    reply = cloud.request("GET", "/api/v1/health", headers={"x-request-id": sent})
    assert reply.headers["x-request-id"] == sent


@pytest.mark.parametrize(
    "sent",
    [
        "", TRACE.upper(), TRACE + "\r\nX: y", TRACE[:-1], "ff" + TRACE[2:], TRACE + "-\n",
        TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32), "٢" * 55, "\ud800",
        "a" * 60_000,
    ],
    ids=range(10),
)  # fmt: skip
def test_a_malformed_trace_context_is_as_good_as_none(cloud: Cloud, sent: str) -> None:
    reply = cloud.create(ROCK, headers={"traceparent": sent}, bearer=bearer())
    assert reply.status == 202
    (record,) = cloud.records()
    assert record["attribution"]["M"]["traceparent"] == {"NULL": True}


NAMES = {
    "a path": "../../../etc/passwd",
    "a path of Windows": "..\\..\\boot.ini",
    "quotes": 'a"; filename="evil.exe',
    "a semicolon": "a;b",
    "an encoded line break": "a%0D%0AX: y",
    "percents": "100%",
    "letters of other scripts": "гора 山 🏔",
    "the longest": "é" * 64,
    "a dot": ".",
    "markup": "<img src=x>",
    "from right to left": "אבג",
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_custom_id_never_breaks_out_of_the_file_name_that_a_link_names(
    cloud: Cloud, kind: str
) -> None:
    body: dict[str, Any] = ROCK | {"custom_id": NAMES[kind]}
    url = cloud.create(body, bearer=bearer()).json["status_url"]
    cloud.work()
    files = cloud.poll(url).json["files"]
    assert files
    for file in files:
        link = file["url"]
        assert not set(link) & set(' "<>\\\r\n')
        (disposition,) = parse_qs(urlsplit(link).query)["response-content-disposition"]
        attachment, plain, *extended = disposition.split("; ")
        assert attachment == "attachment"
        assert plain.startswith('filename="')
        assert plain.endswith('"')
        names = [plain[len('filename="') : -1], *(unquote(e.partition("''")[2]) for e in extended)]
        for name in names:
            assert not set(name) & set('/\\"\r\n\x00;:<>|?*')
            assert len(name.encode()) <= 255
        assert disposition.isascii()
        assert disposition.isprintable()


OTHERS = (
    "accept accept-encoding accept-language if-none-match if-modified-since content-length cookie "
    "range expect x-api-version content-encoding user-agent"
)
VALUES = ["\x00", "é" * 5_000, '"' * 9_000, ",;" * 4_500, "9" * 9_000, "\ud800"]


@pytest.mark.parametrize("name", OTHERS.split())
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value[:2]))
def test_no_other_header_breaks_an_answer(cloud: Cloud, name: str, value: str) -> None:
    for reply in (
        cloud.request("GET", "/api/v1/generators", headers={name: value}),
        cloud.request("GET", "/api/v1/assets", headers={name: value}, bearer=bearer()),
        cloud.poll("https://x/api/v1/status/assets/x?expires=1&signature=x", {name: value}),
    ):
        assert reply.status < 500
        assert value not in str(dict(reply.headers))


def test_every_answer_forbids_browsers_to_guess_frame_or_run_it(cloud: Cloud) -> None:
    for path in ("/api/v1/health", "/api/v1/assets", "/nowhere", "/docs"):
        headers = cloud.request("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
