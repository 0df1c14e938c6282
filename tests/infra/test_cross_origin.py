"""Pages of other origins: nobody's by default, and those that a stage names wherever they call."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from infra.choices import CrossOrigin
from infra.config import ConfigError, stage_config
from infra.sources import CHECKOUT
from infra.stage_parts import Limits
from tests.infra.templates import Synthesised

STUDIO = "https://studio.example"
_ROUTE = "AWS::ApiGatewayV2::Route"

# The CDK starts Node, so it is left to a process of its own.
_PROGRAM = """
import json, os, sys
from dataclasses import replace
from infra.synth import packaged_node
os.environ.setdefault("JSII_NODE", str(packaged_node()))
from aws_cdk import App, Stack, aws_lambda as lambda_
from infra.choices import CrossOrigin
from infra.config import stage_config
from infra.constructs.buckets import artefacts_bucket, uploads_bucket
from infra.constructs.http_api import WayIn

config = replace(stage_config("production"), cors=CrossOrigin(origins=(sys.argv[1],)))
stack = Stack(App(analytics_reporting=False), "stack")
common = {"retention": config.retention, "on_deletion": config.on_deletion, "cors": config.cors}
artefacts_bucket(stack, **common)
uploads_bucket(stack, **common)
code = lambda_.InlineCode("handler = None")
verbs = {
    verb: lambda_.Function(
        stack, verb, runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code
    )
    for verb in ("api", "status")
}
WayIn(stack, "WayIn", stage=config).serve(**verbs)
assembly = stack.node.root.synth()
print(json.dumps(assembly.get_stack_by_name("stack").template))
"""


@pytest.fixture(scope="module")
def resources() -> list[dict[str, Any]]:
    """The way in and the buckets of a stage that lets one origin in."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, STUDIO],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout)["Resources"].values())


def _of(resources: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry["Properties"] for entry in resources if entry["Type"] == kind]


def test_by_default_no_other_origin_is_let_in(stage: Synthesised) -> None:
    (api,) = stage.resources("AWS::ApiGatewayV2::Api").values()
    assert "CorsConfiguration" not in api["Properties"]
    for bucket in stage.resources("AWS::S3::Bucket").values():
        assert "CorsConfiguration" not in bucket["Properties"]


def test_an_origin_that_a_stage_names_may_call_the_api_with_every_credential_it_takes(
    resources: list[dict[str, Any]],
) -> None:
    (api,) = _of(resources, "AWS::ApiGatewayV2::Api")
    policy = api["CorsConfiguration"]
    assert policy["AllowOrigins"] == [STUDIO]
    assert set(policy["AllowMethods"]) == {"GET", "HEAD", "POST", "DELETE"}
    assert {"authorization", "x-api-key", "content-type", "if-none-match"} <= set(
        policy["AllowHeaders"]
    )
    assert {"etag", "location", "retry-after", "x-request-id"} <= set(policy["ExposeHeaders"])
    assert policy["MaxAge"] == 600
    assert not policy.get("AllowCredentials")


def test_preflights_have_a_route_of_their_own(resources: list[dict[str, Any]]) -> None:
    routes = {entry["RouteKey"]: entry["Target"] for entry in _of(resources, _ROUTE)}
    assert set(routes) == {
        "$default",
        "OPTIONS /{proxy+}",
        "GET /api/v1/status/{kind}/{id}",
        "HEAD /api/v1/status/{kind}/{id}",
    }
    assert routes["OPTIONS /{proxy+}"] == routes["$default"]


def test_the_origin_may_download_and_upload_by_presigned_addresses(
    resources: list[dict[str, Any]],
) -> None:
    rules = [
        rule
        for bucket in _of(resources, "AWS::S3::Bucket")
        for rule in bucket["CorsConfiguration"]["CorsRules"]
    ]
    assert [rule["AllowedOrigins"] for rule in rules] == [[STUDIO], [STUDIO]]
    assert [rule["AllowedMethods"] for rule in rules] == [["GET", "HEAD"], ["POST", "PUT"]]
    assert "content-disposition" in rules[0]["ExposedHeaders"]


@pytest.mark.parametrize(
    "origins",
    [("*",), (STUDIO,), ("http://localhost:5173", STUDIO), ("https://a.b-c.example:8443",)],
    ids=range(4),
)
def test_origins_are_taken_as_browsers_send_them(origins: tuple[str, ...]) -> None:
    config = replace(stage_config("production"), cors=CrossOrigin(origins=origins))
    assert config.cors.origins == origins


@pytest.mark.parametrize(
    "origins",
    [("*", STUDIO), (f"{STUDIO}/",), ("studio.example",), ("https://*.example",), ("null",)],
    ids=range(5),
)
def test_origins_that_no_browser_sends_are_refused(origins: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="cors: "):
        replace(stage_config("production"), cors=CrossOrigin(origins=origins))


def test_download_links_outlast_the_window_in_which_an_answer_is_unchanged() -> None:
    with pytest.raises(ConfigError, match="download_link must outlast"):
        replace(stage_config("production"), limits=Limits(download_link=599))
    replace(stage_config("production"), limits=Limits(download_link=600))
