"""Read one asset, for its owner or for whoever holds its signed link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from meshmill.domain.asset import Asset, Status, StoredFile
from meshmill.domain.attribution import Reader
from meshmill.domain.errors import InvalidState, NotFound
from meshmill.domain.signing import SigningKeys, verify_status_link
from meshmill.ports import AssetStore, Clock, SigningSecret
from meshmill.usecases.signatures import check

if TYPE_CHECKING:
    from meshmill.domain.account_job import AccountJob

    # Made when somebody else's asset is asked for, and most processes never are.
    from meshmill.usecases.oversight import Oversight


@dataclass(frozen=True, slots=True)
class ReadAsset:
    """One consistent read, and for somebody else's asset one audit entry by ``oversight``."""

    assets: AssetStore
    oversight: Callable[[], Oversight]

    def __call__(self, reader: Reader, asset_id: str) -> Asset:
        """The reader's asset, or any that the reader may read.

        Raises:
            NotFound: there is none, or it is somebody else's.
            DependencyUnavailable: it can't be read, or it can't be written down that it was.
        """
        asset = self.assets.get(asset_id)
        if asset is None:
            _absent()
        if asset.user_id != reader.user_id:
            if not reader.reads_all_users:
                _absent()
            self.oversight().asset_read(reader, asset)
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


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """One consistent read, for a signature instead of a token.

    ``readers`` find the record of an identifier, by the kind of link.
    """

    readers: Mapping[str, Callable[[str], Asset | AccountJob | None]]
    secret: SigningSecret
    clock: Clock

    def __call__(
        self, kind: str, identifier: str, expires: str, signature: str
    ) -> Asset | AccountJob:
        """The record that a signed link names.

        Raises:
            InvalidSignature: the link is not as it was signed.
            LinkExpired: it is past its time.
            NotFound: the record was deleted since.
        """
        now_seconds = self.clock.now_ms() // 1000

        def verify(keys: SigningKeys) -> None:
            verify_status_link(keys, kind, identifier, expires, signature, now_seconds)

        check(self.secret, verify)
        # Only links of these kinds are ever signed, so another kind got no further.
        record = self.readers[kind](identifier) if kind in self.readers else None
        if record is None:
            _absent()
        return record


def _absent() -> NoReturn:
    raise NotFound("There is no such asset")
