"""Addresses in answers: signed status links, and download links that live for minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from meshmill.domain.asset import Asset, StoredFile
from meshmill.domain.signing import sign_status_link
from meshmill.http.answer import opaque_tag
from meshmill.ports import Clock, DownloadLinks, SigningSecret
from meshmill.settings import Links

if TYPE_CHECKING:
    from meshmill.domain.batch import Batch

#: For so long, in milliseconds, the links of an answer are as good as fresh ones: a download link
#: lives three times as long.
LINK_WINDOW_MS = 5 * 60_000
# Letters of every script stay; quotes, white space and separators of paths don't.
_UNSAFE = re.compile(r"[^\w.-]+")
_LONGEST_STEM = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMinter:
    """Mints all addresses in answers; nothing here is a round trip."""

    public_base_url: str
    secret: SigningSecret
    downloads: DownloadLinks
    clock: Clock
    status_link_seconds: int
    account_link_seconds: int
    batch_link_seconds: int
    download_link_seconds: int

    @classmethod
    def configured(
        cls, settings: Links, secret: SigningSecret, downloads: DownloadLinks, clock: Clock
    ) -> Self:
        """With addresses and lifetimes of a function's settings."""
        return cls(
            public_base_url=settings.public_base_url,
            secret=secret,
            downloads=downloads,
            clock=clock,
            status_link_seconds=settings.status_link_seconds,
            account_link_seconds=settings.account_link_seconds,
            batch_link_seconds=settings.batch_link_seconds,
            download_link_seconds=settings.download_link_seconds,
        )

    def asset_url(self, asset: Asset) -> str:
        """Where the asset is read with a token."""
        return f"{self.public_base_url}/api/v1/assets/{asset.asset_id}"

    def entity_tag(self, asset: Asset) -> str:
        """Names the asset's state and the window of its links, in whichever answer they stand."""
        return self.state_tag(f"{asset.run} {asset.version}")

    def state_tag(self, state: str) -> str:
        """Names a state in this window of links."""
        window = self.clock.now_ms() // LINK_WINDOW_MS
        return opaque_tag(f"{state} {window}".encode())

    def file_address(self, asset: Asset, file: StoredFile) -> str:
        """Where a fresh download link is had, for as long as the asset stands."""
        return f"{self.asset_url(asset)}/files/{file.name}"

    def status_url(self, asset: Asset) -> str:
        """Where the asset is read without a token, until the link expires."""
        return self.signed_url("assets", asset.asset_id, self.status_link_seconds)

    def batch_url(self, batch_id: str) -> str:
        """Where a batch is read with a token."""
        return f"{self.public_base_url}/api/v1/batches/{batch_id}"

    def batch_status_url(self, batch_id: str) -> str:
        """Where it is read without a token, until the link expires."""
        return self.signed_url("batches", batch_id, self.batch_link_seconds)

    def batch_file_url(self, batch: Batch, file: StoredFile) -> tuple[str, int]:
        """A download link of one of its files, and when it expires, milliseconds since 1970."""
        return self.download(file, save_report_as(batch, file))

    def export_url(self, user_id: str) -> str:
        """Where the export of a user's account is read without a token."""
        return self.signed_url("exports", user_id, self.account_link_seconds)

    def erasure_url(self, user_id: str) -> str:
        """Where the receipt of its erasure is read without a token."""
        return self.signed_url("erasures", user_id, self.account_link_seconds)

    def signed_url(self, kind: str, identifier: str, seconds: int) -> str:
        """A status link of any kind that is good for so many seconds."""
        expires = self.clock.now_ms() // 1000 + seconds
        signature = sign_status_link(self.secret.keys(), kind, identifier, expires)
        path = status_path(kind, identifier, str(expires), signature)
        return f"{self.public_base_url}{path}"

    def file_url(self, asset: Asset, file: StoredFile) -> tuple[str, int]:
        """A download link and when it expires, milliseconds since 1970."""
        return self.download(file, save_as(asset, file))

    def download(self, file: StoredFile, name: str) -> tuple[str, int]:
        """Likewise, for a file that is to be saved under a name."""
        expires_at = self.clock.now_ms() + self.download_link_seconds * 1000
        return self.downloads.url(file, name, self.download_link_seconds), expires_at


def status_path(kind: str, identifier: str, expires: str, signature: str) -> str:
    """Path and query of a signed status link."""
    return f"/api/v1/status/{kind}/{identifier}?expires={expires}&signature={signature}"


def save_as(asset: Asset, file: StoredFile) -> str:
    """``{custom_id or generator}-{first 8 of spec_id}.{ext}``; further files add their name."""
    base = _UNSAFE.sub("_", asset.custom_id or asset.generator)
    infix = "" if file.name == "model" else f"-{file.name}"
    extension = file.filename.rpartition(".")[2]
    return f"{base}-{asset.spec_id[:8]}{infix}.{extension}"


def save_report_as(batch: Batch, file: StoredFile) -> str:
    """``{filename without its ending}-{results or errors}.{ext}``."""
    stem = batch.filename.rpartition(".")[0] or batch.filename
    return f"{_UNSAFE.sub('_', stem)[:_LONGEST_STEM]}-{file.filename}"
