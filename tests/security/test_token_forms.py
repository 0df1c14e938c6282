"""Tokens of odd forms, well signed or not: the same 401, and little work."""

from __future__ import annotations

from collections.abc import Callable

import jwt
import pytest

from meshmill.http.token_form import MAX_TOKEN
from tests.security.forgery import claims, encoded, header, signed
from tests.support import tokens
from tests.support.cloud import Cloud, Reply


def parts() -> tuple[str, str, str]:
    first, second, third = tokens.token().split(".")
    return first, second, third


def with_signature(change: Callable[[str], str]) -> str:
    first, second, third = parts()
    return f"{first}.{second}.{change(third)}"


def under(head: bytes) -> str:
    """The claims and the signature of a good token under another header."""
    _, payload, signature = parts()
    return f"{encoded(head)}.{payload}.{signature}"


FORMS: dict[str, Callable[[], str]] = {
    "an unknown critical extension": lambda: signed(header(crit='["x"]', x="1")),
    "crit that is text": lambda: signed(header(crit='"exp"')),
    "crit that is empty": lambda: signed(header(crit="[]")),
    "crit of objects": lambda: signed(header(crit="[{}]")),
    "b64 false": lambda: signed(header(b64="false")),
    "b64 false, declared critical": lambda: signed(header(crit='["b64"]', b64="false")),
    "a nested token": lambda: signed(header(cty='"JWT"'), tokens.token().encode()),
    "an encrypted token": lambda: ".".join(
        [encoded({"alg": "RSA-OAEP", "enc": "A256GCM"}), "AA", "AA", "AA", "AA"]
    ),
    "an encrypted token's header": lambda: under(header(alg='"dir"', enc='"A128GCM"')),
    "alg doubled": lambda: under(b'{"alg":"none","alg":"RS256","kid":"rsa"}'),
    "alg doubled and signed": lambda: signed(b'{"alg":"none","alg":"RS256","kid":"rsa"}'),
    "alg in a list": lambda: under(header(alg='["RS256"]')),
    "alg in small letters": lambda: signed(header(alg='"rs256"')),
    "alg null": lambda: signed(header(alg="null")),
    "kid in look-alikes": lambda: signed(header(kid='"rs\\uff41"')),
    "kid with NUL": lambda: signed(header(kid='"rsa\\u0000"')),
    "kid with a line break": lambda: signed(header(kid='"rsa\\n"')),
    "kid that is a lone surrogate": lambda: signed(header(kid='"\\ud800"')),
    "kid of five thousand letters": lambda: signed(header(kid=f'"{"r" * 5_000}"')),
    "header with NaN": lambda: signed(header(x="NaN")),
    "header with an endless number": lambda: under(header(x="9" * 5_000)),
    "header sixty levels deep": lambda: signed(header(x="[" * 60 + "]" * 60)),
    "header of arrays": lambda: f"{encoded(b'[' * 60_000)}.e30.AAAA",
    "header over the limit": lambda: signed(header(x=f'"{"y" * MAX_TOKEN}"')),
    "claims doubled": lambda: signed(payload=claims()[:-1] + b',"sub":"grace"}'),
    "expiry doubled": lambda: signed(payload=claims(exp="1")[:-1] + b',"exp":9999999999}'),
    "claims that are a list": lambda: signed(payload=b"[]"),
    "claims that are null": lambda: signed(payload=b"null"),
    "claims five thousand levels deep": lambda: signed(payload=b"[" * 5_000),
    "claims in UTF-16": lambda: signed(payload=claims().decode().encode("utf-16")),
    "claims behind a byte order mark": lambda: signed(payload=b"\xef\xbb\xbf" + claims()),
    "claims that are no UTF-8": lambda: signed(payload=claims()[:-1] + b',"x":"\xff"}'),
    "ten megabytes of subject": lambda: signed(payload=claims(sub=f'"{"a" * 10_000_000}"')),
    "a signature with a space": lambda: with_signature(lambda s: f"{s[:9]} {s[9:]}"),
    "a signature with a line break": lambda: with_signature(lambda s: f"{s[:9]}\n{s[9:]}"),
    "a signature with foreign letters": lambda: with_signature(lambda s: f"{s[:9]}!{s[9:]}"),
    "a padded signature": lambda: with_signature(lambda s: s + "=="),
    "a signature with a tail": lambda: with_signature(lambda s: s + "====AAAA"),
    "a line break at the end": lambda: tokens.token() + "\n",
    "two tokens": lambda: f"{tokens.token()},{tokens.token()}",
    "a token and a second header's": lambda: f"{tokens.token()}, Bearer {tokens.token()}",
    "an ID token": lambda: tokens.token(token_use="id"),
}
AUDIENCES = ['[["meshmill"]]', "5", "true", "null", "[]", '{"meshmill":1}', '"MESHMILL"', '"mesh"']
ISSUERS = ['["https://issuer.example"]', "5", "null", '"HTTPS://issuer.example"']
SUBJECTS = ["5", "1.0", "true", "null", "{}", '["ada"]', '""', '"\\ud800"']
TIMES = ['"9999999999"', '"never"', "true", "null", "[1]", "{}", "1e400", "-1e400", "NaN", "9" * 99]
CLAIMS = [
    *(("aud", text) for text in AUDIENCES),
    *(("iss", text) for text in ISSUERS),
    *(("sub", text) for text in SUBJECTS),
    *(("exp", text) for text in [*TIMES, "0", "-1", "1e9"]),
    *(("nbf", text) for text in [*TIMES, "1e10", "9999999999.5"]),
    *(("iat", text) for text in TIMES),
]
HEADERS = [
    "Bearer",
    "Bearer ",
    "Bearer\t{token}",
    "\tBearer {token}",
    "Bearer{token}",
    "Bearer Bearer {token}",
    "Bearer {token} {token}",
    "Bearer {token}, Bearer {token}",
    "Bearer {token},",
    "bearer={token}",
    "Token {token}",
    "{token}",
    "Basic {token}",
    "DPoP {token}",
    'Bearer "{token}"',
    "Bearer\u00a0{token}",
    "Ｂearer {token}",
]


def ask(cloud: Cloud, authorization: str) -> Reply:
    return cloud.request("GET", "/api/v1/assets", headers={"authorization": authorization})


def assert_refused(cloud: Cloud, authorization: str) -> None:
    reply, plain = ask(cloud, authorization), ask(cloud, "Bearer nonsense")
    assert reply.status == 401
    assert (reply.text, reply.headers) == (plain.text, plain.headers)


@pytest.mark.parametrize("form", FORMS)
def test_a_token_of_an_odd_form_gets_the_one_identical_refusal(cloud: Cloud, form: str) -> None:
    assert_refused(cloud, f"Bearer {FORMS[form]()}")


@pytest.mark.parametrize(("name", "spelled"), CLAIMS, ids=lambda text: text[:20])
def test_a_claim_of_a_wrong_type_or_value_gets_the_one_identical_refusal(
    cloud: Cloud, name: str, spelled: str
) -> None:
    assert_refused(cloud, f"Bearer {signed(payload=claims(**{name: spelled}))}")


@pytest.mark.parametrize("form", HEADERS)
def test_a_credential_in_another_spelling_of_the_header_is_none(cloud: Cloud, form: str) -> None:
    assert_refused(cloud, form.format(token=tokens.token()))


@pytest.mark.parametrize("form", ["Bearer {token}", "bearer {token}", "BEARER   {token}"])
def test_the_scheme_may_be_in_any_case_and_followed_by_spaces(cloud: Cloud, form: str) -> None:
    """RFC 9110, section 11.1, and RFC 6750, section 2.1."""
    assert ask(cloud, form.format(token=tokens.token())).status == 200


def test_the_forgers_own_tools_make_good_tokens_where_nothing_is_changed(cloud: Cloud) -> None:
    assert ask(cloud, f"Bearer {signed()}").status == 200
    assert ask(cloud, f"Bearer {signed(header(), claims())}").status == 200


def test_a_fraction_of_a_second_is_a_time(cloud: Cloud) -> None:
    assert ask(cloud, f"Bearer {signed(payload=claims(exp='9999999999.5'))}").status == 200


@pytest.mark.parametrize(
    "permissions",
    ['"assets:read"', '{"assets:read":1}', '[["assets:read"]]', '["*"]', '["assets:*"]', "true"],
)
def test_permissions_of_another_form_permit_nothing(cloud: Cloud, permissions: str) -> None:
    token = signed(payload=claims(permissions=permissions))
    assert ask(cloud, f"Bearer {token}").code == "FORBIDDEN"


def test_no_token_over_the_limit_reaches_a_parser(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("a token without bounds was parsed")

    good = signed(payload=claims(sub=f'"{"a" * 5_000}"'))
    assert ask(cloud, f"Bearer {good}").status == 200
    large = signed(payload=claims(sub=f'"{"a" * MAX_TOKEN}"'))
    monkeypatch.setattr("meshmill.http.token_form.parse_object", parse)
    monkeypatch.setattr(jwt, "get_unverified_header", parse)
    assert ask(cloud, f"Bearer {large}").status == 401
