"""Presigned download URLs."""

from __future__ import annotations

import re
from urllib.parse import quote

from meshmill.aws.s3_signing import UrlSigner
from meshmill.domain.asset import StoredFile

# What a quoted file name may hold in every browser: no quotes, no separators of paths.
_UNSAFE = re.compile(r"[^A-Za-z0-9 ._()+,=@-]")


class S3DownloadLinks:
    """URLs signed with the process's own credentials, made without a round trip.

    They open nothing that the signing role may not read, and die with its session.
    """

    def __init__(self, signer: UrlSigner) -> None:
        self._signer = signer

    def url(self, file: StoredFile, save_as: str, seconds: int) -> str:
        """A URL that downloads the file as an attachment named ``save_as``."""
        overrides = {
            "response-content-disposition": _attachment(save_as),
            "response-content-type": file.media_type,
        }
        return self._signer.url(file.key, overrides, seconds)


def _attachment(name: str) -> str:
    """``Content-Disposition`` with the name in plain ASCII and, where that differs, as it is.

    Source: RFC 6266, sections 4.3 and 5; RFC 8187 for the extended form.
    """
    plain = _UNSAFE.sub("_", name)
    disposition = f'attachment; filename="{plain}"'
    return disposition if plain == name else f"{disposition}; filename*=UTF-8''{quote(name, '')}"
