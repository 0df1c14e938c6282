"""``client.assets``: everything that can be done with assets."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from meshmill_client.addresses import segment
from meshmill_client.blocking import blocking, blocking_iterator
from meshmill_client.downloads import Links, all_downloaded
from meshmill_client.errors import AssetFailed, NotReady
from meshmill_client.listing import listed
from meshmill_client.models import Asset, AssetFile, AssetPage, AssetStatus, DryRun
from meshmill_client.polling import Deadline, Followed, OnProgress, until_final
from meshmill_client.request_types import Format, GeneratorName, Parameters
from meshmill_client.retries import WorthRepeating, certainly_not_received, never, transient
from meshmill_client.session import Call, Session
from meshmill_client.transfers import OnTransfer, unobserved

_PATH = "/api/v1/assets"
_DEFAULT_TIMEOUT = 300.0


class AsyncAssets:
    """Create, read, list, wait for, download and delete assets."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def create(
        self,
        *,
        format: Format | str,  # noqa: A002  # the contract's word
        parameters: Parameters | Mapping[str, Any] | None = None,
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
        body = _body(format, parameters, priority, labels, custom_id)
        rejects = on_duplicate == "reject"
        params = {"on_duplicate": on_duplicate} if rejects else None
        call = Call(method="POST", path=_PATH, params=params, json=body)
        worth_repeating = certainly_not_received if rejects else transient
        return Asset.read(await self._session.send(call, worth_repeating))

    async def estimate(
        self,
        *,
        format: Format | str,  # noqa: A002  # the contract's word
        parameters: Parameters | Mapping[str, Any] | None = None,
        priority: int | None = None,
        labels: Mapping[str, str] | None = None,
        custom_id: str | None = None,
    ) -> DryRun:
        """What :meth:`create` would make of the same arguments, and what it would take.

        Nothing is made; whether the asset exists already is told as well.

        Args:
            format: output format, for example ``gltf``.
            parameters: what to generate; every member has a default.
            priority: 1 … 10.
            labels: up to ten texts by key.
            custom_id: your own name of the asset.

        Raises:
            ValidationFailed: the request breaks rules.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        body = _body(format, parameters, priority, labels, custom_id)
        call = Call(method="POST", path=_PATH, params={"dry_run": "true"}, json=body)
        return DryRun.read(await self._session.send(call))

    async def get(self, asset_id: str) -> Asset:
        """The asset as of now, with fresh links.

        Raises:
            NotFound: there is none of this id.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        return await self._seen(asset_id, transient)

    def list(
        self,
        *,
        status: AssetStatus | str | None = None,
        format: Format | str | None = None,  # noqa: A002  # the contract's word
        generator: GeneratorName | str | None = None,
        page_size: int = 100,
    ) -> AsyncGenerator[Asset, None]:
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
        return listed(self._session, _PATH, params, AssetPage)

    async def wait(
        self,
        asset: Asset | str,
        timeout: float = _DEFAULT_TIMEOUT,
        on_progress: OnProgress = unobserved,
    ) -> Asset:
        """The asset once it is completed, by its signed link: no token, no rate limit.

        While the service does not answer, it is asked again until the time is over.

        Args:
            asset: as any call returned it, or its id.
            timeout: seconds to wait at most.
            on_progress: receives the asset each time that it has been looked at; what it raises
                ends the waiting.

        Raises:
            AssetFailed: it failed.
            WaitTimeout: it is not final in time.
            ApiError, ConnectionFailed: it can't be looked at.
        """
        deadline = Deadline(timeout, self._session.transport.runtime)
        begun = await self._seen(asset, deadline.allows) if isinstance(asset, str) else asset

        async def anew() -> Asset:
            return await self._seen(begun.asset_id, never)

        followed = Followed(seen=begun, is_settled=begun.is_final, read=Asset.read, anew=anew)
        done = await until_final(followed, self._session.transport, deadline, on_progress)
        if done.status is AssetStatus.FAILED:
            raise AssetFailed(done)
        return done

    async def download(
        self, asset: Asset | str, directory: Path | str, on_transfer: OnTransfer = unobserved
    ) -> dict[str, Path]:
        """All files of a completed asset, by name, checked by their SHA-256.

        Each appears under its name in ``directory`` whole, or not at all, and replaces what stood
        there; one that stands there already isn't fetched. A download that breaks off goes on
        where it was, also in a later call. Links that have expired are minted anew.

        Args:
            asset: a completed asset, or its id.
            directory: is made where it doesn't exist.
            on_transfer: receives how far each file is; what it raises ends the download.

        Raises:
            NotReady: the asset is not completed.
            DownloadFailed: what comes is not the file.
            ApiError, ConnectionFailed, TokenRefused: as every call.
            OSError: the directory can't be written to.
        """
        if isinstance(asset, str):
            asset = await self.get(asset)
        if asset.status is not AssetStatus.COMPLETED:
            raise NotReady(f"asset {asset.asset_id} is {asset.status}: it has no files yet")
        asset_id = asset.asset_id

        async def fresh() -> Iterable[AssetFile]:
            return (await self.get(asset_id)).files

        links, transport = Links(asset.files, fresh), self._session.transport
        return await all_downloaded(links, directory, transport, on_transfer)

    async def delete(self, asset: Asset | str) -> None:
        """Delete an asset and its record; the same request makes it again.

        Args:
            asset: as any call returned it, or its id.

        Raises:
            NotFound: there is none of this id.
            InvalidState: it is being made just now, or its line of a manifest isn't counted yet.
            ApiError, ConnectionFailed, TokenRefused: as every call.
        """
        asset_id = asset if isinstance(asset, str) else asset.asset_id
        await self._session.delete(_path(asset_id))

    async def _seen(self, asset_id: str, worth_repeating: WorthRepeating) -> Asset:
        call = Call(method="GET", path=_path(asset_id))
        return Asset.read(await self._session.send(call, worth_repeating))


class Assets:
    """Create, read, list, wait for, download and delete assets."""

    def __init__(self, session: Session) -> None:
        self._calls = AsyncAssets(session)

    create = blocking(AsyncAssets.create)
    estimate = blocking(AsyncAssets.estimate)
    get = blocking(AsyncAssets.get)
    list = blocking_iterator(AsyncAssets.list)
    wait = blocking(AsyncAssets.wait)
    download = blocking(AsyncAssets.download)
    delete = blocking(AsyncAssets.delete)


def _path(asset_id: str) -> str:
    return f"{_PATH}/{segment(asset_id)}"


def _body(
    output_format: str,
    parameters: Parameters | Mapping[str, Any] | None,
    priority: int | None,
    labels: Mapping[str, str] | None,
    custom_id: str | None,
) -> dict[str, Any]:
    body: dict[str, Any] = {"format": output_format, "parameters": _plain(parameters or {})}
    optional = {"priority": priority, "labels": labels, "custom_id": custom_id}
    return body | {name: _plain(value) for name, value in optional.items() if value is not None}


def _plain(value: Any) -> Any:
    """Mappings of any kind as those that JSON is written from."""
    if not isinstance(value, Mapping):
        return value
    return {name: _plain(member) for name, member in value.items()}
