"""Signed links in odd forms: whatever is not spelled as it was signed is refused alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.status import handler as status_function
from meshmill.domain.signing import SigningKeys, sign_status_link
from tests.security.callers import ROCK, assert_refusal
from tests.support.cloud import BASE_URL, Cloud, Context, Reply, gateway_event

KEYS = SigningKeys(b"current-key")
FAR = 4_102_444_800

EXPIRES: dict[str, Callable[[str], str]] = {
    "with a sign": lambda e: f"%2B{e}",
    "negative": lambda e: f"-{e}",
    "with an underscore": lambda e: f"{e[:3]}_{e[3:]}",
    "with a zero before": lambda e: f"0{e}",
    "with a space before": lambda e: f"%20{e}",
    "with a space behind": lambda e: f"{e}+",
    "with a line break behind": lambda e: f"{e}%0A",
    "with NUL behind": lambda e: f"{e}%00",
    "in digits of another script": lambda e: "".join(f"%D9%A{digit}" for digit in e),
    "in wide digits": lambda e: "".join(f"%EF%BC%9{digit}" for digit in e),
    "in hexadecimal": lambda e: hex(int(e)),
    "as a float": lambda e: f"{e}.0",
    "with an exponent": lambda e: f"{e}e0",
    "as infinity": lambda _: "inf",
    "as NaN": lambda _: "nan",
    "in five thousand digits": lambda _: "9" * 5_000,
    "in broken percents": lambda e: f"{e}%",
    "in bytes that are no text": lambda _: "%FF%FE",
}
SIGNATURES: dict[str, Callable[[str], str]] = {
    "empty": lambda _: "",
    "a space": lambda _: "%20",
    "one character short": lambda s: s[:-1],
    "one character long": lambda s: s + "A",
    "padded": lambda s: s + "%3D",
    "twice": lambda s: s + s,
    "in reverse": lambda s: s[::-1],
    "another last character": lambda s: s[:-1] + ("A" if s[-1] != "A" else "B"),
    "in look-alikes": lambda _: "%D0%B0" * 43,
    "not ASCII": lambda _: "%C3%A9" * 43,
    "bytes that are no text": lambda _: "%FF" * 43,
    "NUL": lambda _: "%00" * 43,
    "a lone surrogate": lambda _: "%ED%A0%80" * 43,
    "with a fragment": lambda s: f"{s}%23x",
    "in hexadecimal": lambda s: s.encode().hex(),
    "sixty kilobytes": lambda _: "A" * 60_000,
    "a pattern": lambda _: "*",
}
QUERIES: dict[str, Callable[[str, str], str]] = {
    "both doubled": lambda e, s: f"expires={e}&signature={s}&expires={e}&signature={s}",
    "a forged signature before ours": lambda e, s: f"expires={e}&signature=x&signature={s}",
    "our signature before a forged one": lambda e, s: f"expires={e}&signature={s}&signature=x",
    "joined by commas": lambda e, s: f"expires={e},{FAR}&signature={s}",
    "separated by semicolons": lambda e, s: f"expires={e};signature={s}",
    "as members of lists": lambda e, s: f"expires[]={e}&signature[]={s}",
    "without values": lambda *_: "expires&signature",
    "an encoded equals sign": lambda e, s: f"expires%3D{e}&signature={s}",
    "an encoded separator": lambda e, s: f"expires={e}%26signature={s}",
    "ten thousand parameters": lambda e, s: f"expires={e}&signature={s}" + "&a=1" * 10_000,
    "only separators": lambda *_: "&" * 5_000,
    "a nested question mark": lambda e, s: f"?expires={e}&signature={s}",
}


def poll(kind: str, identifier: str, query: str, **headers: str) -> Reply:
    """What the gateway makes of such an address: path members decoded, the query as it was."""
    event = gateway_event("GET", f"/api/v1/status/{kind}/{identifier}", query, headers, None)
    event["pathParameters"] = {"kind": kind, "id": identifier}
    answer = status_function.handler(event, Context())
    lowered = {name.lower(): value for name, value in answer["headers"].items()}
    return Reply(answer["statusCode"], lowered, answer["body"])


@pytest.fixture
def signed(cloud: Cloud) -> tuple[str, str, str]:
    """An asset's id, and expiry and signature of a good link to it."""
    parts = urlsplit(cloud.create(ROCK).json["status_url"])
    members = parse_qs(parts.query)
    return parts.path[-36:], members["expires"][0], members["signature"][0]


@pytest.mark.parametrize("form", EXPIRES)
def test_an_expiry_in_another_spelling_is_refused(signed: tuple[str, str, str], form: str) -> None:
    asset_id, expires, signature = signed
    reply = poll("assets", asset_id, f"expires={EXPIRES[form](expires)}&signature={signature}")
    assert_refusal(reply, 403, "INVALID_SIGNATURE")


@pytest.mark.parametrize("form", SIGNATURES)
def test_a_signature_in_another_spelling_is_refused(
    signed: tuple[str, str, str], form: str
) -> None:
    asset_id, expires, signature = signed
    reply = poll("assets", asset_id, f"expires={expires}&signature={SIGNATURES[form](signature)}")
    assert_refusal(reply, 403, "INVALID_SIGNATURE")


@pytest.mark.parametrize("form", QUERIES)
def test_a_query_in_another_form_is_refused(signed: tuple[str, str, str], form: str) -> None:
    asset_id, expires, signature = signed
    assert_refusal(
        poll("assets", asset_id, QUERIES[form](expires, signature)), 403, "INVALID_SIGNATURE"
    )


@pytest.mark.parametrize("kind", ["batches", "exports", "erasures", "asset", "Assets", "", "../x"])
def test_a_link_to_an_asset_opens_nothing_of_another_kind(
    signed: tuple[str, str, str], kind: str
) -> None:
    asset_id, expires, signature = signed
    reply = poll(kind, asset_id, f"expires={expires}&signature={signature}")
    assert_refusal(reply, 403, "INVALID_SIGNATURE")


@pytest.mark.parametrize("kind", ["batches", "exports", "erasures"])
def test_a_link_of_another_kind_opens_no_asset(signed: tuple[str, str, str], kind: str) -> None:
    asset_id, expires, _ = signed
    signature = sign_status_link(KEYS, kind, asset_id, int(expires))
    reply = poll("assets", asset_id, f"expires={expires}&signature={signature}")
    assert_refusal(reply, 403, "INVALID_SIGNATURE")


@pytest.mark.parametrize(
    "change",
    [str.upper, lambda i: i + "\n", lambda i: i + "/", lambda i: f"./{i}", lambda i: i[:-1], str],
    ids=["capitals", "a line break", "a slash", "a dot", "cut", "as it is"],
)
def test_an_identifier_is_good_in_its_one_spelling(
    signed: tuple[str, str, str], change: Callable[[str], str]
) -> None:
    asset_id, expires, signature = signed
    reply = poll("assets", change(asset_id), f"expires={expires}&signature={signature}")
    assert (reply.status == 200) == (change(asset_id) == asset_id)


def test_percent_encoding_is_undone_once(signed: tuple[str, str, str]) -> None:
    asset_id, expires, signature = signed
    once = "".join(f"%{ord(letter):02X}" for letter in signature)
    twice = once.replace("%", "%25")
    assert poll("assets", asset_id, f"expires={expires}&signature={once}").status == 200
    reply = poll("assets", asset_id, f"expires={expires}&signature={twice}")
    assert_refusal(reply, 403, "INVALID_SIGNATURE")


@pytest.mark.parametrize("name", ["host", "x-forwarded-host", "x-original-url", "forwarded"])
def test_a_link_never_follows_a_host_that_a_caller_names(
    signed: tuple[str, str, str], name: str
) -> None:
    asset_id, expires, signature = signed
    query = f"expires={expires}&signature={signature}"
    reply = poll("assets", asset_id, query, **{name: "evil.example"})
    assert "evil.example" not in reply.text
    assert reply.json["status_url"].startswith(f"{BASE_URL}/")


def test_a_credential_beside_a_link_changes_nothing(signed: tuple[str, str, str]) -> None:
    asset_id, expires, signature = signed
    query = f"expires={expires}&signature={signature}"
    headers: dict[str, Any] = {"authorization": "Bearer nonsense", "x-api-key": "nonsense"}
    assert poll("assets", asset_id, query, **headers).status == 200
