"""Objects of the service as programs read them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel


def view_of(told: BaseModel, without: Set[str] = frozenset()) -> dict[str, Any]:
    """The members that the service gave, and none that it left out."""
    return told.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={*without})


def with_paths(view: Mapping[str, Any], paths: Mapping[str, Path]) -> dict[str, Any]:
    """The view, each of whose ``files`` has the ``path`` where it stands now as well."""
    files = [{**file, "path": str(paths[file["name"]])} for file in view.get("files", ())]
    return {**view, "files": files}
