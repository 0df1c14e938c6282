"""HEAD, unchanged answers, compression and browsers' safeguards on the routes of both functions."""

from __future__ import annotations

from typing import Any

import pytest

from functions.api import handler as api_function
from tests.faults import engine
from tests.faults.emptied import empty
from tests.support import tokens
from tests.support.cloud import Cloud, Context, Reply, gateway_event

ROCK: dict[str, Any] = {"format": "gltf", "parameters": {"generator": "rock", "quality": "low"}}
#: The first millisecond of a window of links.
NOW = 1_800_000_000_000
WINDOW_MS = 5 * 60_000
OPEN = ("/api/v1/health", "/api/v1/generators", "/api/v1/generators/rock", "/api/v1/openapi.json")
GZIP = {"accept-encoding": "gzip"}
OF_THE_BODY = {"content-type", "content-length", "content-encoding"}


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    empty()
    return standing


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The time in a list of one, which tests move on."""
    moment = [NOW]
    monkeypatch.setattr("meshmill.aws.clock.SystemClock.now_ms", lambda self: moment[0])
    return moment


@pytest.fixture
def completed(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, now: list[int]) -> dict[str, Any]:
    engine.install(monkeypatch)
    asset: dict[str, Any] = cloud.create(ROCK).json
    cloud.work()
    return asset


def ask(cloud: Cloud, path: str, method: str = "GET", **headers: str) -> Reply:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return cloud.request(method, path, headers=sent, bearer=tokens.token())


def of(asset: dict[str, Any]) -> str:
    return f"/api/v1/assets/{asset['asset_id']}"


def without_figures(headers: dict[str, str]) -> dict[str, str]:
    """Headers beside those that every call moves on, and the length, which only HEAD names."""
    return {
        name: value
        for name, value in headers.items()
        if "ratelimit" not in name and name not in {"content-length", "location"}
    }


@pytest.mark.parametrize("headers", [{}, GZIP], ids=["plain", "gzip"])
def test_head_is_answered_wherever_get_is_with_the_same_headers(
    cloud: Cloud, completed: dict[str, Any], headers: dict[str, str]
) -> None:
    own = of(completed)
    paths = (*OPEN, "/docs", "/api/v1/assets", own, f"{own}/files/model", "/nowhere", f"{own}1")
    for path in paths:
        got = cloud.request("GET", path, headers=headers, bearer=tokens.token())
        head = cloud.request("HEAD", path, headers=headers, bearer=tokens.token())
        assert (head.status, head.text) == (got.status, ""), path
        assert without_figures(dict(head.headers)) == without_figures(dict(got.headers)), path
        assert "content-length" in head.headers or got.status == 302


def test_head_of_a_status_link_is_answered_as_get(cloud: Cloud, completed: dict[str, Any]) -> None:
    for url in (completed["status_url"], completed["status_url"] + "0"):
        got, head = cloud.poll(url, GZIP), cloud.poll(url, GZIP, "HEAD")
        assert (head.status, head.text) == (got.status, "")
        assert head.headers == {**got.headers, "content-length": head.headers["content-length"]}


def test_head_costs_a_token_and_needs_the_permission_as_get_does(cloud: Cloud) -> None:
    first = ask(cloud, "/api/v1/assets", "HEAD")
    second = ask(cloud, "/api/v1/assets", "HEAD")
    remaining = [int(reply.headers["x-ratelimit-remaining"]) for reply in (first, second)]
    assert remaining[0] == remaining[1] + 1
    assert cloud.request("HEAD", "/api/v1/assets").status == 401
    bearer = tokens.token(permissions=["assets:create"])
    assert cloud.request("HEAD", "/api/v1/assets", bearer=bearer).status == 403


def test_options_is_refused_where_no_origin_is_let_in(cloud: Cloud) -> None:
    preflight = {"origin": "https://studio.example", "access-control-request-method": "POST"}
    reply = cloud.request("OPTIONS", "/api/v1/assets", headers=preflight)
    assert (reply.status, reply.code) == (405, "METHOD_NOT_ALLOWED")


def test_preflights_pass_where_the_gateway_has_a_route_for_them(cloud: Cloud) -> None:
    event = gateway_event("OPTIONS", "/api/v1/assets", "", {"origin": "https://a.example"}, None)
    event["routeKey"] = "OPTIONS /{proxy+}"
    context: Any = Context()
    answer = api_function.handler(event, context)
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert not [name for name in answer["headers"] if name.lower().startswith("access-control")]


def test_an_asset_that_has_not_changed_is_not_sent_again(
    cloud: Cloud, completed: dict[str, Any], now: list[int]
) -> None:
    first = ask(cloud, of(completed))
    now[0] += WINDOW_MS - 1
    again = ask(cloud, of(completed), if_none_match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == "private, no-cache"
    assert again.headers["vary"]
    assert again.headers["x-request-id"]
    assert not OF_THE_BODY & again.headers.keys()


def test_its_links_are_renewed_while_the_old_ones_have_ten_minutes_left(
    cloud: Cloud, completed: dict[str, Any], now: list[int]
) -> None:
    first = ask(cloud, of(completed))
    now[0] += WINDOW_MS
    again = ask(cloud, of(completed), if_none_match=first.headers["etag"])
    assert again.status == 200
    assert again.json["files"][0]["url"] != first.json["files"][0]["url"]


def test_every_step_of_an_asset_is_news_to_whoever_holds_the_one_before(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, now: list[int]
) -> None:
    engine.install(monkeypatch)
    asset = cloud.create(ROCK).json
    link = asset["status_url"]
    pending, polled = ask(cloud, of(asset)), cloud.poll(link)
    held = {"if-none-match": pending.headers["etag"]}
    unchanged = ask(cloud, of(asset), if_none_match=pending.headers["etag"])
    assert (unchanged.status, unchanged.headers["retry-after"]) == (304, "1")
    unchanged = cloud.poll(link, held)
    assert (unchanged.status, unchanged.text, unchanged.headers["retry-after"]) == (304, "", "1")
    assert unchanged.headers["cache-control"] == "public, max-age=1"
    cloud.work()
    for reply in (
        ask(cloud, of(asset), if_none_match=pending.headers["etag"]),
        cloud.poll(link, {"if-none-match": polled.headers["etag"]}),
    ):
        assert (reply.status, reply.json["status"]) == (200, "completed")


def test_an_asset_made_anew_after_its_deletion_is_not_taken_for_the_old_one(
    cloud: Cloud, now: list[int]
) -> None:
    asset = cloud.create(ROCK).json
    held = ask(cloud, of(asset)).headers["etag"]
    cloud.dynamodb.delete_item(TableName="assets", Key={"asset_id": {"S": asset["asset_id"]}})
    assert ask(cloud, of(asset), if_none_match="*").status == 404
    cloud.create(ROCK)
    assert ask(cloud, of(asset), if_none_match=held).status == 200


def test_an_unchanged_answer_costs_a_token_and_tells_what_is_left(
    cloud: Cloud, completed: dict[str, Any]
) -> None:
    first = ask(cloud, of(completed))
    again = ask(cloud, of(completed), if_none_match="*")
    assert again.status == 304
    left = int(first.headers["x-ratelimit-remaining"])
    assert int(again.headers["x-ratelimit-remaining"]) == left - 1
    assert again.headers["ratelimit-policy"]


def test_a_tag_opens_nothing_to_anybody_else(cloud: Cloud, completed: dict[str, Any]) -> None:
    held = {"if-none-match": ask(cloud, of(completed)).headers["etag"]}
    reply = cloud.request("GET", of(completed), headers=held, bearer=tokens.token("grace"))
    assert reply.status == 404
    assert cloud.request("GET", of(completed), headers=held).status == 401
    assert cloud.poll(completed["status_url"] + "0", held).status == 403


@pytest.mark.parametrize("path", [*OPEN[1:], "/docs"])
def test_what_anybody_may_read_is_not_sent_twice(cloud: Cloud, path: str) -> None:
    first = cloud.request("GET", path)
    again = cloud.request("GET", path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.text) == (304, "")
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert cloud.request("GET", path, headers={"if-none-match": '"other"'}).status == 200


def test_lists_health_and_creation_know_no_tags(cloud: Cloud) -> None:
    every = {"if-none-match": "*"}
    assert cloud.create(ROCK, headers=every).status == 202
    assert cloud.create(ROCK, headers=every).status == 200
    assert cloud.create(ROCK, headers=every, query={"dry_run": "true"}).status == 200
    for path in ("/api/v1/assets", "/api/v1/health"):
        reply = ask(cloud, path, if_none_match="*")
        assert (reply.status, "etag" in reply.headers) == (200, False)


def test_large_answers_are_compressed_on_every_route(
    cloud: Cloud, completed: dict[str, Any]
) -> None:
    for path in (*OPEN[1:], "/api/v1/assets", of(completed)):
        plain, coded = ask(cloud, path), ask(cloud, path, accept_encoding="gzip, deflate, br")
        assert "content-encoding" not in plain.headers, path
        assert coded.headers["content-encoding"] == "gzip", path
        assert coded.json.keys() == plain.json.keys()
        assert "Accept-Encoding" in plain.headers["vary"]
    assert cloud.poll(completed["status_url"], GZIP).headers["content-encoding"] == "gzip"
    assert "content-encoding" not in ask(cloud, "/api/v1/health", accept_encoding="gzip").headers


def test_every_answer_is_guarded_against_browsers_that_guess(
    cloud: Cloud, completed: dict[str, Any]
) -> None:
    replies = [
        *(cloud.request("GET", path) for path in (*OPEN, "/docs", "/nowhere", "/api/v1/assets")),
        ask(cloud, f"{of(completed)}/files/model"),
        cloud.create({}),
        cloud.poll(completed["status_url"]),
        cloud.poll(completed["status_url"] + "0"),
    ]
    for reply in replies:
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
