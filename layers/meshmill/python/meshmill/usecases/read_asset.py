"""Read one asset or find one of its files, for its owner or for an admin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshmill.domain.asset import Asset, Status, StoredFile
from meshmill.domain.attribution import Reader
from meshmill.domain.errors import InvalidState, NotFound, absent_asset
from meshmill.ports import AssetStore

if TYPE_CHECKING:
    # Made when somebody else's asset is asked for, and most processes never are.
    from meshmill.usecases.cross_user_reading import CrossUserReading


@dataclass(frozen=True, slots=True)
class ReadAsset:
    """One consistent read; ``cross_user_reading`` writes an audit entry for a foreign asset."""

    assets: AssetStore
    cross_user_reading: Callable[[], CrossUserReading]

    def __call__(self, reader: Reader, asset_id: str) -> Asset:
        """The reader's asset, or any that the reader may read.

        Raises:
            NotFound: there is none, or it is somebody else's.
            DependencyUnavailable: it can't be read, or it can't be written down that it was.
        """
        asset = self.assets.get(asset_id)
        if asset is None:
            raise absent_asset()
        if asset.user_id != reader.user_id:
            if not reader.reads_all_users:
                raise absent_asset()
            self.cross_user_reading().asset_read(reader, asset)
        return asset


@dataclass(frozen=True, slots=True)
class FindFile:
    """One consistent read, for one of an asset's files."""

    read: ReadAsset

    def __call__(self, reader: Reader, asset_id: str, name: str) -> tuple[Asset, StoredFile]:
        """An asset that the reader may read, and its file of this name.

        Raises:
            NotFound: there is no such asset or no such file, or the asset is somebody else's.
            InvalidState: the asset has no files, since it isn't completed.
        """
        asset = self.read(reader, asset_id)
        if asset.status is not Status.COMPLETED:
            raise InvalidState(
                f"The asset is {asset.status}; it has files once it is completed",
                {"status": asset.status},
            )
        named = {file.name: file for file in asset.files}
        if name not in named:
            raise NotFound("The asset has no such file", {"allowed": list(named)})
        return asset, named[name]
