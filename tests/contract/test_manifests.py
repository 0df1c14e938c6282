from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from meshmill.aws.s3_manifests import S3Manifests
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports.batches import ManifestLost, Manifests
from tests.contract.samples import new_user
from tests.fakes.manifests import InMemoryManifests
from tests.support.backend import Backend, versioned_bucket
from tests.support.broken_bodies import BreakingStream, broken_bodies
from tests.support.sdk_events import THROTTLED, UNREACHABLE, Fault, faults_on, refused

_ATTEMPTS = 3
_keys = count()


@dataclass(frozen=True)
class Uploads:
    """Manifests, and what puts and removes versions of them."""

    manifests: Manifests
    put: Callable[[str, bytes], str]
    remove: Callable[[str, str], object]
    #: Without a version: what a user does who deletes an object; the id of what stands for it then.
    hide: Callable[[str], str]


@contextmanager
def uploads_on(platform: Backend | None) -> Iterator[Uploads]:
    if platform is None:
        fake = InMemoryManifests(block_bytes=1_000)
        yield Uploads(fake, fake.put, fake.remove, lambda _: "a marker")
        return
    client = platform.client("s3")
    with versioned_bucket(platform) as name:

        def put(key: str, data: bytes) -> str:
            version: str = client.put_object(Bucket=name, Key=key, Body=data)["VersionId"]
            return version

        yield Uploads(
            S3Manifests(client, name, versions_in_a_page=2),
            put,
            lambda key, version: client.delete_object(Bucket=name, Key=key, VersionId=version),
            lambda key: client.delete_object(Bucket=name, Key=key).get("VersionId", ""),
        )


@pytest.fixture(scope="module")
def uploads(platform: Backend | None) -> Iterator[Uploads]:
    """Shared by tests that each have keys of their own."""
    with uploads_on(platform) as found:
        yield found


@pytest.fixture
def key() -> str:
    return f"uploads/{new_user()}/my files/Möbel {next(_keys)} (1)+2.jsonl"


def whole(uploads: Uploads, key: str, version: str) -> bytes:
    return b"".join(uploads.manifests.open(key, version).blocks)


class TestVersions:
    def test_what_was_never_uploaded_has_none(self, uploads: Uploads, key: str) -> None:
        assert uploads.manifests.first_version(key) is None

    def test_the_first_is_the_oldest_however_many_follow(self, uploads: Uploads, key: str) -> None:
        first, *_ = [uploads.put(key, b"%d" % n) for n in range(6)]

        assert uploads.manifests.first_version(key) == first

    def test_an_object_whose_key_begins_alike_is_another(self, uploads: Uploads, key: str) -> None:
        for longer in ("2", "/a", "0"):
            uploads.put(key + longer, b"longer")
        assert uploads.manifests.first_version(key) is None

        versions = [uploads.put(key, b"this"), uploads.put(key, b"this")]

        assert uploads.manifests.first_version(key) == versions[0]

    def test_one_that_is_gone_for_good_does_not_count(self, uploads: Uploads, key: str) -> None:
        first, second = uploads.put(key, b"1"), uploads.put(key, b"2")

        uploads.remove(key, first)

        assert uploads.manifests.first_version(key) == second

    def test_what_stands_in_the_place_of_a_deleted_object_does_not_count(
        self, uploads: Uploads, key: str
    ) -> None:
        uploads.hide(key)
        assert uploads.manifests.first_version(key) is None

        first = uploads.put(key, b"1")
        uploads.hide(key)
        uploads.put(key, b"2")
        uploads.hide(key)

        assert uploads.manifests.first_version(key) == first


class TestOneVersion:
    def test_it_stands_until_it_is_gone_for_good_whatever_comes_after_it(
        self, uploads: Uploads, key: str
    ) -> None:
        version = uploads.put(key, b"1")
        assert uploads.manifests.exists(key, version)

        later = uploads.put(key, b"2")
        uploads.hide(key)
        assert uploads.manifests.exists(key, version)

        uploads.manifests.remove(key, version)

        assert not uploads.manifests.exists(key, version)
        assert uploads.manifests.exists(key, later)
        assert uploads.manifests.first_version(key) == later

    def test_what_stands_in_the_place_of_a_deleted_object_is_none(
        self, uploads: Uploads, key: str
    ) -> None:
        uploads.put(key, b"1")

        assert not uploads.manifests.exists(key, uploads.hide(key))

    def test_that_of_another_object_is_none(self, uploads: Uploads, key: str) -> None:
        version = uploads.put(key, b"1")

        assert not uploads.manifests.exists(f"{key}2", version)

    def test_removed_again_it_is_gone_all_the_same(self, uploads: Uploads, key: str) -> None:
        version, other = uploads.put(key, b"1"), uploads.put(f"{key}2", b"2")

        for _ in range(2):
            uploads.manifests.remove(key, version)
        uploads.manifests.remove(f"{key} that never was", version)

        assert uploads.manifests.first_version(key) is None
        assert uploads.manifests.exists(f"{key}2", other)


class TestReading:
    def test_a_stretch_of_many_blocks_is_what_lies_in_it(self, uploads: Uploads, key: str) -> None:
        data = bytes(range(256)) * 8_192
        version = uploads.put(key, data)

        found = b"".join(uploads.manifests.read(key, version, 600_001, 1_400_003))

        assert found == data[600_001:1_400_003]

    def test_a_version_is_read_whole_with_its_size(self, uploads: Uploads, key: str) -> None:
        data = bytes(range(256)) * 5_000
        first = uploads.put(key, data)
        second = uploads.put(key, b"short")

        opened = uploads.manifests.open(key, first)

        assert opened.size == len(data)
        assert b"".join(opened.blocks) == data
        assert whole(uploads, key, second) == b"short"

    def test_an_overwritten_or_hidden_version_is_read_all_the_same(
        self, uploads: Uploads, key: str
    ) -> None:
        first = uploads.put(key, b"first")
        uploads.put(key, b"second")
        uploads.hide(key)

        assert whole(uploads, key, first) == b"first"
        assert b"".join(uploads.manifests.read(key, first, 1, 3)) == b"ir"

    def test_an_empty_object_has_no_blocks(self, uploads: Uploads, key: str) -> None:
        version = uploads.put(key, b"")

        opened = uploads.manifests.open(key, version)

        assert opened.size == 0
        assert b"".join(opened.blocks) == b""

    @pytest.mark.parametrize(
        ("begin", "end"),
        [(0, 1), (0, 3_000), (17, 2_011), (2_999, 3_000), (2_999, 9_999), (5, 5), (3_000, 4_000)],
    )
    def test_a_stretch_is_what_lies_in_it(
        self, uploads: Uploads, key: str, begin: int, end: int
    ) -> None:
        data = bytes(n % 251 for n in range(3_000))
        version = uploads.put(key, data)

        assert b"".join(uploads.manifests.read(key, version, begin, end)) == data[begin:end]

    def test_a_version_that_is_gone_is_lost(self, uploads: Uploads, key: str) -> None:
        version = uploads.put(key, b"lines")
        uploads.put(key, b"other lines")
        uploads.remove(key, version)

        with pytest.raises(ManifestLost):
            uploads.manifests.open(key, version)
        with pytest.raises(ManifestLost):
            uploads.manifests.read(key, version, 0, 2)

    def test_an_object_that_is_gone_is_lost(self, uploads: Uploads, key: str) -> None:
        version = uploads.put(key, b"lines")
        uploads.remove(key, version)

        with pytest.raises(ManifestLost):
            uploads.manifests.open(key, version)


class TestBrokenBodies:
    """A body that breaks off goes on where it broke off."""

    data = bytes(range(256)) * 8_192

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The SDK's backoff between attempts, without the waiting."""
        monkeypatch.setattr(
            "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0
        )

    @pytest.fixture
    def uploads(self, moto: Backend) -> Iterator[Uploads]:
        with uploads_on(moto) as found:
            yield found

    @pytest.fixture
    def client(self, moto: Backend) -> Any:
        return moto.client("s3")

    @pytest.mark.parametrize("times", [1, 2, 3])
    def test_it_is_read_to_its_end_all_the_same(
        self, uploads: Uploads, key: str, client: Any, times: int
    ) -> None:
        version = uploads.put(key, self.data)

        with broken_bodies(client, *[700_000] * times) as ranges:
            assert whole(uploads, key, version) == self.data

        assert len(ranges) == times + 1
        assert ranges[:2] == [None, f"bytes=524288-{len(self.data) - 1}"]

    def test_a_stretch_ends_where_it_should(self, uploads: Uploads, key: str, client: Any) -> None:
        version = uploads.put(key, self.data)

        with broken_bodies(client, 0, 600_000) as ranges:
            found = b"".join(uploads.manifests.read(key, version, 7, 1_900_000))

        assert found == self.data[7:1_900_000]
        assert ranges == ["bytes=7-1899999", "bytes=7-1899999", "bytes=524295-1899999"]

    def test_one_that_breaks_off_each_time_is_given_up(
        self, uploads: Uploads, key: str, client: Any
    ) -> None:
        version = uploads.put(key, self.data)

        with broken_bodies(client, *[0] * 4), pytest.raises(DependencyUnavailable):
            whole(uploads, key, version)

    def test_one_whose_version_goes_meanwhile_is_lost(
        self, uploads: Uploads, key: str, client: Any
    ) -> None:
        version = uploads.put(key, self.data)

        with broken_bodies(client, 600_000):
            opened = uploads.manifests.open(key, version)
            uploads.remove(key, version)
            with pytest.raises(ManifestLost):
                b"".join(opened.blocks)

    def test_no_block_holds_more_than_a_part_of_it(self, uploads: Uploads, key: str) -> None:
        version = uploads.put(key, self.data)

        sizes = [len(block) for block in uploads.manifests.open(key, version).blocks]

        assert max(sizes) == 512 * 1024

    def test_a_body_that_is_not_read_to_its_end_is_closed(
        self, uploads: Uploads, key: str, client: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        version = uploads.put(key, self.data)
        closed = list[bool]()
        monkeypatch.setattr(BreakingStream, "close", lambda _: closed.append(True))
        with broken_bodies(client, len(self.data)):
            blocks: Any = uploads.manifests.open(key, version).blocks
            next(blocks)

            blocks.close()

        assert closed == [True]

    @pytest.mark.parametrize(
        "fault", [THROTTLED, UNREACHABLE, refused(503, "SlowDown")], ids=lambda it: it.code
    )
    def test_without_an_answer_uploads_are_unavailable(
        self, uploads: Uploads, key: str, client: Any, fault: Fault
    ) -> None:
        for call in (
            lambda: uploads.manifests.first_version(key),
            lambda: uploads.manifests.exists(key, "any"),
            lambda: uploads.manifests.remove(key, "any"),
            lambda: uploads.manifests.open(key, "any"),
            lambda: uploads.manifests.read(key, "any", 0, 1),
        ):
            with faults_on(client) as faults:
                faults.plan(*[fault] * _ATTEMPTS)
                with pytest.raises(DependencyUnavailable):
                    call()

    def test_a_mistake_of_ours_stays_what_it_is(
        self, uploads: Uploads, key: str, client: Any
    ) -> None:
        for call in (
            lambda: uploads.manifests.exists(key, "any"),
            lambda: uploads.manifests.remove(key, "any"),
            lambda: uploads.manifests.open(key, "any"),
            lambda: uploads.manifests.read(key, "any", 0, 1),
        ):
            with faults_on(client) as faults:
                faults.plan(refused(403, "AccessDenied"))
                with pytest.raises(ClientError, match=r"AccessDenied|403"):
                    call()

    @pytest.mark.parametrize("status", [400, 404, 405])
    def test_a_version_of_which_only_a_status_is_told_is_none(
        self, uploads: Uploads, key: str, client: Any, status: int
    ) -> None:
        with faults_on(client) as faults:
            faults.plan(refused(status, str(status)))
            assert not uploads.manifests.exists(key, "any")

    @pytest.mark.parametrize(
        "code", ["InvalidArgument", "NoSuchKey", "NoSuchVersion"], ids=str.lower
    )
    def test_a_version_that_there_cannot_be_is_as_good_as_removed(
        self, uploads: Uploads, key: str, client: Any, code: str
    ) -> None:
        with faults_on(client) as faults:
            faults.plan(refused(404 if code.startswith("No") else 400, code))
            uploads.manifests.remove(key, "any")
