"""HEAD, 304, compression and redirects, as they come through a gateway to a real client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from meshmill_local import LocalStack
from tests.support.embedded import Caller


@pytest.fixture(scope="module")
def client(local_stack: LocalStack) -> Iterator[httpx.Client]:
    """One connection for several requests, so that a wrong length would spoil the next answer."""
    headers = {"Authorization": f"Bearer {local_stack.mint_token('delivery')}"}
    with httpx.Client(base_url=local_stack.base_url, headers=headers, timeout=60) as opened:
        yield opened


@pytest.fixture(scope="module")
def completed(local_stack: LocalStack) -> dict[str, Any]:
    caller = Caller(local_stack, "delivery")
    parameters = {"generator": "crate", "quality": "low", "texture_size": 256}
    return caller.until_final(caller.create(parameters=parameters).json())


def test_compressed_bodies_arrive_whole(client: httpx.Client) -> None:
    for path in ("/api/v1/openapi.json", "/api/v1/generators"):
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        coded = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in plain.headers
        assert coded.headers["content-encoding"] == "gzip"
        assert coded.json() == plain.json()
        assert int(coded.headers["content-length"]) < len(plain.content) / 2


def test_head_has_no_body_and_leaves_the_connection_as_it_was(
    client: httpx.Client, completed: dict[str, Any]
) -> None:
    for path in (f"/api/v1/assets/{completed['asset_id']}", completed["status_url"]):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["etag"] == got.headers["etag"]
        assert int(head.headers["content-length"]) > 0
        assert head.headers["content-type"] == got.headers["content-type"]
        assert client.get("/api/v1/health").json()["status"] == "ok"


def test_an_unchanged_asset_is_not_sent_again(
    client: httpx.Client, completed: dict[str, Any]
) -> None:
    for path in (f"/api/v1/assets/{completed['asset_id']}", completed["status_url"]):
        tag = client.get(path).headers["etag"]
        again = client.get(path, headers={"If-None-Match": tag})
        # The window of five minutes may have ended in between.
        if again.headers["etag"] == tag:
            assert (again.status_code, again.content) == (304, b"")


def test_a_files_address_leads_to_its_bytes(
    client: httpx.Client, completed: dict[str, Any]
) -> None:
    for file in completed["files"]:
        redirect = client.get(completed["links"]["files"][file["name"]])
        assert redirect.status_code == 302
        downloaded = httpx.get(redirect.headers["location"], timeout=60)
        assert downloaded.status_code == 200
        assert len(downloaded.content) == file["bytes"]


def test_the_documentation_and_its_files_are_served(client: httpx.Client) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for name in page.text.split('"docs/')[1:]:
        assert client.get(f"/docs/{name.partition(chr(34))[0]}").status_code == 200


def test_a_callers_request_id_comes_back(client: httpx.Client) -> None:
    answer = client.get("/api/v1/health", headers={"X-Request-Id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
