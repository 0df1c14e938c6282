"""Whatever is sent, the answer is never a 5xx."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.api import handler as api_function
from functions.status import handler as status_function
from tests.support import tokens
from tests.support.cloud import Cloud, Context, gateway_event

_people = itertools.count()
fuzzed = settings(deadline=None, derandomize=True, database=None, max_examples=80)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
parameters = st.dictionaries(
    st.sampled_from(["generator", "quality", "texture_size", "lods", "seed", "options", "x"]),
    json_values | st.sampled_from(["rock", "terrain", "high", 1024, 1]),
)
bodies = st.dictionaries(
    st.sampled_from(["format", "parameters", "priority", "labels", "custom_id", "user_id"]),
    json_values | st.just("gltf") | parameters,
)
any_text = st.text(st.characters(), max_size=60)
paths = st.sampled_from(
    ["/api/v1/assets", "/api/v1/generators", "/api/v1/health", "/api/v1/openapi.json", "/docs"]
)


def ask(method: str, path: str, query: str, headers: dict[str, str], body: str | None) -> int:
    """The status of an answer, whose body must be JSON where it is neither a page nor left out."""
    context: Any = Context()
    answer = api_function.handler(gateway_event(method, path, query, headers, body), context)
    status: int = answer["statusCode"]
    if method == "HEAD":
        assert answer["body"] == ""
    elif status >= 400:
        assert {"error", "request_id"} <= json.loads(answer["body"]).keys()
    elif path != "/docs":
        assert json.loads(answer["body"])
    return status


def somebody() -> dict[str, str]:
    """A user of their own, so that no bucket empties."""
    bearer = tokens.token(f"fuzz {next(_people)}")
    return {"authorization": f"Bearer {bearer}", "content-type": "application/json"}


@fuzzed
@given(bodies)
def test_no_json_body_is_answered_with_5xx(standing: Cloud, body: Any) -> None:
    text = json.dumps(body)
    assert ask("POST", "/api/v1/assets", "", somebody(), text) in {200, 202, 400}


@fuzzed
@given(any_text, st.booleans())
def test_no_text_for_a_body_is_answered_with_5xx(standing: Cloud, text: str, encoded: bool) -> None:
    event = gateway_event("POST", "/api/v1/assets", "", somebody(), text)
    event["isBase64Encoded"] = encoded
    context: Any = Context()
    assert api_function.handler(event, context)["statusCode"] == 400


@fuzzed
@given(
    st.dictionaries(
        st.sampled_from(["authorization", "x-api-key", "accept", "content-type", "cookie"])
        | st.text(max_size=20),
        any_text | any_text.map(lambda text: f"Bearer {text}"),
    )
)
def test_no_headers_are_answered_with_5xx(standing: Cloud, headers: dict[str, str]) -> None:
    assert ask("GET", "/api/v1/assets", "", headers, None) == 401


@fuzzed
@given(st.sampled_from(["cursor", "limit", "status", "format", "x"]), any_text, any_text)
def test_no_query_is_answered_with_5xx(standing: Cloud, name: str, value: str, rest: str) -> None:
    query = f"{name}={value}&{rest}"
    assert ask("GET", "/api/v1/assets", query, somebody(), None) in {200, 400}


@fuzzed
@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]), any_text | paths)
def test_no_path_is_answered_with_5xx(standing: Cloud, method: str, path: str) -> None:
    sent = path if path.startswith("/") else f"/api/v1/assets/{path}"
    status = ask(method, sent, "", somebody(), "{}")
    assert status in {200, 400, 404, 405}


@fuzzed
@given(any_text, any_text, any_text)
def test_no_status_link_is_answered_with_5xx(
    standing: Cloud, kind: str, identifier: str, query: str
) -> None:
    for raw in (query, f"expires={query}&signature={identifier}"):
        event = gateway_event("GET", f"/api/v1/status/{kind}/{identifier}", raw, {}, None)
        event["pathParameters"] = {"kind": kind, "id": identifier}
        assert status_function.handler(event, None)["statusCode"] in {400, 403}
