"""Plain dictionaries over a synthesised stage, and the words that its tests are written in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

STAGES = ("local", "staging", "production")
BOUNDARY = "HouseRules"
"""The permissions boundary that staging is synthesised with."""


@dataclass(frozen=True)
class Synthesised:
    """One stage's cloud assembly."""

    stage: str
    out: Path

    @property
    def assembly(self) -> Path:
        return self.out / f"assembly-meshmill-{self.stage}"

    @cached_property
    def data(self) -> dict[str, Any]:
        return self._template("data")

    @cached_property
    def service(self) -> dict[str, Any]:
        return self._template("service")

    @cached_property
    def stacks(self) -> dict[str, dict[str, Any]]:
        """Properties of the stacks' artefacts, by stack name."""
        manifest = json.loads((self.assembly / "manifest.json").read_bytes())
        return {
            artefact["properties"]["stackName"]: artefact["properties"]
            for artefact in manifest["artifacts"].values()
            if artefact["type"] == "aws:cloudformation:stack"
        }

    def template_paths(self) -> list[Path]:
        return sorted(self.assembly.glob("*.template.json"))

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """All resources of a type in both stacks, by logical id."""
        return {
            name: resource
            for template in (self.data, self.service)
            for name, resource in template["Resources"].items()
            if resource["Type"] == kind
        }

    def function(self, verb: str) -> dict[str, Any]:
        """The properties of a verb's function."""
        (properties,) = (
            found["Properties"]
            for found in self.resources("AWS::Lambda::Function").values()
            if found["Properties"]["Description"].endswith(f": {verb}")
        )
        return dict(properties)

    def environment(self, verb: str) -> dict[str, Any]:
        return dict(self.function(verb)["Environment"]["Variables"])

    def statements(self, verb: str) -> list[dict[str, Any]]:
        """Everything that a verb's role is allowed, one statement a grant."""
        role = self.function(verb)["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.resources("AWS::IAM::Policy").values()
            if {"Ref": role} in policy["Properties"]["Roles"]
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        ]

    def batch_queues(self) -> dict[str, tuple[str, str]]:
        """Logical ids of the queue and the dead-letter queue that feed each verb of a batch."""
        queues = self.resources("AWS::SQS::Queue")
        return {
            verb: (
                next(name for name in queues if name.startswith(f"{construct}Queue")),
                next(name for name in queues if name.startswith(f"{construct}DeadLetters")),
            )
            for verb, construct in (
                ("split_manifest", "UploadEvents"),
                ("ingest_manifest", "Batch"),
            )
        }

    def lanes(self) -> dict[str, tuple[str, str]]:
        """Logical ids of each lane's queue and dead-letter queue."""
        queues = self.resources("AWS::SQS::Queue")
        return {
            lane: (
                next(name for name in queues if name.startswith(f"Lanes{lane}Queue")),
                next(name for name in queues if name.startswith(f"Lanes{lane}DeadLetters")),
            )
            for lane in ("Express", "Standard", "Bulk")
        }

    def mappings_of(self, queue: str) -> list[dict[str, Any]]:
        """The event source mappings that read a queue of either stack."""
        return [
            mapping["Properties"]
            for mapping in self.resources("AWS::Lambda::EventSourceMapping").values()
            if _is_of(mapping["Properties"]["EventSourceArn"], queue)
        ]

    def function_of(self, mapping: dict[str, Any]) -> dict[str, Any]:
        name = mapping["FunctionName"]["Ref"]
        return dict(self.service["Resources"][name]["Properties"])

    def _template(self, stack: str) -> dict[str, Any]:
        name = self.stacks[f"meshmill-{self.stage}-{stack}"]["templateFile"]
        template: dict[str, Any] = json.loads((self.assembly / name).read_bytes())
        return template


def _is_of(arn: dict[str, Any], queue: str) -> bool:
    """Whether an ARN is of a queue, of this stack or imported."""
    return arn == {"Fn::GetAtt": [queue, "Arn"]} or f"FnGetAtt{queue}Arn" in str(
        arn.get("Fn::ImportValue", "")
    )


def listed(value: Any) -> list[Any]:
    """IAM writes one thing as itself and several as a list."""
    return value if isinstance(value, list) else [value]


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every scalar below ``value`` with the way to it."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from leaves(member, (*path, str(index)))
    else:
        yield path, value
