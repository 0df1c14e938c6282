"""The service's objects. Members that a newer service adds are passed over."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from meshmill_client.errors import UnexpectedAnswer

Item = TypeVar("Item")


class Wire(BaseModel):
    """Immutable, read from JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def read(cls, response: httpx.Response) -> Self:
        """The object in an answer.

        Raises:
            UnexpectedAnswer: the body is something else.
        """
        answered = f"{response.request.url.path} answered {response.status_code} with something"
        return cls.parsed(response.content, answered)

    @classmethod
    def parsed(cls, content: bytes, told_as: str) -> Self:
        """The object in a text, which an error calls ``told_as``.

        Raises:
            UnexpectedAnswer: the text is something else.
        """
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the body"
            raise UnexpectedAnswer(
                f"{told_as} that is not a {cls.__name__}: {where}: {first['msg']}"
            ) from None


class Status(StrEnum):
    """A state by name. One that only a newer service knows is kept as it is, and isn't final."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown


class AssetStatus(Status):
    """``pending → processing → completed | failed``."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


class AssetStats(Wire):
    """Counts over the most detailed level of the model."""

    triangles: int
    vertices: int
    materials: int
    textures: int


class AssetFile(Wire):
    """A file of a completed asset; ``url`` downloads it until ``expires_at``.

    ``name`` addresses it (``model``, ``model_lod1``, ``preview``, ``provenance``), ``filename``
    is what it is called (``model.glb``).
    """

    name: str
    filename: str
    media_type: str
    bytes: int
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    url: str = Field(repr=False)
    expires_at: datetime


class Failure(Wire):
    """Why an asset failed; a ``retryable`` one may be asked for again.

    ``fault`` is ``input`` or ``system``.
    """

    code: str
    message: str
    fault: str = Field(alias="class")
    retryable: bool


class AssetLinks(Wire):
    """Addresses that stay as long as the asset: its own, and its files' by their names.

    They are read with credentials; a file's redirects to a link that expires.
    """

    asset: str = Field(alias="self")
    files: dict[str, str] = {}


class Asset(Wire):
    """One request of one user, and how far it has come.

    ``deduplicated`` is only known of an asset that :meth:`Assets.create` returned: whether the
    same request stood there before.
    """

    object: Literal["asset"] = "asset"
    asset_id: str
    spec_id: str
    status: AssetStatus
    format: str
    parameters: dict[str, Any]
    priority: int
    labels: dict[str, str]
    custom_id: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    attempts: int
    queue_ms: int | None
    generation_ms: int | None
    status_url: str = Field(repr=False)
    links: AssetLinks
    deduplicated: bool | None = None
    stats: AssetStats | None = None
    files: tuple[AssetFile, ...] = ()
    error: Failure | None = None

    @property
    def name(self) -> str:
        """What it is called where people read of it."""
        return f"asset {self.asset_id}"

    @property
    def is_final(self) -> bool:
        """Nothing happens to the asset by itself any more."""
        return self.status in (AssetStatus.COMPLETED, AssetStatus.FAILED)


class Page(Wire, Generic[Item]):
    """A page of a listing, newest first; ``next_cursor`` leads to the next one."""

    data: tuple[Item, ...]
    next_cursor: str | None


class AssetPage(Page[Asset]):
    """Some assets."""


class Estimate(Wire):
    """What making an asset takes: ``seconds`` of one core, ``megabytes`` of memory at most."""

    triangles: int
    bytes: int
    seconds: float
    megabytes: int


class DryRun(Wire):
    """A request as the service understands it, before anything is made.

    ``status`` is that of the asset that stands there already, where ``exists``.
    """

    object: Literal["estimate"] = "estimate"
    asset_id: str
    spec_id: str
    exists: bool
    status: AssetStatus | None
    format: str
    parameters: dict[str, Any]
    priority: int
    labels: dict[str, str]
    custom_id: str | None
    estimate: Estimate


class Generator(Wire):
    """A generator: ``options`` is the JSON Schema of its ``parameters.options``.

    ``estimates`` are by quality, of a glTF asset with all else at its default.
    """

    object: Literal["generator"] = "generator"
    name: str
    description: str
    formats: tuple[str, ...]
    options: dict[str, Any]
    defaults: dict[str, Any]
    estimates: dict[str, Estimate]


class GeneratorList(Wire):
    """All generators."""

    data: tuple[Generator, ...]
