"""The server behind the page: three answers, for this machine alone."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator

import pytest

from meshmill_cli.viewer.server import PageServer, Resource

PAGE = Resource("text/html; charset=utf-8", b"<!doctype html>")
MODEL = Resource("model/gltf-binary", bytes(range(256)) * 1000)
SCRIPT = Resource("text/javascript; charset=utf-8", b"export {};")


@pytest.fixture
def server() -> Iterator[PageServer]:
    resources = {"/": PAGE, "/model.glb": MODEL, "/model-viewer.min.js": SCRIPT}
    with PageServer(0, resources) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def asked(
    server: PageServer, path: str, method: str = "GET", host: str = "127.0.0.1"
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(*server.server_address[:2], timeout=30)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host)
    connection.endheaders()
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


@pytest.mark.parametrize(
    ("path", "expected"), [("/", PAGE), ("/model.glb", MODEL), ("/model-viewer.min.js", SCRIPT)]
)
def test_each_address_answers_with_what_it_was_given(
    path: str, expected: Resource, server: PageServer
) -> None:
    response, content = asked(server, path)
    assert (response.status, content) == (200, expected.content)
    assert response.headers["Content-Type"] == expected.media_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    head, nothing = asked(server, path, method="HEAD")
    assert (head.status, nothing) == (200, b"")
    assert head.headers["Content-Length"] == str(len(expected.content))


@pytest.mark.parametrize(
    "path",
    [
        "/provenance.json", "/model_lod1.glb", "/model.glb/", "/.", "/index.html",
        "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/model.glb/../../etc/passwd",
        "/?list", "/model.glb?x=1", "http://127.0.0.1/model.glb",
    ],
)  # fmt: skip
def test_nothing_else_is_answered(path: str, server: PageServer) -> None:
    response, _ = asked(server, path)
    assert response.status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_sent_to_it(method: str, server: PageServer) -> None:
    assert asked(server, "/", method=method)[0].status == 501


@pytest.mark.parametrize(
    "host", ["elsewhere.example", "127.0.0.1.elsewhere.example:80", "", "[:", "x@localhost"]
)
def test_a_name_that_was_made_to_lead_here_is_refused(host: str, server: PageServer) -> None:
    response, content = asked(server, "/model.glb", host=host)
    assert response.status == 421
    assert MODEL.content not in content


@pytest.mark.parametrize("host", ["127.0.0.1:9999", "localhost", "LOCALHOST:8123"])
def test_this_machines_own_names_are_taken_also_through_a_tunnel(
    host: str, server: PageServer
) -> None:
    assert asked(server, "/", host=host)[0].status == 200


def test_it_listens_on_this_machine_alone(server: PageServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_address[1]}/"
