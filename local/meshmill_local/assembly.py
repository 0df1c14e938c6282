"""Reads a CDK cloud assembly: its stacks in dependency order, and their assets.

The format is that of ``aws-cdk-lib/cloud-assembly-schema``: a ``manifest.json`` lists artefacts;
a Stage is a nested assembly; every stack depends on the manifest of its assets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from meshmill_local.engine import ACCOUNT, REGION

_NESTED, _STACK, _ASSETS = (
    "cdk:cloud-assembly",
    "aws:cloudformation:stack",
    "cdk:asset-manifest",
)
_PSEUDO_PARAMETERS = {
    "${AWS::Partition}": "aws",
    "${AWS::AccountId}": ACCOUNT,
    "${AWS::Region}": REGION,
}


@dataclass(frozen=True)
class Asset:
    """A file or directory, and the object that the template expects it to be."""

    source: Path
    packaging: str
    bucket: str
    key: str


@dataclass(frozen=True)
class Stack:
    """A template with what its deployment needs."""

    name: str
    template_path: Path
    template_key: tuple[str, str]
    assets: tuple[Asset, ...]
    tags: Mapping[str, str]

    @cached_property
    def template(self) -> dict[str, Any]:
        """The parsed template."""
        template: dict[str, Any] = json.loads(self.template_path.read_bytes())
        return template

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id → properties of every resource of a type."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.template.get("Resources", {}).items()
            if resource["Type"] == kind
        }

    def layer_keys(self) -> frozenset[str]:
        """The object keys of what this template uses as Lambda layers."""
        layers = self.resources("AWS::Lambda::LayerVersion").values()
        return frozenset(layer["Content"]["S3Key"] for layer in layers)

    def declared(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """Those of the parameters that this template declares."""
        names = self.template.get("Parameters", {})
        return {name: value for name, value in parameters.items() if name in names}

    def fingerprint(self, parameters: Mapping[str, str]) -> str:
        """SHA-256 of template and parameters; a template names its assets by their content."""
        digest = hashlib.sha256(self.template_path.read_bytes())
        digest.update(json.dumps(self.declared(parameters), sort_keys=True).encode())
        return digest.hexdigest()


def read_assembly(directory: Path) -> list[Stack]:
    """All stacks of an assembly and the assemblies nested in it, each after what it depends on."""
    manifest = json.loads((directory / "manifest.json").read_bytes())
    artefacts: dict[str, dict[str, Any]] = manifest.get("artifacts", {})
    order = TopologicalSorter(
        {
            name: [other for other in artefact.get("dependencies", ()) if other in artefacts]
            for name, artefact in sorted(artefacts.items())
        }
    )
    stacks: list[Stack] = []
    for name in order.static_order():
        artefact = artefacts[name]
        if artefact["type"] == _NESTED:
            stacks += read_assembly(directory / artefact["properties"]["directoryName"])
        elif artefact["type"] == _STACK:
            stacks.append(_read_stack(directory, name, artefact, artefacts))
    return stacks


def _read_stack(
    directory: Path, name: str, artefact: dict[str, Any], artefacts: dict[str, dict[str, Any]]
) -> Stack:
    properties = artefact["properties"]
    template_path = directory / properties["templateFile"]
    assets = [
        asset
        for other in artefact.get("dependencies", ())
        if artefacts.get(other, {}).get("type") == _ASSETS
        for asset in _read_assets(directory, artefacts[other]["properties"]["file"])
    ]
    own = next(asset for asset in assets if asset.source == template_path)
    return Stack(
        name=properties.get("stackName", name),
        template_path=template_path,
        template_key=(own.bucket, own.key),
        assets=tuple(assets),
        tags=properties.get("tags", {}),
    )


def _read_assets(directory: Path, file: str) -> Iterator[Asset]:
    manifest = json.loads((directory / file).read_bytes())
    for entry in manifest.get("files", {}).values():
        for destination in entry["destinations"].values():
            yield Asset(
                source=directory / entry["source"]["path"],
                packaging=entry["source"].get("packaging", "file"),
                bucket=_resolved(destination["bucketName"]),
                key=_resolved(destination["objectKey"]),
            )


def _resolved(text: str) -> str:
    for parameter, value in _PSEUDO_PARAMETERS.items():
        text = text.replace(parameter, value)
    return text
