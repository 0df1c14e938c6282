"""The messages that ask an ingester for work on a batch."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from meshmill.domain.work import UnreadableMessage


class _OfABatch(BaseModel):
    """``user_id`` keeps the queue fair between users."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    batch_id: str = Field(pattern=r"^[0-9a-f-]{36}$")
    user_id: str = Field(pattern=r"^u[a-z2-7]{32}$")


class ChunkItem(_OfABatch):
    """Ingest a chunk of the plan; of one that is done, see whether the batch can be reported."""

    chunk: int = Field(ge=0, lt=1_000_000)


class RedriveItem(_OfABatch):
    """Ask again for what had failed when a redrive was asked for.

    Assets up to and with ``after``, in the order of their ids, are dealt with.
    """

    redriving_since: int = Field(ge=0)
    after: str | None = Field(None, pattern=r"^[0-9a-f-]{36}$")


_READER: TypeAdapter[ChunkItem | RedriveItem] = TypeAdapter(ChunkItem | RedriveItem)


def parse_batch_work(body: str) -> ChunkItem | RedriveItem:
    """Read a message's body.

    Raises:
        UnreadableMessage: it is none of ours.
    """
    try:
        return _READER.validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage(f"{error.error_count()} problems in the body") from None
