"""The documentation's page: all that it loads is ours, and nothing runs that isn't a file."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.cloud import BASE_URL, Cloud, Reply

PAGE = f"{BASE_URL}/docs"


@pytest.fixture
def cloud(standing: Cloud) -> Cloud:
    return standing


class _Page(HTMLParser):
    """What a page refers to, and what stands between its script tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.inline: list[str] = []
        self.title = ""
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        attributes = {name: value or "" for name, value in attrs}
        self.inline += [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "a":
            self.linked.append(attributes["href"])
        elif {"src", "href"} & attributes.keys():
            self.loaded.append(attributes.get("src") or attributes["href"])

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within in {"script", "style"}:
            self.inline.append(data)
        elif self._within == "title":
            self.title += data


@pytest.fixture
def page(cloud: Cloud) -> _Page:
    return _Page(cloud.request("GET", "/docs").text)


def policy(reply: Reply) -> dict[str, list[str]]:
    directives = reply.headers["content-security-policy"].split("; ")
    return {words[0]: words[1:] for words in (directive.split() for directive in directives)}


def test_the_page_is_html_that_is_asked_for_each_time(cloud: Cloud, page: _Page) -> None:
    reply = cloud.request("GET", "/docs")
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "public, no-cache"
    assert page.title == "Meshmill API"


def test_scripts_and_styles_are_files_of_ours_alone(cloud: Cloud, page: _Page) -> None:
    assert page.inline == []
    allowed = policy(cloud.request("GET", "/docs"))
    assert allowed["default-src"] == ["'none'"]
    assert allowed["script-src"] == allowed["style-src"] == allowed["connect-src"] == ["'self'"]
    assert allowed["frame-ancestors"] == allowed["base-uri"] == ["'none'"]
    for words in allowed.values():
        assert set(words) <= {"'self'", "'none'", "data:"}


def test_everything_that_the_page_loads_is_there_to_be_kept_for_ever(
    cloud: Cloud, page: _Page
) -> None:
    kinds = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
    addresses = [urljoin(PAGE, name) for name in page.loaded if not name.startswith("data:")]
    assert len(addresses) == 4
    for address in addresses:
        assert address.startswith(f"{BASE_URL}/docs/")
        reply = cloud.request("GET", urlsplit(address).path)
        assert reply.status == 200
        assert reply.text
        assert reply.headers["content-type"] == kinds[address.rpartition(".")[2]]
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.search(r"\.[0-9a-f]{12}\.(js|css)$", address)


def test_the_page_reads_and_links_the_document_beside_it(cloud: Cloud, page: _Page) -> None:
    (start,) = [name for name in page.loaded if "start." in name]
    script = cloud.request("GET", f"/{start}").text
    assert '"api/v1/openapi.json"' in script
    for target in page.linked:
        reply = cloud.request("GET", urlsplit(urljoin(PAGE, target)).path)
        assert json.loads(reply.text)["openapi"].startswith("3.1")


def test_nothing_of_ours_names_another_host(cloud: Cloud, page: _Page) -> None:
    own = [name for name in page.loaded if "swagger" not in name and not name.startswith("data:")]
    texts = [cloud.request("GET", path).text for path in ("/docs", *(f"/{name}" for name in own))]
    assert len(texts) == 3
    for text in texts:
        assert "//" not in re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)


def test_the_validator_of_swagger_is_switched_off(cloud: Cloud, page: _Page) -> None:
    (start,) = [name for name in page.loaded if "start." in name]
    assert "validatorUrl: null" in cloud.request("GET", f"/{start}").text


@pytest.mark.parametrize(
    "name", ["swagger.js", "start.js", "page.html", "..", "%2e%2e%2fhandler.py", "__init__.py"]
)
def test_no_other_file_is_served(cloud: Cloud, name: str) -> None:
    reply = cloud.request("GET", f"/docs/{name}")
    assert (reply.status, reply.code) == (404, "NOT_FOUND")
