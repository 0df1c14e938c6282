"""The laptop runs the app that production runs: this is all that differs.

Beside it, tokens come from the laptop's own issuer instead of a user pool: ``test_identity.py``.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from infra.choices import Architecture
from infra.config import stage_config
from tests.infra.templates import Synthesised, leaves

_FUNCTION = "AWS::Lambda::Function"
_LAYER = "AWS::Lambda::LayerVersion"
_QUEUE = "AWS::SQS::Queue"
_VARIABLE = "Properties.Environment.Variables.MESHMILL_"

_OF_THE_ISSUER = ("Issuer", "TokenIssuer", "TokenAudience", "JwksUrl")
"""Parameters of a stage without a user pool, and the output that tells whom it trusts."""

_OF_THE_POOL = ("TokenDomainPrefix", "UserPoolId", "TokenUrl", "DefaultClientId", "Identity")
"""Parameters, outputs and the middle of exports' names of a stage with one."""

DIFFERENCES: dict[tuple[str, str], set[tuple[Any, Any]]] = {
    # Data may be thrown away with its stack.
    **{
        (kind, policy): {("Delete", "Retain")}
        for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret")
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
    },
    ("AWS::DynamoDB::Table", "Properties.DeletionProtectionEnabled"): {(False, True)},
    ("AWS::Logs::LogGroup", "Properties.RetentionInDays"): {(1, 90)},
    # Layers are made for this machine.
    (_LAYER, "Properties.Content.S3Key"): {("built here", "built for Lambda")},
    # Whatever is waited for is short, so that a recovery can be watched.
    (_FUNCTION, "Properties.Timeout"): {(30, 60), (10, 30), (60, 110), (50, 110)},
    (_FUNCTION, f"{_VARIABLE}EXPRESS_PATIENCE_MS"): {("10000", "120000")},
    (_FUNCTION, f"{_VARIABLE}STANDARD_PATIENCE_MS"): {("20000", "600000")},
    (_FUNCTION, f"{_VARIABLE}BULK_PATIENCE_MS"): {("40000", "3600000")},
    (_FUNCTION, f"{_VARIABLE}LEASE_MS"): {("30000", "75000")},
    (_FUNCTION, f"{_VARIABLE}LEASE_MARGIN_MS"): {("2000", "15000")},
    (_FUNCTION, f"{_VARIABLE}ATTEMPT_RESERVE_MS"): {("20000", "25000")},
    (_FUNCTION, f"{_VARIABLE}RETRY_DELAY_SECONDS"): {("1", "20")},
    (_FUNCTION, f"{_VARIABLE}SPLIT_LEASE_MS"): {("60000", "125000")},
    (_FUNCTION, f"{_VARIABLE}SPLIT_MARGIN_MS"): {("2000", "15000")},
    (_FUNCTION, f"{_VARIABLE}SPLIT_RETRY_SECONDS"): {("1", "20")},
    (_FUNCTION, f"{_VARIABLE}CHUNK_LEASE_MS"): {("60000", "125000")},
    (_FUNCTION, f"{_VARIABLE}CHUNK_RETRY_SECONDS"): {("1", "20")},
    (_FUNCTION, f"{_VARIABLE}BATCH_WATCH_MS"): {("20000", "300000")},
    (_FUNCTION, f"{_VARIABLE}RESERVE_MS"): {("30000", "40000")},
    (_QUEUE, "Properties.VisibilityTimeout"): {(180, 370), (60, 180), (360, 670)},
    (_QUEUE, "Properties.RedrivePolicy.maxReceiveCount"): {(5, 8)},
    ("AWS::Lambda::EventSourceMapping", "Properties.MaximumBatchingWindowInSeconds"): {(0, 5)},
    # One machine does less at a time.
    (_FUNCTION, f"{_VARIABLE}MAX_SENDS_PER_RUN"): {("100", "1000")},
    ("AWS::Lambda::EventSourceMapping", "Properties.ScalingConfig.MaximumConcurrency"): {
        (2, 5),
        (2, 10),
        (2, 100),
        (2, 200),
        (2, 300),
    },
    # The engine is asked for an address that stays the same.
    ("AWS::ApiGatewayV2::Api", "Properties.Tags.ms-custom-id"): {("meshmill", None)},
}
"""By type and property: the values of local and of production."""

ARCHITECTURE_DIFFERENCES: dict[tuple[str, str], set[tuple[Any, Any]]] = {
    (_FUNCTION, "Properties.Architectures.0"): {("x86_64", "arm64")},
    (_LAYER, "Properties.CompatibleArchitectures.0"): {("x86_64", "arm64")},
}
"""Beside them, on a machine that isn't ARM."""


def test_local_and_production_hold_the_same_resources(
    local: Synthesised, production: Synthesised
) -> None:
    assert _kinds(local.data) == _kinds(production.data)
    assert _kinds(local.service) == _kinds(production.service)


def test_local_differs_from_production_in_exactly_this(
    local: Synthesised, production: Synthesised
) -> None:
    expected = dict(DIFFERENCES)
    if stage_config("local").architecture is Architecture.X86_64:
        expected |= ARCHITECTURE_DIFFERENCES
    found: dict[tuple[str, str], set[tuple[Any, Any]]] = defaultdict(set)
    for here, there in ((local.data, production.data), (local.service, production.service)):
        for where, values in _differences(here, there):
            found[where].add(values)
    assert found == expected


def test_parameters_conditions_and_outputs_are_the_same_in_every_stage(
    local: Synthesised, production: Synthesised
) -> None:
    for section in ("Parameters", "Conditions", "Outputs"):
        for here, there in ((local.data, production.data), (local.service, production.service)):
            assert _anonymous(_beside_identity(here.get(section, {})), "local") == _anonymous(
                _beside_identity(there.get(section, {})), "production"
            )


def test_staging_is_production_without_its_protection(
    staging: Synthesised, production: Synthesised
) -> None:
    found = {
        where
        for here, there in ((staging.data, production.data), (staging.service, production.service))
        for where, _ in _differences(here, there)
    }
    protection = {
        (kind, policy)
        for kind in ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret")
        for policy in ("DeletionPolicy", "UpdateReplacePolicy")
    }
    assert found - protection == {
        ("AWS::DynamoDB::Table", "Properties.DeletionProtectionEnabled"),
        ("AWS::Logs::LogGroup", "Properties.RetentionInDays"),
        ("AWS::IAM::Role", "Properties.PermissionsBoundary"),
    }


def test_the_stacks_carry_the_stage_in_their_names(stage: Synthesised) -> None:
    assert set(stage.stacks) == {f"meshmill-{stage.stage}-data", f"meshmill-{stage.stage}-service"}


def _beside_identity(section: dict[str, Any]) -> dict[str, Any]:
    """Parameters or outputs without those that tell who issues tokens."""
    return {
        name: member
        for name, member in section.items()
        if name not in _OF_THE_ISSUER and not any(part in name for part in _OF_THE_POOL)
    }


def _kinds(template: dict[str, Any]) -> dict[str, str]:
    kinds = {name: resource["Type"] for name, resource in template["Resources"].items()}
    return {name: kind for name, kind in kinds.items() if not kind.startswith("AWS::Cognito::")}


def _differences(here: dict[str, Any], there: dict[str, Any]) -> list[tuple[Any, tuple[Any, Any]]]:
    """Type and property of every leaf that differs, with its two values."""
    ours, theirs = _anonymous_leaves(here), _anonymous_leaves(there)
    kinds = _kinds(here)
    found = []
    for path in sorted(ours.keys() | theirs.keys()):
        values = (ours.get(path), theirs.get(path))
        if values[0] != values[1] and path[0] in kinds and not _tells_the_issuer(path):
            name, *properties = path
            where = (kinds[name], _property(properties))
            is_key = properties[-1] == "S3Key"
            found.append((where, ("built here", "built for Lambda") if is_key else values))
    return found


def _tells_the_issuer(path: tuple[str, ...]) -> bool:
    told = ("TOKEN_ISSUER", "TOKEN_AUDIENCE", "JWKS_URL")
    return any(part == f"MESHMILL_{name}" for part in path for name in told)


def _property(path: list[str]) -> str:
    """A property's dotted way; a boundary is one thing, whatever its ARN is joined from."""
    return ".".join(path[:2] if "PermissionsBoundary" in path else path)


def _anonymous_leaves(template: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    stage = template["Description"].split(":")[0].removeprefix("Meshmill ")
    return dict(leaves(_anonymous(template["Resources"], stage)))


def _anonymous(value: Any, stage: str) -> Any:
    """``value`` with the stage's name left out of every text."""
    match value:
        case str():
            return value.replace(stage, "<stage>")
        case dict():
            return {key: _anonymous(member, stage) for key, member in value.items()}
        case list():
            return [_anonymous(member, stage) for member in value]
        case _:
            return value
