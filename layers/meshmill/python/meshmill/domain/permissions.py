"""What a caller may do: the names that tokens, API keys, the issuer and the user pool share."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """``resource:action``; in the scopes of an OAuth server, ``resource/action``."""

    ASSETS_CREATE = "assets:create"
    ASSETS_READ = "assets:read"
    ASSETS_DELETE = "assets:delete"
    BATCHES_CREATE = "batches:create"
    BATCHES_READ = "batches:read"
    ACCOUNT_MANAGE = "account:manage"
    ADMIN_READ = "admin:read"

    @property
    def resource(self) -> str:
        """What it is about."""
        return self.value.partition(":")[0]

    @property
    def action(self) -> str:
        """What may be done with it."""
        return self.value.partition(":")[2]


USER_PERMISSIONS = tuple(each for each in Permission if each is not Permission.ADMIN_READ)
"""Everything that concerns the caller's own data alone."""
