"""The domain's conditions and transitions in DynamoDB's expressions.

Reference: *Condition and filter expressions* and *Update expressions* in the DynamoDB developer
guide. Parentheses stand around conjunctions and disjunctions of two parts or more only, since
DynamoDB refuses redundant ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from meshmill.aws.attributes import Value, to_value
from meshmill.domain.conditions import AllOf, AnyOf, AtLeast, AtMost, Condition, Is, OneOf
from meshmill.domain.transitions import Transition

# Every condition is asked of a record that exists, and every record has a version: so these two
# are constants.
_ALWAYS = "attribute_exists(#version)"
_NEVER = "attribute_not_exists(#version)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionExpression:
    """What a conditional write takes beside table and key.

    ``names`` and ``values`` are all that the call refers to, in its update as well.
    """

    text: str
    names: dict[str, str]
    values: dict[str, Value]

    def as_arguments(self) -> dict[str, Any]:
        """Under the names that DynamoDB's calls have for them."""
        return {
            "ConditionExpression": self.text,
            "ExpressionAttributeNames": self.names,
            "ExpressionAttributeValues": self.values,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateExpressions:
    """What UpdateItem takes beside table and key."""

    update: str
    condition: ConditionExpression

    def as_arguments(self) -> dict[str, Any]:
        """Under the names that UpdateItem has for them."""
        return {"UpdateExpression": self.update, **self.condition.as_arguments()}


@dataclass(slots=True)
class _Placeholders:
    """Names and values that an expression refers to; many attributes' names are reserved words."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)

    def name(self, attribute: str) -> str:
        placeholder = f"#{attribute}"
        self.names[placeholder] = attribute
        return placeholder

    def value(self, value: Any) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = to_value(value)
        return placeholder


def to_expressions(
    transition: Transition, index_keys: Mapping[str, Any] | None = None
) -> UpdateExpressions:
    """The transition as one conditional update of a record that exists.

    ``index_keys`` are attributes that follow from what it assigns.
    Counters and ``version`` are sums in a SET: unlike ADD they need the attribute to stand there,
    and the condition keeps a repeated update from counting twice.
    """
    placeholders = _Placeholders()
    sums = {"version": 1, **transition.add}
    sets = [
        f"{placeholders.name(name)} = {placeholders.value(value)}"
        for name, value in (*transition.assign.items(), *(index_keys or {}).items())
    ]
    sets += [
        f"{placeholders.name(name)} = {placeholders.name(name)} + {placeholders.value(amount)}"
        for name, amount in sums.items()
    ]
    update = f"SET {', '.join(sets)}"
    if transition.remove:
        update += f" REMOVE {', '.join(map(placeholders.name, sorted(transition.remove)))}"
    condition = _of_a_record(transition.requires, placeholders)
    return UpdateExpressions(update=update, condition=condition)


def to_condition(condition: Condition) -> ConditionExpression:
    """The condition, asked of a record that exists."""
    return _of_a_record(condition, _Placeholders())


def _of_a_record(condition: Condition, placeholders: _Placeholders) -> ConditionExpression:
    exists = f"attribute_exists({placeholders.name('version')})"
    text = f"{exists} AND {_rendered(condition, placeholders)}"
    return ConditionExpression(text=text, names=placeholders.names, values=placeholders.values)


def _rendered(condition: Condition, placeholders: _Placeholders) -> str:
    match condition:
        case Is(attribute, value):
            return f"{placeholders.name(attribute)} = {placeholders.value(value)}"
        case AtMost(attribute, bound):
            return f"{placeholders.name(attribute)} <= {placeholders.value(bound)}"
        case AtLeast(attribute, bound):
            return f"{placeholders.name(attribute)} >= {placeholders.value(bound)}"
        case OneOf(attribute, values):
            return _one_of(attribute, values, placeholders)
        case AllOf(parts):
            return _joined(" AND ", parts, placeholders, empty=_ALWAYS)
        case AnyOf(parts):
            return _joined(" OR ", parts, placeholders, empty=_NEVER)


def _one_of(attribute: str, values: tuple[Any, ...], placeholders: _Placeholders) -> str:
    if not values:
        return _NEVER
    return f"{placeholders.name(attribute)} IN ({', '.join(map(placeholders.value, values))})"


def _joined(
    operator: str, parts: tuple[Condition, ...], placeholders: _Placeholders, *, empty: str
) -> str:
    rendered = [_rendered(part, placeholders) for part in parts]
    if not rendered:
        return empty
    return rendered[0] if len(rendered) == 1 else f"({operator.join(rendered)})"
