"""What a stage chooses between."""

from __future__ import annotations

from enum import StrEnum


class Architecture(StrEnum):
    """What the functions run on, in CloudFormation's spelling."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


class OnDeletion(StrEnum):
    """What deleting a stack does to tables, buckets and the signing key."""

    RETAIN = "Retain"
    """They stay, and neither stacks nor tables can be deleted in passing."""
    DELETE = "Delete"


class LayerTarget(StrEnum):
    """Which build of the layers a stage takes, a folder of ``build/``."""

    LAMBDA = "lambda"
    LOCAL = "local"
