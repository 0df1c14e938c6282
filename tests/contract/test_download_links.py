"""Download links: what they open, under which name, and for how long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from botocore.credentials import Credentials

from meshmill.aws.clock import SystemClock
from meshmill.aws.s3_artefacts import S3Artefacts
from meshmill.aws.s3_links import S3DownloadLinks
from meshmill.aws.s3_signing import BucketAddress, UrlSigner
from meshmill.domain.asset import StoredFile
from meshmill.geometry.artefact import ArtefactFile
from meshmill.ports import ArtefactStore, Clock, DownloadLinks
from tests.fakes.artefacts import InMemoryArtefacts, InMemoryLinks
from tests.fakes.clock import FakeClock
from tests.support.backend import REGION, Backend, bucket

_DATA = b"glTF and more"
_NAMES = {
    "rock-5d41402a.glb": 'attachment; filename="rock-5d41402a.glb"',
    "Tor (2), oben.glb": 'attachment; filename="Tor (2), oben.glb"',
    "Brücke.glb": "attachment; filename=\"Br_cke.glb\"; filename*=UTF-8''Br%C3%BCcke.glb",
    '../a"b\\c;d.glb': (
        "attachment; filename=\".._a_b_c_d.glb\"; filename*=UTF-8''..%2Fa%22b%5Cc%3Bd.glb"
    ),
}


@dataclass(frozen=True)
class Downloads:
    """Links to one stored file, and somebody who follows them."""

    links: DownloadLinks
    file: StoredFile
    follow: Callable[[str], bytes | None]


def _stored(artefacts: ArtefactStore) -> StoredFile:
    key = artefacts.key("5" * 64, "1.0.0", "model.glb")
    artefacts.put_new(key, ArtefactFile("model", "model.glb", "model/gltf-binary", _DATA))
    return StoredFile("model", "model.glb", "model/gltf-binary", len(_DATA), "00" * 32, key)


def _links(address: BucketAddress, clock: Clock, token: str | None = None) -> S3DownloadLinks:
    credentials = Credentials("test", "test", token)
    return S3DownloadLinks(UrlSigner(address, credentials.get_frozen_credentials, clock))


@pytest.fixture
def fake(clock: FakeClock) -> Downloads:
    artefacts = InMemoryArtefacts()
    links = InMemoryLinks(artefacts, clock)
    return Downloads(links, _stored(artefacts), links.open)


@pytest.fixture
def served(embedded: Backend) -> Iterator[Downloads]:
    """The embedded engine checks signatures; moto takes any, and so has nothing to show here."""

    def follow(url: str) -> bytes | None:
        answer = httpx.get(url, trust_env=False)
        return answer.content if answer.is_success else None

    assert embedded.endpoint is not None
    with bucket(embedded) as name:
        links = _links(BucketAddress.at_endpoint(embedded.endpoint, name, REGION), SystemClock())
        yield Downloads(links, _stored(S3Artefacts(embedded.client("s3"), name)), follow)


@pytest.fixture(params=["fake", pytest.param("served", marks=pytest.mark.embedded)])
def downloads(request: pytest.FixtureRequest) -> Downloads:
    found: Downloads = request.getfixturevalue(request.param)
    return found


def test_a_link_downloads_the_file(downloads: Downloads) -> None:
    url = downloads.links.url(downloads.file, "rock.glb", 60)

    assert downloads.follow(url) == _DATA


@pytest.mark.embedded
@pytest.mark.parametrize("name", _NAMES)
def test_a_download_is_an_attachment_under_the_name_asked_for(served: Downloads, name: str) -> None:
    answer = httpx.get(served.links.url(served.file, name, 60), trust_env=False)

    assert answer.headers["content-disposition"] == _NAMES[name]
    assert answer.headers["content-type"] == "model/gltf-binary"


@pytest.mark.embedded
def test_a_link_opens_no_other_file_and_no_longer_than_it_was_signed_for(
    served: Downloads,
) -> None:
    url = served.links.url(served.file, "rock.glb", 60)

    assert served.follow(url.replace("model.glb?", "other.glb?")) is None
    assert served.follow(url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")) is None


def test_an_expired_fake_link_opens_nothing(fake: Downloads, clock: FakeClock) -> None:
    url = fake.links.url(fake.file, "rock.glb", 60)
    clock.advance(60_000)

    assert fake.follow(url) is None


def test_a_link_on_aws_is_signed_by_version_four_for_the_buckets_own_host(
    clock: FakeClock,
) -> None:
    links = _links(BucketAddress.on_aws("some-bucket", REGION), clock)
    file = StoredFile("model", "model.glb", "model/gltf-binary", 1, "00" * 32, "artefacts/m.glb")

    url = urlsplit(links.url(file, "rock.glb", 900))

    query = parse_qs(url.query)
    assert (url.scheme, url.netloc) == ("https", "some-bucket.s3.us-east-1.amazonaws.com")
    assert url.path == "/artefacts/m.glb"
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["900"]
    assert query["response-content-type"] == ["model/gltf-binary"]
