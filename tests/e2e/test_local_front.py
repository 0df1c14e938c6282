"""What reaches a function through the front on localhost, and what the front answers itself."""

from __future__ import annotations

import base64
import concurrent.futures
import http.client
from pathlib import Path

import httpx
import pytest

from meshmill_local import LocalStack


class TestFront:
    def test_path_query_and_headers_reach_the_function_as_sent(self, echo: LocalStack) -> None:
        seen = httpx.get(
            f"{echo.base_url}/api/v1/a%252Fb%C3%BC?x=1&x=2&y=%2F&z",
            headers=[("X-Two", "1"), ("X-Two", "2"), ("Authorization", "Bearer t")],
        ).json()

        assert seen["path"] == "/api/v1/a%252Fbü"
        assert seen["query"] == "x=1&x=2&y=%2F&z"
        assert seen["headers"]["x-two"] == "1,2"
        assert seen["headers"]["authorization"] == "Bearer t"
        assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"

    def test_body_bytes_reach_the_function_unchanged(self, echo: LocalStack) -> None:
        body = bytes(range(256)) * 4096

        seen = httpx.post(f"{echo.base_url}/api/v1/x", content=body).json()

        assert seen["base64"]
        assert base64.b64decode(seen["body"]) == body

    def test_a_body_over_ten_megabytes_is_refused_as_by_api_gateway(self, echo: LocalStack) -> None:
        answer = httpx.post(f"{echo.base_url}/api/v1/x", content=b"x" * (10 * 1024 * 1024 + 1))

        assert (answer.status_code, answer.json()) == (413, {"message": "Request Too Long"})

    def test_a_connection_serves_many_requests(self, echo: LocalStack) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", int(echo.base_url.split(":")[-1]))
        ports = set()
        for _ in range(3):
            connection.request("GET", "/api/v1/x")
            connection.getresponse().read()
            ports.add(connection.sock.getsockname()[1])
        connection.close()

        assert len(ports) == 1

    def test_more_requests_than_the_engine_may_have_wait_and_are_answered(
        self, echo: LocalStack
    ) -> None:
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            statuses = list(
                pool.map(
                    lambda _: httpx.get(f"{echo.base_url}/slow", timeout=60).status_code, range(24)
                )
            )

        assert statuses == [200] * 24

    def test_a_preflight_from_an_allowed_origin_is_answered_by_the_templates_policy(
        self, echo: LocalStack
    ) -> None:
        answer = httpx.options(
            f"{echo.base_url}/api/v1/x",
            headers={"Origin": "https://studio.example", "Access-Control-Request-Method": "POST"},
        )

        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "https://studio.example"
        assert answer.headers["access-control-allow-methods"] == "GET,POST"

    def test_another_origin_is_allowed_nothing(self, echo: LocalStack) -> None:
        answer = httpx.get(f"{echo.base_url}/api/v1/x", headers={"Origin": "https://evil.example"})

        assert "access-control-allow-origin" not in answer.headers

    def test_functions_see_nothing_of_the_developers_environment(
        self, tmp_path: Path, echo_assembly: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_PROFILE", "production")
        monkeypatch.setenv("MESHMILL_CANARY", "leaked")

        with LocalStack.start(state_dir=tmp_path, source=lambda *_: echo_assembly) as stack:
            seen = httpx.get(f"{stack.base_url}/api/v1/x").json()["variables"]

        assert not {"AWS_PROFILE", "MESHMILL_CANARY", "PYTHONPATH", "VIRTUAL_ENV"} & set(seen)
