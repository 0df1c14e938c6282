"""The HTTP API: its routes, a log of every request, and a ceiling; and what a stage tells of it."""

from __future__ import annotations

import json

from infra.stage_parts import FUNCTIONS
from tests.infra.templates import Synthesised


def test_signed_status_links_go_to_status_and_everything_else_to_api(stage: Synthesised) -> None:
    integrations = stage.resources("AWS::ApiGatewayV2::Integration")
    served_by = {}
    for route in stage.resources("AWS::ApiGatewayV2::Route").values():
        integration = route["Properties"]["Target"]["Fn::Join"][1][1]["Ref"]
        function = integrations[integration]["Properties"]["IntegrationUri"]["Fn::GetAtt"][0]
        served_by[route["Properties"]["RouteKey"]] = function[: -len("XXXXXXXX")]
    assert served_by == {
        "$default": "ApiFunction",
        "GET /api/v1/status/{kind}/{id}": "StatusFunction",
        "HEAD /api/v1/status/{kind}/{id}": "StatusFunction",
    }


def test_events_come_in_payload_format_2(stage: Synthesised) -> None:
    for integration in stage.resources("AWS::ApiGatewayV2::Integration").values():
        assert integration["Properties"]["PayloadFormatVersion"] == "2.0"


def test_the_default_stage_is_throttled_and_deployed_by_itself(stage: Synthesised) -> None:
    (default,) = stage.resources("AWS::ApiGatewayV2::Stage").values()
    properties = default["Properties"]
    assert (properties["StageName"], properties["AutoDeploy"]) == ("$default", True)
    settings = properties["DefaultRouteSettings"]
    assert settings["ThrottlingRateLimit"] >= 1_000
    assert settings["ThrottlingBurstLimit"] >= settings["ThrottlingRateLimit"]


def test_access_is_logged_as_json_without_anything_that_callers_write(stage: Synthesised) -> None:
    (default,) = stage.resources("AWS::ApiGatewayV2::Stage").values()
    settings = default["Properties"]["AccessLogSettings"]
    fields = json.loads(settings["Format"])
    assert {"$context.requestId", "$context.status"} <= set(fields.values())
    assert not [value for value in fields.values() if "query" in value.lower()]
    assert "$context.path" not in fields.values(), "callers write what they like into a path"
    group = settings["DestinationArn"]["Fn::GetAtt"][0]
    assert stage.resources("AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"] > 0


def test_outputs_name_everything_that_tools_ask_for(stage: Synthesised) -> None:
    queues = {
        f"{lane}{kind}Url"
        for lane in ("Express", "Standard", "Bulk", "UploadEvents", "Batch")
        for kind in ("Queue", "DeadLetterQueue")
    }
    functions = {
        "".join(word.capitalize() for word in verb.split("_")) + "Function" for verb in FUNCTIONS
    }
    assert set(stage.service["Outputs"]) == queues | functions | {
        "ApiId",
        "ApiEndpoint",
        "AssetsTable",
        "BatchesTable",
        "AccountJobsTable",
        "AuditTable",
        "AuditDays",
        "Issuer",
        "LongestLinkSeconds",
        "RateLimitsTable",
        "ApiKeysTable",
        "ArtefactsBucket",
        "UploadsBucket",
        "SigningSecretId",
        *(() if stage.stage == "local" else ("UserPoolId", "TokenUrl", "DefaultClientId")),
    }
