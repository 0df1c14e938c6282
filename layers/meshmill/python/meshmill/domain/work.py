"""The message that asks a worker for one asset."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from meshmill.domain.asset import Asset


class UnreadableMessage(Exception):
    """A message that no version of ours has written."""


class UnbuildableSpec(Exception):
    """A spec that passes validation and still can't be built, however often it is tried."""


class WorkItem(BaseModel):
    """Which run of which asset to build; ``user_id`` keeps the queue fair between users."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    asset_id: str = Field(pattern=r"^[0-9a-f-]{36}$")
    run: str = Field(pattern=r"^[0-9A-Z]{26}$")
    user_id: str = Field(pattern=r"^u[a-z2-7]{32}$")

    @classmethod
    def of(cls, asset: Asset) -> WorkItem:
        """The message for an asset's current run."""
        return cls(asset_id=asset.asset_id, run=asset.run, user_id=asset.user_id)

    @classmethod
    def parse(cls, body: str) -> WorkItem:
        """Read a message's body.

        Raises:
            UnreadableMessage: it is none of ours.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise UnreadableMessage(f"{error.error_count()} problems in the body") from None
