"""One stage: its stacks, in the order in which they are deployed."""

from __future__ import annotations

from aws_cdk import PermissionsBoundary, Stage
from constructs import Construct

from infra.config import StageConfig
from infra.sources import Sources
from infra.stacks.data import DataStack
from infra.stacks.service import ServiceStack


class MeshmillStage(Stage):
    """``meshmill-<stage>``, whose stacks are ``meshmill-<stage>-data`` and ``-service``."""

    def __init__(self, scope: Construct, *, config: StageConfig, sources: Sources) -> None:
        bound = config.permissions_boundary
        super().__init__(
            scope,
            f"meshmill-{config.name}",
            permissions_boundary=None if bound is None else PermissionsBoundary.from_name(bound),
        )
        self.data = DataStack(self, "data", stage=config)
        self.service = ServiceStack(self, "service", stage=config, sources=sources, data=self.data)
