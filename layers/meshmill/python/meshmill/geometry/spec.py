"""What is asked of the engine: format and parameters, validated, with one canonical spelling."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from meshmill.geometry.options import COMBINATION, Options
from meshmill.geometry.registry import DEFAULT_GENERATOR, FORMATS, GENERATORS

Quality = Literal["low", "medium", "high"]
TextureFormat = Literal["png", "jpeg", "webp"]

#: Error types that name what is allowed in ``ctx["allowed"]``.
UNKNOWN_FORMAT = "unknown_format"
UNKNOWN_GENERATOR = "unknown_generator"


def _integer(value: Any) -> Any:
    """A literal compares by value, so that 1024.0 would pass for 1024; a strict integer doesn't."""
    if type(value) is not int:
        raise PydanticCustomError("int_type", "Input should be a valid integer")
    return value


TextureSize = Annotated[Literal[256, 512, 1024, 2048, 4096], BeforeValidator(_integer)]

_STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class CommonParameters(BaseModel):
    """Parameters that every generator takes; ``generator`` and ``options`` narrow per generator."""

    model_config = _STRICT

    generator: str
    quality: Quality = Field("medium", description="Triangle budget: 2,000, 20,000 or 200,000.")
    texture_size: TextureSize = Field(
        1024, description="Edge of the primary material's maps in pixels."
    )
    texture_format: TextureFormat = Field("png", description="Encoding of the base colour.")
    lods: int = Field(0, ge=0, le=3, description="Further levels of detail, each a file.")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="Another seed is another individual.")
    options: Options


def _generator_tag(value: Any) -> str | None:
    """The tag that selects a parameters model; no object falls to the default model's errors."""
    if isinstance(value, CommonParameters):
        return value.generator
    name = value.get("generator", DEFAULT_GENERATOR) if isinstance(value, dict) else None
    if name is None and not isinstance(value, dict):
        return DEFAULT_GENERATOR
    return name if isinstance(name, str) and name in GENERATORS else None


def _known_format(value: str) -> str:
    if value not in FORMATS:
        raise PydanticCustomError(UNKNOWN_FORMAT, "Unsupported format", {"allowed": list(FORMATS)})
    return value


if TYPE_CHECKING:
    Parameters = CommonParameters
else:
    PARAMETERS_BY_GENERATOR: dict[str, type[CommonParameters]] = {
        entry.name: create_model(
            f"{entry.name.capitalize()}Parameters",
            __base__=CommonParameters,
            generator=(Literal[entry.name], entry.name),
            options=(entry.options, entry.options()),
        )
        for entry in GENERATORS.values()
    }
    Parameters = Annotated[
        Union[  # noqa: UP007 - the members are only known here
            tuple(Annotated[model, Tag(name)] for name, model in PARAMETERS_BY_GENERATOR.items())
        ],
        Discriminator(
            _generator_tag,
            custom_error_type=UNKNOWN_GENERATOR,
            custom_error_message="Unknown generator",
            custom_error_context={"allowed": list(GENERATORS)},
        ),
    ]


class AssetSpec(BaseModel):
    """Format and parameters of one asset, all defaults filled in.

    Equal specs have equal canonical bytes, and therefore one :attr:`spec_id`.
    """

    model_config = _STRICT

    format: Annotated[str, AfterValidator(_known_format)] = Field(
        description="Output format.", json_schema_extra={"enum": list(FORMATS)}
    )
    parameters: Parameters = Field(description="What to generate; every member has a default.")

    @model_validator(mode="after")
    def _refuse_textures_the_format_cannot_hold(self) -> Self:
        allowed = FORMATS[self.format].texture_formats
        if self.parameters.texture_format not in allowed:
            reason = f"must be one of {', '.join(allowed)} for the format {self.format}"
            raise PydanticCustomError(
                COMBINATION,
                "Texture format does not fit the format",
                {"members": {"parameters.texture_format": reason}},
            )
        return self

    def canonical(self) -> dict[str, Any]:
        """Members in JSON's types, whole floats as integers: one spelling for each value."""
        plain: dict[str, Any] = _one_spelling(
            self.model_dump(include={"format", "parameters"}, serialize_as_any=True)
        )
        return plain

    def canonical_bytes(self) -> bytes:
        """Canonical JSON: members sorted, no white space, UTF-8, shortest numbers."""
        return json.dumps(
            self.canonical(), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()

    @property
    def spec_id(self) -> str:
        """SHA-256 of :meth:`canonical_bytes`, 64 hexadecimal digits."""
        return self.spec_id_of(self.canonical_bytes())

    @staticmethod
    def spec_id_of(canonical: bytes) -> str:
        """Likewise, for who has them at hand."""
        return hashlib.sha256(canonical).hexdigest()


def _one_spelling(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _one_spelling(member) for key, member in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
