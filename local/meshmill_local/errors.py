"""What can go wrong on the laptop stage, as types with one line for people.

::

    LocalStackError
    ├── PortInUseError          another program answers on the front port
    ├── StateInUseError         another stack runs on the same state directory
    ├── EngineError             the embedded engine did not start, or ended
    ├── BuildError              building layers or synthesising the template failed
    └── DeployError             a stack did not reach a complete state
"""

from __future__ import annotations


class LocalStackError(Exception):
    """Base: what went wrong, where, and the command to type next, in one line."""

    def __init__(self, what: str, *, where: str, next_step: str) -> None:
        """Keep the three parts apart for callers and join them for people.

        Args:
            what: the failure, a clause without a full stop.
            where: a file, address or resource.
            next_step: what to do, with the command where there is one.
        """
        super().__init__(f"{what} ({where}); {next_step}")
        self.what = what
        self.where = where
        self.next_step = next_step


class PortInUseError(LocalStackError):
    """Another program answers on the front port."""


class StateInUseError(LocalStackError):
    """Another stack runs on the same state directory."""


class EngineError(LocalStackError):
    """The embedded engine did not start in time, or ended by itself."""


class BuildError(LocalStackError):
    """Building layers or synthesising the template failed."""


class DeployError(LocalStackError):
    """A stack did not reach a complete state in time."""
