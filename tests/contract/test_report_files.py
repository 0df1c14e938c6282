from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from meshmill.aws.backoff import Backoff
from meshmill.aws.s3_reports import S3ReportFiles
from meshmill.domain.asset import StoredFile
from meshmill.domain.errors import DependencyUnavailable
from meshmill.ports.batches import ReportFiles
from tests.contract.samples import new_user
from tests.fakes.reports import InMemoryReports
from tests.support.backend import Backend, bucket
from tests.support.broken_bodies import broken_bodies
from tests.support.sdk_events import LOST_RESPONSE, THROTTLED, faults_on, recorded_parameters

BATCH, TYPE = "b" * 36, "application/x-ndjson"
MEBIBYTE = 1024 * 1024
_ATTEMPTS = 3
_NOT_WAITING = Backoff(attempts=3, base_seconds=0)


@dataclass(frozen=True)
class Reports:
    """Files, and how what was written is read."""

    files: ReportFiles
    read: Callable[[str], bytes]
    media_type: Callable[[str], str | None]


@contextmanager
def reports_on(platform: Backend | None) -> Iterator[Reports]:
    if platform is None:
        fake = InMemoryReports()
        yield Reports(fake, fake.files.__getitem__, lambda _: None)
        return
    client = platform.client("s3")
    with bucket(platform) as name:

        def stored(key: str) -> Any:
            return client.get_object(Bucket=name, Key=key)

        yield Reports(
            S3ReportFiles(client, name, _NOT_WAITING),
            lambda key: stored(key)["Body"].read(),
            lambda key: stored(key)["ContentType"],
        )


@pytest.fixture(scope="module")
def reports(platform: Backend | None) -> Iterator[Reports]:
    """Shared by tests that each have users of their own."""
    with reports_on(platform) as found:
        yield found


@pytest.fixture
def user() -> str:
    return new_user()


def joined(reports: Reports, user: str, names: list[str]) -> list[bytes]:
    return list(reports.files.parts(user, BATCH, names))


class TestParts:
    @pytest.mark.parametrize("number", [0, 1, 3, 60])
    def test_parts_come_in_the_order_that_they_are_asked_for(
        self, reports: Reports, user: str, number: int
    ) -> None:
        names = [f"results-00000-{n:07d}-owner" for n in range(number)]
        for name in names:
            reports.files.put_part(user, BATCH, name, name.encode() * 99)

        found = joined(reports, user, names[::-1])

        assert found == [name.encode() * 99 for name in reversed(names)]

    def test_a_part_put_again_replaces_the_one_before(self, reports: Reports, user: str) -> None:
        reports.files.put_part(user, BATCH, "one", b"once")
        reports.files.put_part(user, BATCH, "one", b"twice")

        assert joined(reports, user, ["one", "one"]) == [b"twice", b"twice"]

    def test_users_and_batches_have_parts_of_their_own(self, reports: Reports, user: str) -> None:
        other = new_user()
        reports.files.put_part(user, BATCH, "one", b"mine")
        reports.files.put_part(other, BATCH, "one", b"theirs")
        reports.files.put_part(user, "c" * 36, "one", b"another")

        assert joined(reports, user, ["one"]) == [b"mine"]

    def test_an_empty_part_is_one(self, reports: Reports, user: str) -> None:
        reports.files.put_part(user, BATCH, "none", b"")

        assert joined(reports, user, ["none"]) == [b""]

    def test_whoever_stops_reading_may(self, reports: Reports, user: str) -> None:
        names = [f"part-{n}" for n in range(40)]
        for name in names:
            reports.files.put_part(user, BATCH, name, name.encode())
        found: Any = reports.files.parts(user, BATCH, names)

        assert next(found) == b"part-0"
        found.close()


class TestFiles:
    @pytest.mark.parametrize(
        ("filename", "name"),
        [
            ("results.jsonl", "results"),
            ("errors.jsonl", "errors"),
            ("results.csv", "results_csv"),
            ("errors.csv", "errors_csv"),
        ],
    )
    def test_a_file_is_told_as_it_stands(
        self, reports: Reports, user: str, filename: str, name: str
    ) -> None:
        data = f"{filename}\n".encode() * 100
        written = reports.files.write(user, BATCH, filename, TYPE, iter([data[:7], data[7:]]))

        assert written == StoredFile(
            name,
            filename,
            TYPE,
            len(data),
            hashlib.sha256(data).hexdigest(),
            f"batches/{user}/{BATCH}/{filename}",
        )
        assert reports.read(written.key) == data
        assert reports.media_type(written.key) in {TYPE, None}

    def test_an_empty_file_is_one(self, reports: Reports, user: str) -> None:
        written = reports.files.write(user, BATCH, "errors.jsonl", TYPE, iter([]))

        assert (written.size, reports.read(written.key)) == (0, b"")
        assert written.sha256 == hashlib.sha256(b"").hexdigest()

    @pytest.mark.parametrize("size", [8 * MEBIBYTE, 8 * MEBIBYTE + 1, 20 * MEBIBYTE])
    def test_a_large_file_is_one_whole_with_its_hash(
        self, reports: Reports, user: str, size: int
    ) -> None:
        data = bytes(range(251)) * (size // 251 + 1)
        data = data[:size]
        pieces = (data[start : start + 999_983] for start in range(0, size, 999_983))

        written = reports.files.write(user, BATCH, "results.jsonl", TYPE, pieces)

        assert (written.size, written.sha256) == (size, hashlib.sha256(data).hexdigest())
        assert reports.read(written.key) == data
        assert reports.media_type(written.key) in {TYPE, None}

    def test_a_file_written_again_replaces_the_one_before(
        self, reports: Reports, user: str
    ) -> None:
        reports.files.write(user, BATCH, "results.csv", TYPE, iter([b"x" * 9 * MEBIBYTE]))
        again = reports.files.write(user, BATCH, "results.csv", TYPE, iter([b"twice"]))

        assert reports.read(again.key) == b"twice"


class TestFaults:
    """What is left when S3, or who makes the file, fails."""

    large = (b"x" * MEBIBYTE,) * 20

    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The SDK's backoff between attempts, without the waiting."""
        monkeypatch.setattr(
            "botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0
        )

    @pytest.fixture
    def reports(self, moto: Backend) -> Iterator[Reports]:
        with reports_on(moto) as found:
            yield found

    @pytest.fixture
    def client(self, moto: Backend) -> Any:
        return moto.client("s3")

    def uploads(self, reports: Reports, client: Any) -> list[Any]:
        files: Any = reports.files
        found: list[Any] = client.list_multipart_uploads(Bucket=files._bucket).get("Uploads", [])
        return found

    @pytest.mark.parametrize("calls", range(5))
    def test_an_upload_that_fails_is_aborted(
        self, reports: Reports, user: str, client: Any, calls: int
    ) -> None:
        """Begun, three parts put, completed: each of these calls fails once for good."""
        with faults_on(client) as faults:
            faults.plan(*[None] * calls, *[THROTTLED] * _ATTEMPTS)
            with pytest.raises(DependencyUnavailable):
                reports.files.write(user, BATCH, "results.jsonl", TYPE, iter(self.large))

        assert self.uploads(reports, client) == []

    def test_one_that_cannot_even_be_aborted_fails_as_it_would(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        with faults_on(client) as faults:
            faults.plan(None, *[THROTTLED] * _ATTEMPTS * 2)
            with pytest.raises(DependencyUnavailable):
                reports.files.write(user, BATCH, "results.jsonl", TYPE, iter(self.large))

        [left] = self.uploads(reports, client)
        assert left["Key"] == f"batches/{user}/{BATCH}/results.jsonl"
        client.abort_multipart_upload(
            Bucket=reports.files._bucket,  # type: ignore[attr-defined]
            Key=left["Key"],
            UploadId=left["UploadId"],
        )

    def test_a_file_whose_maker_fails_is_not_written(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        def failing() -> Iterator[bytes]:
            yield from self.large
            raise DependencyUnavailable("a part could not be read")

        with pytest.raises(DependencyUnavailable, match="a part could not be read"):
            reports.files.write(user, BATCH, "results.jsonl", TYPE, failing())

        assert self.uploads(reports, client) == []

    @pytest.mark.parametrize("data", [(b"small",), large], ids=["small", "large"])
    @pytest.mark.parametrize("call", range(5))
    def test_a_lost_response_changes_nothing(
        self, reports: Reports, user: str, client: Any, data: tuple[bytes, ...], call: int
    ) -> None:
        with faults_on(client) as faults:
            faults.plan(*[None] * call, LOST_RESPONSE)
            written = reports.files.write(user, BATCH, "results.jsonl", TYPE, iter(data))

        assert reports.read(written.key) == b"".join(data)

    def test_a_part_whose_body_breaks_off_is_read_again(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        names = [f"part-{n}" for n in range(3)]
        for name in names:
            reports.files.put_part(user, BATCH, name, name.encode() * 9)

        with broken_bodies(client, 0, 0):
            found = joined(reports, user, names)

        assert found == [name.encode() * 9 for name in names]

    def test_one_that_breaks_off_each_time_is_unavailable(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        reports.files.put_part(user, BATCH, "one", b"one")

        with broken_bodies(client, *[0] * 3), pytest.raises(DependencyUnavailable):
            joined(reports, user, ["one"])

    def test_what_cannot_be_put_is_unavailable(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        with faults_on(client) as faults:
            faults.plan(*[THROTTLED] * _ATTEMPTS)
            with pytest.raises(DependencyUnavailable):
                reports.files.put_part(user, BATCH, "one", b"one")

    def test_pieces_are_as_large_as_s3_wants_them_and_each_has_its_checksum(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        with recorded_parameters(client, "UploadPart") as sent:
            reports.files.write(user, BATCH, "results.jsonl", TYPE, iter(self.large))

        assert [it["Body"].getbuffer().nbytes // MEBIBYTE for it in sent] == [5, 5, 5, 5]
        assert all(it["ChecksumSHA256"] for it in sent)

    def test_no_more_than_a_few_parts_are_read_ahead(
        self, reports: Reports, user: str, client: Any
    ) -> None:
        names = [f"part-{n}" for n in range(60)]
        for name in names:
            reports.files.put_part(user, BATCH, name, b"x")

        with recorded_parameters(client, "GetObject") as sent:
            found: Any = reports.files.parts(user, BATCH, names)
            next(found)
            found.close()

        assert len(sent) <= 17
