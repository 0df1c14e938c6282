"""The stand-in's S3: one version of each object, whole or in ranges, put or uploaded in parts."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

VERSION = "the-only-one"
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Response:
    """Status, body, and headers beside those of every answer; ``length`` where it isn't sent."""

    status: str = "200 OK"
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


def _versions(key: str) -> Response:
    told = f"<Version><Key>{key}</Key><VersionId>{VERSION}</VersionId></Version>"
    result = f"<IsTruncated>false</IsTruncated>{told}"
    return Response(body=f"<ListVersionsResult>{result}</ListVersionsResult>".encode())


class Objects:
    """Objects by their paths, bucket included; uploads by their ids."""

    def __init__(self) -> None:
        self._stored: dict[str, bytes] = {}
        self._uploads: dict[str, dict[int, bytes]] = {}
        self._numbers = itertools.count()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """What S3 answers."""
        path, _, query = target.partition("?")
        asked = parse_qs(query, keep_blank_values=True)
        if "versions" in asked:
            return _versions(asked["prefix"][0])
        upload = asked.get("uploadId", [""])[0]
        calls: dict[str, Callable[[], Response]] = {
            "HEAD": lambda: self._headed(path),
            "GET": lambda: self._got(path, headers.get("range")),
            "PUT": lambda: self._put(path, upload, int(asked.get("partNumber", ["0"])[0]), body),
            "POST": lambda: self._completed(path, upload) if upload else self._begun(),
        }
        return calls[method]()

    def _headed(self, path: str) -> Response:
        if path not in self._stored:
            return Response("404 Not Found")
        return Response(length=len(self._stored[path]))

    def _got(self, path: str, part: str | None) -> Response:
        if path not in self._stored:
            return Response("404 Not Found", b"<Error><Code>NoSuchKey</Code></Error>")
        stored, told = self._stored[path], {"x-amz-version-id": VERSION}
        asked = _RANGE.fullmatch(part or "")
        if asked is None:
            return Response("200 OK", stored, told)
        begin, last = int(asked[1]), min(int(asked[2]), len(stored) - 1)
        told["Content-Range"] = f"bytes {begin}-{last}/{len(stored)}"
        return Response("206 Partial Content", stored[begin : last + 1], told)

    def _put(self, path: str, upload: str, number: int, body: bytes) -> Response:
        if upload:
            self._uploads[upload][number] = body
        else:
            self._stored[path] = body
        return Response(headers={"ETag": f'"{hashlib.md5(body).hexdigest()}"'})

    def _begun(self) -> Response:
        upload = f"upload-{next(self._numbers)}"
        self._uploads[upload] = {}
        told = f"<UploadId>{upload}</UploadId>".encode()
        return Response(
            body=b"<InitiateMultipartUploadResult>%b</InitiateMultipartUploadResult>" % told
        )

    def _completed(self, path: str, upload: str) -> Response:
        parts = self._uploads.pop(upload)
        self._stored[path] = b"".join(parts[number] for number in sorted(parts))
        return Response(
            body=b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
        )
