"""Hostile queries, paths and cursors."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest

from meshmill.domain.signing import SigningKeys
from tests.security.callers import ROCK, assert_refusal
from tests.security.routes import bearer, declared, filled
from tests.support.cloud import Cloud, Reply

QUERIES = {
    "a doubled parameter": "limit=5&limit=5",
    "a doubled parameter, once empty": "limit=5&limit=",
    "a parameter in a list": "limit[]=5",
    "a parameter in capitals": "LIMIT=5",
    "an unknown parameter": "debug=true",
    "a prototype": "__proto__[admin]=true",
    "a sign": "limit=%2B5",
    "a minus": "limit=-5",
    "an underscore": "limit=1_0",
    "a fraction": "limit=5.0",
    "an exponent": "limit=1e1",
    "hexadecimal": "limit=0x5",
    "digits of another script": "limit=%D9%A5",
    "wide digits": "limit=%EF%BC%95",
    "white space": "limit=%205",
    "a line break": "limit=5%0A",
    "NUL": "limit=5%00",
    "five thousand digits": f"limit={'9' * 5_000}",
    "zero": "limit=0",
    "over the limit": "limit=101",
    "a broken percent": "limit=%",
    "bytes that are no text": "limit=%FF",
    "another broken percent": "status=%zz",
    "two in one": "status=pending%26limit=5",
    "a state in capitals": "status=PENDING",
    "an injected condition": "status=pending'%20OR%20'1'='1",
    "an operator": "status[$ne]=x",
    "ten thousand parameters": "&".join(f"a{number}=1" for number in range(10_000)),
    "sixty kilobytes of a name": f"{'a' * 60_000}=1",
    "sixty kilobytes of a value": f"status={'a' * 60_000}",
    "a line break in a name": "a%0D%0Ab=1",
}


def listing(cloud: Cloud, query: str, subject: str = "ada") -> Reply:
    return cloud.request("GET", "/api/v1/assets", query=query, bearer=bearer(subject))


@pytest.mark.parametrize("kind", QUERIES)
def test_a_query_in_any_other_form_is_a_validation_error(cloud: Cloud, kind: str) -> None:
    reply = listing(cloud, QUERIES[kind])
    assert_refusal(reply, 400, "VALIDATION_ERROR")
    assert len(reply.text) < 20_000
    assert "a" * 101 not in reply.text


@pytest.mark.parametrize("query", ["a=1", "expires=1&signature=x", "user_id=x", "_method=DELETE"])
def test_no_route_takes_a_parameter_that_it_does_not_know(cloud: Cloud, query: str) -> None:
    for method, template in declared(cloud):
        if not template.startswith("/api/"):
            continue
        path = filled(template, asset_id="0d1f7c1e-52a4-5b0f-9c53-6f0f5a2d8f31", name="rock")
        reply = cloud.request(method, path, ROCK, query=query, bearer=bearer())
        assert_refusal(reply, 400, "VALIDATION_ERROR")


@pytest.fixture
def cursor(cloud: Cloud) -> str:
    for seed in range(3):
        cloud.create({"format": "gltf", "parameters": {"generator": "rock", "seed": seed}})
    text: str = listing(cloud, "limit=1").json["next_cursor"]
    return text


def repacked(cursor: str, change: Callable[[str], str]) -> str:
    """The cursor with its content changed."""
    inner = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    return base64.urlsafe_b64encode(change(inner).encode()).decode().rstrip("=")


CURSORS: dict[str, Callable[[str], str]] = {
    "truncated": lambda c: c[:-1],
    "cut in half": lambda c: c[: len(c) // 2],
    "lengthened": lambda c: c + "AAAA",
    "padded": lambda c: c + "====",
    "in small letters": str.lower,
    "with a foreign letter": lambda c: c[:9] + "!" + c[9:],
    "with a space": lambda c: c[:9] + " " + c[9:],
    "with a line break": lambda c: c + "\n",
    "not ASCII": lambda c: c + "é",
    "a lone surrogate": lambda _: "\ud800",
    "no text within": lambda _: "_____w",
    "twice": lambda c: c + c,
    "empty within": lambda _: "Lg",
    "another position": lambda c: repacked(c, lambda inner: "9" + inner[1:]),
    "a position before all": lambda c: repacked(c, lambda inner: "~" + inner[1:]),
    "another signature": lambda c: repacked(c, lambda inner: inner[:-1] + "_"),
    "no signature": lambda c: repacked(c, lambda inner: inner.rpartition(".")[0] + "."),
    "two signatures": lambda c: repacked(c, lambda inner: inner + inner[-44:]),
    "sixty kilobytes": lambda _: "A" * 60_000,
}


@pytest.mark.parametrize("kind", CURSORS)
def test_a_cursor_that_was_tampered_with_is_refused(cloud: Cloud, cursor: str, kind: str) -> None:
    changed = CURSORS[kind](cursor)
    reply = listing(cloud, f"cursor={quote(changed, errors='surrogatepass')}")
    assert assert_refusal(reply, 400, "VALIDATION_ERROR")["field"] == "cursor"


def test_another_users_cursor_is_refused_and_tells_nothing(cloud: Cloud, cursor: str) -> None:
    foreign = listing(cloud, f"cursor={cursor}", "grace")
    nonsense = listing(cloud, "cursor=nonsense", "grace")
    assert_refusal(foreign, 400, "VALIDATION_ERROR")
    assert foreign.text == nonsense.text


def test_a_signature_made_for_a_link_is_no_cursor(cloud: Cloud, cursor: str) -> None:
    keys = SigningKeys(b"current-key")

    def resigned(inner: str) -> str:
        position = inner.rpartition(".")[0]
        return f"{position}.{keys.sign('status', 'assets', position)}"

    reply = listing(cloud, f"cursor={repacked(cursor, resigned)}")
    assert_refusal(reply, 400, "VALIDATION_ERROR")


def test_a_cursor_is_good_with_any_filter_and_never_leaves_the_users_own(
    cloud: Cloud, cursor: str
) -> None:
    """It is a position in the user's listing; filters choose among what stands behind it."""
    reply = listing(cloud, f"cursor={cursor}&status=pending&limit=100")
    assert (reply.status, len(reply.json["data"])) == (200, 2)


PATHS = [
    "/api/v1/assets/../assets", "/api/v1/assets/%2e%2e/health", "/api/v1//assets", "/API/V1/ASSETS",
    "//api/v1/assets", "/api/v1/assets/", "/api/v1/assets/%00", "/api/v1/assets;a=b", "/.env",
    "/api/v1/assets/x\r\nSet-Cookie: a=b", "/api/v1/assets/x/files/../../y",
    "/api/v1/generators/../../etc/passwd", "/docs/../../etc/passwd", "/docs//etc/passwd",
    "/docs/%2e%2e/%2e%2e/etc/passwd", "/docs/..\\..\\etc", "/docs/__init__.py",
    "/" + "a" * 60_000, "/" + "a/" * 30_000, "/\ud800", "/é", "*", "",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: repr(path)[:30])
def test_a_path_that_is_none_of_ours_leads_nowhere(cloud: Cloud, path: str) -> None:
    reply = cloud.request("GET", path, bearer=bearer())
    assert_refusal(reply, 404, "NOT_FOUND")
    assert "passwd" not in reply.text


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "", "GET\r\nX: y", "É"])
def test_a_method_that_no_route_takes_is_refused(cloud: Cloud, method: str) -> None:
    reply = cloud.request(method, "/api/v1/assets", bearer=bearer())
    assert reply.status in {404, 405}
    assert_refusal(reply, reply.status, {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}[reply.status])
    assert "\r" not in reply.text


@pytest.mark.parametrize(
    "name", ["x-http-method-override", "x-http-method", "x-method-override", "_method"]
)
def test_a_header_that_overrides_the_method_overrides_nothing(cloud: Cloud, name: str) -> None:
    created = cloud.create(ROCK).json["asset_id"]
    path = f"/api/v1/assets/{created}"
    reply = cloud.request("GET", path, headers={name: "DELETE"}, bearer=bearer())
    assert reply.status == 200
    assert len(cloud.records()) == 1
