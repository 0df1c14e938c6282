"""Which bodies are compressed, for whom, and that they come back as they were."""

from __future__ import annotations

import gzip

import pytest

from meshmill.http.content_coding import admits_gzip, gzipped, is_worth_coding


@pytest.mark.parametrize(
    "accepted",
    [
        "gzip",
        "GZip",
        "x-gzip",
        "gzip, deflate, br",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "deflate ,\tgzip;q=0.001",
        "gzip ; q=0.5",
        "gzip;Q=1.000",
        "*",
        "*;q=0.5, identity;q=0.5",
        "identity;q=0.5, gzip;q=0.5",
        "identity;q=0, *;q=0.1",
        "gzip;q=2, x-gzip",
    ],
)
def test_gzip_is_sent_to_whoever_takes_it(accepted: str) -> None:
    assert admits_gzip(accepted)


@pytest.mark.parametrize(
    "accepted",
    [
        None,
        "",
        " , ",
        "identity",
        "deflate, br",
        "gzip;q=0",
        "gzip;q=0.000",
        "*;q=0",
        "gzip;q=0, *",
        "gzip;q=0.5, identity",
        "gzip;q=0.4, identity;q=0.5",
        "gzip;q=abc",
        "gzip;q=nan",
        "gzip;q=1e3",
        "gzip;q=1.5",
        "gzip;level=1",
        "gzip gzip",
        "gzipped",
        "\u0661;q=\u0661",
    ],
)
def test_the_plain_body_is_sent_to_whoever_does_not_take_gzip_or_likes_it_less(
    accepted: str | None,
) -> None:
    assert not admits_gzip(accepted)


def test_a_long_list_is_read_at_once() -> None:
    assert admits_gzip("br;q=0.1, " * 20_000 + "gzip")
    assert not admits_gzip("!" * 200_000)


def test_bodies_below_a_kibibyte_are_sent_as_they_are() -> None:
    assert not is_worth_coding(bytes(1023))
    assert is_worth_coding(bytes(1024))


def test_the_same_content_is_compressed_to_the_same_bytes_and_comes_back() -> None:
    content = b'{"name":"value"}' * 1000
    coded = gzipped(content)
    assert coded == gzipped(content)
    assert coded[4:8] == bytes(4), "the header's time"
    assert gzip.decompress(coded) == content
    assert len(coded) < len(content) / 10
