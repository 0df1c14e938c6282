"""The laptop stage: the synthesised template on an embedded engine, with a front on localhost."""

from meshmill_local.errors import (
    BuildError,
    DeployError,
    EngineError,
    LocalStackError,
    PortInUseError,
    StateInUseError,
)
from meshmill_local.stack import LocalStack

__all__ = [
    "BuildError",
    "DeployError",
    "EngineError",
    "LocalStack",
    "LocalStackError",
    "PortInUseError",
    "StateInUseError",
]
