"""Presigned download URLs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from meshmill.domain.asset import StoredFile

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

# What a quoted file name may hold in every browser: no quotes, no separators of paths.
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()+,=@-]")


class S3DownloadLinks:
    """URLs signed with the process's own credentials, made without a round trip.

    They open nothing that the signing role may not read, and die with its session.
    """

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def url(self, file: StoredFile, save_as: str, seconds: int) -> str:
        """A URL that downloads the file as an attachment named ``save_as``."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": file.key,
                "ResponseContentDisposition": _attachment(save_as),
                "ResponseContentType": file.media_type,
            },
            ExpiresIn=seconds,
        )


def _attachment(name: str) -> str:
    """``Content-Disposition`` with the name in plain ASCII and, where that differs, as it is.

    Source: RFC 6266, sections 4.3 and 5; RFC 8187 for the extended form.
    """
    plain = _UNSAFE.sub("_", name)
    disposition = f'attachment; filename="{plain}"'
    return disposition if plain == name else f"{disposition}; filename*=UTF-8''{quote(name, '')}"
