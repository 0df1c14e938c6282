"""Deploys a cloud assembly to the engine by CloudFormation, without Node or the CDK CLI."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from meshmill_local.archive import zip_directory
from meshmill_local.assembly import Asset, Stack
from meshmill_local.clients import Clients
from meshmill_local.errors import DeployError
from meshmill_local.layers import linked_layer

_STACK_SECONDS = 120.0
_POLL_SECONDS = 0.05
_FIRST_DEPLOYMENT = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_BEYOND_UPDATE = frozenset(
    {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}
)
_NOT_FOUND = frozenset({"404", "NoSuchKey", "NotFound", "NoSuchBucket"})
_SSM_STRING = "AWS::SSM::Parameter::Value<String>"
_BOOTSTRAP_VERSION = "30"
_CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")

Heartbeat = Callable[[], None]
"""Called while waiting; raises when waiting has become pointless."""


class Deployment:
    """Brings the engine's stacks to an assembly's state."""

    def __init__(self, clients: Clients, shelf: Path, heartbeat: Heartbeat) -> None:
        """Deploy with these clients, keep layers on ``shelf``, call ``heartbeat`` while waiting."""
        self._shelf = shelf
        self._cloudformation = clients.client("cloudformation")
        self._s3 = clients.client("s3")
        self._ssm = clients.client("ssm")
        self._dynamodb = clients.client("dynamodb")
        self._heartbeat = heartbeat

    def apply(
        self, stacks: Sequence[Stack], parameters: Mapping[str, str], deployed: Mapping[str, str]
    ) -> dict[str, str]:
        """Create or update every stack whose fingerprint differs from the deployed one.

        Args:
            stacks: in dependency order.
            parameters: values by name; a stack gets those that it declares.
            deployed: fingerprints by stack name of what the engine's saved state holds.

        Returns:
            The fingerprints after the deployment.

        Raises:
            DeployError: with the first failed resource's reason.
        """
        fingerprints = {stack.name: stack.fingerprint(parameters) for stack in stacks}
        for stack in stacks:
            unchanged = deployed.get(stack.name) == fingerprints[stack.name]
            if unchanged and self._status(stack.name) in _FIRST_DEPLOYMENT:
                continue
            try:
                self._deploy(stack, stack.declared(parameters))
            except (BotoCoreError, ClientError) as error:
                self._heartbeat()
                raise DeployError(
                    f"the engine refused stack {stack.name}: {error}",
                    where=str(stack.template_path),
                    next_step="read engine.log; `make clean` drops the local state",
                ) from error
        return fingerprints

    def _deploy(self, stack: Stack, parameters: Mapping[str, str]) -> None:
        self._prepare_bootstrap(stack)
        layers = stack.layer_keys()
        for asset in stack.assets:
            if not self._stands(asset):
                body = (
                    linked_layer(asset.source, self._shelf)
                    if asset.key in layers
                    else _content(asset)
                )
                self._s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)
        self._bring_up(stack, parameters)
        self._set_expiry(stack)

    def outputs(self, stacks: Sequence[Stack]) -> dict[str, str]:
        """The outputs of all stacks by their keys; later stacks win."""
        outputs: dict[str, str] = {}
        for stack in stacks:
            description = self._describe(stack.name) or {}
            for output in description.get("Outputs", ()):
                outputs[output["OutputKey"]] = output["OutputValue"]
        return outputs

    def _prepare_bootstrap(self, stack: Stack) -> None:
        """What ``cdk bootstrap`` leaves in an account: a version, and buckets for assets."""
        for parameter in stack.template.get("Parameters", {}).values():
            if parameter["Type"] == _SSM_STRING:
                self._ssm.put_parameter(
                    Name=parameter["Default"],
                    Value=_BOOTSTRAP_VERSION,
                    Type="String",
                    Overwrite=True,
                )
        for bucket in sorted({asset.bucket for asset in stack.assets}):
            self._s3.create_bucket(Bucket=bucket)

    def _stands(self, asset: Asset) -> bool:
        """Keys name the content: what stands there is what would be sent."""
        try:
            self._s3.head_object(Bucket=asset.bucket, Key=asset.key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NOT_FOUND:
                return False
            raise
        return True

    def _bring_up(self, stack: Stack, parameters: Mapping[str, str]) -> None:
        if self._status(stack.name) in _BEYOND_UPDATE:
            self._cloudformation.delete_stack(StackName=stack.name)
            self._wait(stack)
        bucket, key = stack.template_key
        request = {
            "StackName": stack.name,
            "TemplateURL": f"https://s3.amazonaws.com/{bucket}/{key}",
            "Parameters": [
                {"ParameterKey": name, "ParameterValue": value}
                for name, value in parameters.items()
            ],
            "Capabilities": list(_CAPABILITIES),
            "Tags": [{"Key": name, "Value": value} for name, value in stack.tags.items()],
        }
        if self._describe(stack.name) is None:
            self._cloudformation.create_stack(**request)
        elif not self._update(request):
            return
        if self._wait(stack) not in _FIRST_DEPLOYMENT:
            raise DeployError(
                f"stack {stack.name} failed: {self._first_failure(stack.name)}",
                where=str(stack.template_path),
                next_step="mend the template; `make clean` drops the local state",
            )

    def _update(self, request: Mapping[str, Any]) -> bool:
        """False when the engine finds nothing to do."""
        try:
            self._cloudformation.update_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" in error.response["Error"]["Message"]:
                return False
            raise
        return True

    def _wait(self, stack: Stack) -> str:
        deadline = time.monotonic() + _STACK_SECONDS
        while (status := self._status(stack.name)).endswith("_IN_PROGRESS"):
            self._heartbeat()
            if time.monotonic() > deadline:
                raise DeployError(
                    f"stack {stack.name} is still {status} after {_STACK_SECONDS:.0f} s",
                    where=self._unfinished(stack.name),
                    next_step="`make clean` drops the local state",
                )
            time.sleep(_POLL_SECONDS)
        return status

    def _status(self, name: str) -> str:
        """The stack's status; empty when there is none."""
        return str((self._describe(name) or {}).get("StackStatus", ""))

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            stacks = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise
        current = [stack for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"]
        return current[0] if current else None

    def _first_failure(self, name: str) -> str:
        """The oldest failed event: the later ones are cancelled because of it."""
        events = self._cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failures = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
        if not failures:
            return "no resource reported a reason"
        event = failures[-1]
        reason = " ".join(event.get("ResourceStatusReason", "no reason given").split())
        return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"

    def _unfinished(self, name: str) -> str:
        resources = self._cloudformation.describe_stack_resources(StackName=name)
        waiting = [
            resource["LogicalResourceId"]
            for resource in resources["StackResources"]
            if resource["ResourceStatus"].endswith("_IN_PROGRESS")
        ]
        return ", ".join(waiting) or name

    def _set_expiry(self, stack: Stack) -> None:
        """The engine's CloudFormation drops a table's TimeToLiveSpecification."""
        for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
            for logical_id, properties in stack.resources(kind).items():
                wanted = properties.get("TimeToLiveSpecification")
                if wanted is not None:
                    self._enable_expiry(self._physical_id(stack.name, logical_id), wanted)

    def _enable_expiry(self, table: str, wanted: Mapping[str, Any]) -> None:
        current = self._dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if current["TimeToLiveStatus"] != "ENABLED" and wanted["Enabled"]:
            self._dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted)

    def _physical_id(self, stack: str, logical_id: str) -> str:
        resources = self._cloudformation.describe_stack_resources(
            StackName=stack, LogicalResourceId=logical_id
        )["StackResources"]
        return str(resources[0]["PhysicalResourceId"])


def _content(asset: Asset) -> bytes:
    if asset.packaging == "zip":
        return zip_directory(asset.source)
    return asset.source.read_bytes()
