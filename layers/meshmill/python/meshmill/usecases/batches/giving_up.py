"""Why a batch as a whole fails, beside what its manifest is refused for."""

from __future__ import annotations

from typing import Final

from meshmill.domain.batch import BatchError

LOST: Final = BatchError("MANIFEST_LOST", "The uploaded file is gone; upload it again")
EXPIRED: Final = BatchError("UPLOAD_EXPIRED", "Nothing was uploaded in time")


def spent(attempts: int) -> BatchError:
    """The manifest could not be split, however often it was tried."""
    return BatchError("INTERNAL_ERROR", f"All {attempts} attempts failed; upload the file again")
