"""What was measured of one asset, beside what is accepted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One measurement: ``point`` of the acceptance list, made at ``where`` (a material, a level).

    ``measured`` and ``accepted`` are texts to read; ``passed`` is None where it could not be made.
    """

    point: int
    name: str
    where: str
    measured: str
    accepted: str
    passed: bool | None

    @classmethod
    def at_most(cls, point: int, name: str, where: str, value: float, limit: float) -> Check:
        """A measurement that must not exceed ``limit``."""
        return cls(point, name, where, _text(value), f"≤ {_text(limit)}", value <= limit)

    @classmethod
    def at_least(cls, point: int, name: str, where: str, value: float, limit: float) -> Check:
        """A measurement that must reach ``limit``."""
        return cls(point, name, where, _text(value), f"≥ {_text(limit)}", value >= limit)

    @classmethod
    def between(
        cls, point: int, name: str, where: str, value: float, bounds: tuple[float, float]
    ) -> Check:
        """A measurement that must lie within ``bounds``."""
        low, high = bounds
        accepted = f"{_text(low)} … {_text(high)}"
        return cls(point, name, where, _text(value), accepted, low <= value <= high)

    @classmethod
    def equal(cls, point: int, name: str, where: str, value: object, wanted: object) -> Check:
        """Something that must be exactly ``wanted``."""
        return cls(point, name, where, str(value), f"= {wanted}", value == wanted)

    @classmethod
    def unmeasured(cls, point: int, name: str, where: str, reason: str) -> Check:
        """A measurement that could not be made here; neither passed nor failed."""
        return cls(point, name, where, "–", reason, None)

    @property
    def line(self) -> str:
        """One line of a table."""
        mark = {True: "ok  ", False: "FAIL", None: "–   "}[self.passed]
        return (
            f"{mark} {self.point}  {self.name:<38} {self.measured:>12}  "
            f"{self.accepted:<18} {self.where}"
        )


@dataclass(frozen=True, slots=True)
class QualityReport:
    """Every check of one asset; ``asset`` says which, in JSON's types."""

    asset: dict[str, Any]
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if check.passed is False)

    def as_json(self) -> dict[str, Any]:
        """The report in JSON's types."""
        return {
            "asset": self.asset,
            "passed": not self.failed,
            "checks": [asdict(check) for check in self.checks],
        }

    def as_text(self) -> str:
        """The report as a table, failures last."""
        ordered = sorted(self.checks, key=lambda check: (check.passed is False, check.point))
        measured = sum(check.passed is not None for check in self.checks)
        summary = f"{measured - len(self.failed)} of {measured} checks passed"
        return "\n".join([*(check.line for check in ordered), summary])


def _text(value: float) -> str:
    return f"{value:.{_DIGITS}g}" if isinstance(value, float) else str(value)
