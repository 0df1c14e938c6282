"""What the service's document promises and what the client keeps are the same members."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from meshmill.http.openapi.schemas import schemas
from meshmill_client import Asset, AssetFile, Batch, DryRun, Estimate, Generator, UploadForm
from tests.unit.client.service import awaiting_upload, completed

SCHEMAS = schemas()
PAIRS = [
    ("Asset", Asset, {"deduplicated"}),
    ("File", AssetFile, set()),
    ("Batch", Batch, {"upload"}),
    ("UploadForm", UploadForm, set()),
    ("DryRun", DryRun, set()),
    ("Estimate", Estimate, set()),
    ("Generator", Generator, set()),
]


@pytest.mark.parametrize(("name", "kind", "further"), PAIRS, ids=[name for name, *_ in PAIRS])
def test_no_member_is_lost(name: str, kind: type[BaseModel], further: set[str]) -> None:
    """``further`` are those of an answer that has more than the object itself."""
    assert {*kind.model_fields} - further == {*SCHEMAS[name]["properties"]}


@pytest.mark.parametrize(("name", "kind", "_further"), PAIRS, ids=[name for name, *_ in PAIRS])
def test_what_may_be_absent_is_not_asked_for(
    name: str, kind: type[BaseModel], _further: set[str]
) -> None:
    needed = {member for member, field in kind.model_fields.items() if field.is_required()}
    assert needed <= {*SCHEMAS[name]["required"]}


@pytest.mark.parametrize(
    "shown", [Asset.model_validate(completed()), Batch.model_validate(awaiting_upload())]
)
def test_what_is_signed_does_not_stand_in_logs(shown: BaseModel) -> None:
    assert "ignature" in shown.model_dump_json()
    assert "ignature" not in f"{shown!r} {shown}"
