"""What no JSON Schema can say of a body, told to schemathesis as it looks at a refusal."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import strategies
from pydantic import BaseModel, ValidationError

from meshmill.domain.batch_request import BatchRequest
from meshmill.domain.request import AssetRequest
from meshmill.geometry.options import COMBINATION
from meshmill.http.openapi.references import FILENAME, PLAIN_TEXT

_MODELS: dict[str, type[BaseModel]] = {"createAsset": AssetRequest, "createBatch": BatchRequest}
_LETTERS = strategies.characters(categories=["L", "Nd", "P"], max_codepoint=0x2FF)

# Normal form C, nothing invisible: below U+0300 no letter has another form.
schemathesis.openapi.format(PLAIN_TEXT, strategies.text(_LETTERS, min_size=1, max_size=64))
# Neither separators of folders nor a name that is one.
_NAMES = strategies.text(_LETTERS, min_size=3, max_size=64)
schemathesis.openapi.format(FILENAME, _NAMES.filter(lambda name: not {*name} & {"/", "\\"}))


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Keep a failure, unless a body was refused for what lies beyond its schema.

    That are options which don't fit each other, by rules over several numbers; and ``7.0``, which
    is an integer to JSON Schema and is no spelling of 7 here, since one request has one identity.
    """
    if not isinstance(failure, schemathesis.openapi.checks.RejectedPositiveData):
        return True
    model = _MODELS.get(case.operation.definition.raw.get("operationId"))
    return model is None or not _is_beyond_its_schema(case.body, model)


def _is_beyond_its_schema(body: Any, model: type[BaseModel]) -> bool:
    try:
        model.model_validate(body)
    except ValidationError as error:
        return all(
            detail["type"] == COMBINATION or _is_whole_float(detail["input"])
            for detail in error.errors(include_url=False)
        )
    return False


def _is_whole_float(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()
