"""Addresses in answers: signed status links, and download links that live for minutes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from meshmill.domain.asset import Asset, StoredFile
from meshmill.domain.signing import sign_status_link
from meshmill.ports import Clock, DownloadLinks, SigningSecret
from meshmill.settings import Links

# Letters of every script stay; quotes, white space and separators of paths don't.
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMinter:
    """Mints all addresses of an asset; nothing here is a round trip."""

    public_base_url: str
    secret: SigningSecret
    downloads: DownloadLinks
    clock: Clock
    status_link_seconds: int
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
            download_link_seconds=settings.download_link_seconds,
        )

    def asset_url(self, asset: Asset) -> str:
        """Where the asset is read with a token."""
        return f"{self.public_base_url}/api/v1/assets/{asset.asset_id}"

    def status_url(self, asset: Asset) -> str:
        """Where the asset is read without a token, until the link expires."""
        expires = self.clock.now_ms() // 1000 + self.status_link_seconds
        signature = sign_status_link(self.secret.keys(), "assets", asset.asset_id, expires)
        path = status_path("assets", asset.asset_id, str(expires), signature)
        return f"{self.public_base_url}{path}"

    def file_url(self, asset: Asset, file: StoredFile) -> tuple[str, int]:
        """A download link and when it expires, milliseconds since 1970."""
        expires_at = self.clock.now_ms() + self.download_link_seconds * 1000
        url = self.downloads.url(file, save_as(asset, file), self.download_link_seconds)
        return url, expires_at


def status_path(kind: str, identifier: str, expires: str, signature: str) -> str:
    """Path and query of a signed status link."""
    return f"/api/v1/status/{kind}/{identifier}?expires={expires}&signature={signature}"


def save_as(asset: Asset, file: StoredFile) -> str:
    """``{custom_id or generator}-{first 8 of spec_id}.{ext}``; further files add their name."""
    generator = asset.canonical_request["parameters"]["generator"]
    base = _UNSAFE.sub("_", asset.custom_id or generator)
    infix = "" if file.name == "model" else f"-{file.name}"
    extension = file.filename.rpartition(".")[2]
    return f"{base}-{asset.spec_id[:8]}{infix}.{extension}"
