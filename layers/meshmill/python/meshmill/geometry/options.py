"""The base of every generator's options."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Context
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError

#: Error type of a rule between members; ``ctx["members"]`` maps each offender to its reason.
COMBINATION = "combination"

_ROUNDED_DOWN = Context(prec=4, rounding=ROUND_FLOOR)


def told_limit(limit: float) -> str:
    """An upper limit as text, rounded down: the number that is told is accepted."""
    return f"{_ROUNDED_DOWN.create_decimal_from_float(limit).normalize():f}"


class Options(BaseModel):
    """Options of one generator: typed, bounded, each with a default.

    Scalars are strict: ``true`` is not an integer and ``"1"`` not a number, so that a value has
    one spelling.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, validate_default=False
    )

    def without_effect(self) -> Mapping[str, str]:
        """Members that change nothing beside the others, each with the reason."""
        return {}

    def out_of_proportion(self) -> Mapping[str, str]:
        """Members within their own bounds that don't fit the others, each with the reason."""
        return {}

    @model_validator(mode="after")
    def _refuse_combinations(self) -> Self:
        """Refuse what has no effect, unless at its default: one asset must have one id."""
        offenders = dict(self.out_of_proportion())
        for member, reason in self.without_effect().items():
            if getattr(self, member) != type(self).model_fields[member].default:
                offenders.setdefault(member, reason)
        if offenders:
            raise PydanticCustomError(
                COMBINATION, "Options do not fit together", {"members": offenders}
            )
        return self
