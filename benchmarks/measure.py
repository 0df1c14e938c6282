"""A line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure: milliseconds of CPU unless the unit says else."""

    what: str
    value: float
    unit: str = "ms CPU"

    def as_dict(self) -> dict[str, str | float]:
        """For the JSON file."""
        return {"what": self.what, "value": round(self.value, 2), "unit": self.unit}
