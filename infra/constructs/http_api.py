"""The way in: an HTTP API that hands everything to two functions."""

from __future__ import annotations

import json

from aws_cdk import Tags
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import StageConfig
from infra.constructs.acknowledgements import acknowledge
from infra.constructs.cross_origin import of_the_api
from infra.constructs.log_groups import LogGroup

STATUS_ROUTE = "/api/v1/status/{kind}/{id}"

_ACCESS_LOG = {
    "request_id": "$context.requestId",
    "requested_at": "$context.requestTimeEpoch",
    "method": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "integration_error": "$context.integrationErrorMessage",
    "source_ip": "$context.identity.sourceIp",
}
"""Nothing that callers write: a query string has a status link's signature, a path has whatever
they put there. The functions log the route that a path belongs to, under the same request id."""


class WayIn(Construct):
    """``$default`` to the API, signed status links to a function of their own."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageConfig) -> None:
        super().__init__(scope, construct_id)
        self.api = apigateway.HttpApi(
            self,
            "Api",
            description=f"Meshmill {stage.name}",
            create_default_stage=False,
            cors_preflight=of_the_api(stage.cors),
        )
        self._lets_origins_in = bool(stage.cors.origins)
        if stage.api_id is not None:
            Tags.of(self.api).add("ms-custom-id", stage.api_id)
        acknowledge(
            self,
            "APIG4",
            "api authenticates bearer tokens and API keys itself, status verifies signatures: an "
            "authorizer of HTTP APIs can neither take two kinds of credential nor answer with "
            "our envelope.",
        )
        logs = LogGroup(self, "AccessLogs", days=stage.retention.log_days)
        # The L2 stage takes its log format by a callback into Python, L1 as the text it is.
        apigateway.CfnStage(
            self,
            "DefaultStage",
            api_id=self.api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=stage.limits.api_requests_per_second,
                throttling_burst_limit=stage.limits.api_burst,
            ),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=logs.log_group_arn, format=json.dumps(_ACCESS_LOG)
            ),
        )

    def serve(self, *, api: lambda_.Function, status: lambda_.Function) -> None:
        """Route signed status links to ``status`` and everything else to ``api``."""
        self.api.add_routes(
            path=STATUS_ROUTE,
            methods=[apigateway.HttpMethod.GET, apigateway.HttpMethod.HEAD],
            integration=integrations.HttpLambdaIntegration("Status", status),
        )
        to_api = integrations.HttpLambdaIntegration("Api", api)
        if self._lets_origins_in:
            # $default would take preflights too, and the api function would refuse the method.
            self.api.add_routes(
                path="/{proxy+}", methods=[apigateway.HttpMethod.OPTIONS], integration=to_api
            )
        apigateway.HttpRoute(
            self,
            "Otherwise",
            http_api=self.api,
            route_key=apigateway.HttpRouteKey.DEFAULT,
            integration=to_api,
        )
