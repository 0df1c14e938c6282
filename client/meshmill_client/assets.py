"""``client.assets``: everything that can be done with assets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from meshmill_client.downloads import downloaded
from meshmill_client.errors import AssetFailed, LinkRefused, NotReady
from meshmill_client.models import Asset, AssetPage, AssetStatus
from meshmill_client.polling import OnProgress, until_final
from meshmill_client.retries import certainly_not_received, transient
from meshmill_client.session import Call, Session

_PATH = "/api/v1/assets"
_DEFAULT_TIMEOUT = 300.0


class Assets:
    """Create, read, list, wait for and download assets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(
        self,
        *,
        format: str,  # noqa: A002  # the contract's word
        parameters: Mapping[str, Any] | None = None,
        priority: int | None = None,
        labels: Mapping[str, str] | None = None,
        custom_id: str | None = None,
        on_duplicate: Literal["return", "reject"] = "return",
    ) -> Asset:
        """Ask for an asset, or find the one that stands for the same request.

        It is tried again where the answer is lost: the service makes one asset of equal requests.
        With ``on_duplicate="reject"`` it is only tried again where it can't have been received,
        for the second try would be refused as a duplicate of the first.

        Args:
            format: output format, for example ``gltf``.
            parameters: what to generate; every member has a default.
            priority: 1 … 10; 8 and above is the express lane, 3 and below the bulk lane.
            labels: up to ten texts by key, stored with the asset.
            custom_id: your own name of the asset.
            on_duplicate: ``return`` the asset that stands there already, or ``reject``.

        Raises:
            DuplicateRequest: it stands there already, and ``on_duplicate`` is ``reject``.
            ValidationFailed: the request breaks rules.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        body: dict[str, Any] = {"format": format, "parameters": dict(parameters or {})}
        optional = {"priority": priority, "labels": labels, "custom_id": custom_id}
        body |= {name: value for name, value in optional.items() if value is not None}
        rejects = on_duplicate == "reject"
        call = Call(
            method="POST",
            path=_PATH,
            params={"on_duplicate": on_duplicate} if rejects else None,
            json=body,
        )
        worth_repeating = certainly_not_received if rejects else transient
        return Asset.read(self._session.send(call, worth_repeating))

    def get(self, asset_id: str) -> Asset:
        """The asset as of now, with fresh links.

        Raises:
            NotFound: there is none of this id.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        path = f"{_PATH}/{quote(asset_id, safe='')}"
        return Asset.read(self._session.send(Call(method="GET", path=path)))

    def list(
        self,
        *,
        status: AssetStatus | None = None,
        format: str | None = None,  # noqa: A002  # the contract's word
        generator: str | None = None,
        page_size: int = 100,
    ) -> Iterator[Asset]:
        """All assets, newest first; pages are read as the iterator gets to them.

        Args:
            status: only assets in this state.
            format: only assets of this output format.
            generator: only assets of this generator.
            page_size: assets a request, 1 … 100.

        Raises:
            ApiError, ConnectionFailed, TokenRefused: as every call, while iterating.
        """
        filters = {"status": status, "format": format, "generator": generator}
        params = {name: str(value) for name, value in filters.items() if value is not None}
        params["limit"] = str(page_size)
        while True:
            response = self._session.send(Call(method="GET", path=_PATH, params=params))
            page = AssetPage.read(response)
            yield from page.data
            if page.next_cursor is None:
                return
            params["cursor"] = page.next_cursor

    def wait(
        self,
        asset: Asset,
        timeout: float = _DEFAULT_TIMEOUT,
        on_progress: OnProgress = lambda _: None,
    ) -> Asset:
        """The asset once it is completed, by its signed link: no token, no rate limit.

        Args:
            asset: as any call returned it.
            timeout: seconds to wait at most.
            on_progress: receives the asset each time that it has been looked at; what it raises
                ends the waiting.

        Raises:
            AssetFailed: it failed.
            WaitTimeout: it is not final in time.
            ApiError, ConnectionFailed: it can't be looked at.
        """
        session = self._session
        done = until_final(
            asset, Asset.read, session.transport, session.clock, timeout, on_progress
        )
        if done.status is AssetStatus.FAILED:
            raise AssetFailed(done)
        return done

    def download(self, asset: Asset, directory: Path | str) -> dict[str, Path]:
        """All files of a completed asset, by name, checked by their SHA-256.

        Each appears under its name in ``directory`` whole, or not at all, and replaces what stood
        there. Links that have expired are minted anew, once.

        Args:
            asset: a completed asset.
            directory: is made where it doesn't exist.

        Raises:
            NotReady: the asset is not completed.
            DownloadFailed: what comes is not the file.
            ApiError, ConnectionFailed, TokenRefused: as every call.
            OSError: the directory can't be written to.
        """
        if asset.status is not AssetStatus.COMPLETED:
            raise NotReady(f"asset {asset.asset_id} is {asset.status}: it has no files yet")
        target = Path(directory)
        target.mkdir(parents=True, exist_ok=True)
        try:
            return self._all_files(asset, target)
        except LinkRefused:
            return self._all_files(self.get(asset.asset_id), target)

    def _all_files(self, asset: Asset, directory: Path) -> dict[str, Path]:
        transport = self._session.transport
        return {file.name: downloaded(file, directory, transport) for file in asset.files}
