"""A stage as its operators reach it: AWS with their own credentials, or the one on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from meshmill.aws.clients import configuration
from meshmill.aws.signing_secret import MalformedSecret
from meshmill.domain.errors import DependencyUnavailable, InvalidRequest, RequestError
from meshmill_cli.frame.errors import CommandFailed, told
from meshmill_cli.frame.exits import Exit

LOCAL = "local"
LOCAL_FILE = Path(".meshmill") / "local.json"


@dataclass(frozen=True)
class Stage:
    """A deployed stage: the names of its resources, and clients for them."""

    name: str
    session: boto3.Session
    endpoint: str | None
    outputs: Mapping[str, str]

    def client(self, service: str) -> Any:
        """A client of a service, as patient as the functions' own."""
        return _client(self.session, service, self.endpoint)

    def actor(self) -> str:
        """Who commands, as the audit trail names them."""
        if self.endpoint is not None:
            return "operator:local"
        return f"operator:{self.client('sts').get_caller_identity()['Arn']}"

    def output(self, name: str) -> str:
        """An output of the stage's service stack.

        Raises:
            CommandFailed: the stage was deployed before there was such an output.
        """
        if name not in self.outputs:
            lines = [f"stage {self.name} has no output {name}", "deploy this version there first"]
            raise CommandFailed(lines, Exit.UNREACHABLE)
        return self.outputs[name]


@contextmanager
def stage_opened(name: str) -> Iterator[Stage]:
    """The stage; inside, what goes wrong with it or with a request ends the command.

    Raises:
        CommandFailed: with a line for each thing that is wrong.
    """
    try:
        yield _local() if name == LOCAL else _deployed(name, boto3.Session(), None)
    except InvalidRequest as refusal:
        raise CommandFailed([told(each) for each in refusal.violations], Exit.REFUSED) from None
    except RequestError as refusal:
        raise CommandFailed([refusal.message], Exit.REFUSED) from None
    except (BotoCoreError, ClientError, DependencyUnavailable, MalformedSecret) as error:
        raise CommandFailed([f"stage {name}: {error}"], Exit.UNREACHABLE) from None


def _local() -> Stage:
    """What ``make run`` has written for tools."""
    try:
        told_by_stack = json.loads(LOCAL_FILE.read_bytes())
    except (OSError, ValueError):
        lines = [f"no local stage is running: there is no {LOCAL_FILE} here", "start it: make run"]
        raise CommandFailed(lines, Exit.UNREACHABLE) from None
    session = boto3.Session(
        aws_access_key_id=told_by_stack["aws_access_key_id"],
        aws_secret_access_key=told_by_stack["aws_secret_access_key"],
        region_name=told_by_stack["region"],
    )
    return _deployed(LOCAL, session, told_by_stack["s3_endpoint"])


def _deployed(name: str, session: boto3.Session, endpoint: str | None) -> Stage:
    stack = f"meshmill-{name}-service"
    client = _client(session, "cloudformation", endpoint)
    try:
        (description,) = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        where = client.meta.region_name
        lines = [f"there is no stage {name} in {where} of this account: {stack} does not exist"]
        raise CommandFailed(lines, Exit.UNREACHABLE) from None
    outputs = {each["OutputKey"]: each["OutputValue"] for each in description.get("Outputs", ())}
    return Stage(name, session, endpoint, outputs)


def _client(session: boto3.Session, service: str, endpoint: str | None) -> Any:
    return session.client(
        service,  # type: ignore[call-overload]  # any service, not one literal
        endpoint_url=endpoint,
        config=configuration(service, path_style=endpoint is not None),
    )
