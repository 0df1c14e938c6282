"""Conditions on a stored record, as data: stores evaluate or translate them, never invent any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Is:
    """The attribute exists and equals ``value``."""

    attribute: str
    value: Any

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record with these attributes passes."""
        return self.attribute in record and bool(record[self.attribute] == self.value)


@dataclass(frozen=True, slots=True)
class OneOf:
    """The attribute exists and equals one of ``values``."""

    attribute: str
    values: tuple[Any, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record with these attributes passes."""
        return record.get(self.attribute) in self.values


@dataclass(frozen=True, slots=True)
class AtMost:
    """The attribute exists and is a number up to and including ``bound``."""

    attribute: str
    bound: int

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record with these attributes passes."""
        return self.attribute in record and bool(record[self.attribute] <= self.bound)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The attribute exists and is a number from ``bound`` upwards."""

    attribute: str
    bound: int

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record with these attributes passes."""
        return self.attribute in record and bool(record[self.attribute] >= self.bound)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Condition, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record with these attributes passes."""
        return all(part.holds(record) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether a record with these attributes passes."""
        return any(part.holds(record) for part in self.parts)


Condition = Is | OneOf | AtMost | AtLeast | AllOf | AnyOf


def all_of(*parts: Condition) -> AllOf:
    """Every part holds."""
    return AllOf(parts)


def any_of(*parts: Condition) -> AnyOf:
    """At least one part holds."""
    return AnyOf(parts)
