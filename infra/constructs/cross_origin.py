"""What pages of other origins may send and read, where a stage names any.

No credential travels by itself: tokens and keys are headers that a page has to know, and cookies
are never taken. So an origin that is let in gains nothing that its user doesn't hand to it.
"""

from __future__ import annotations

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_s3 as s3

from infra.choices import CrossOrigin

REQUEST_HEADERS: Final = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-none-match",
    "traceparent",
    "x-api-key",
    "x-request-id",
)

EXPOSED_HEADERS: Final = (
    "content-disposition",
    "etag",
    "location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-request-id",
)

_READING: Final = (s3.HttpMethods.GET, s3.HttpMethods.HEAD)
_UPLOADING: Final = (s3.HttpMethods.POST, s3.HttpMethods.PUT)


def of_the_api(choice: CrossOrigin) -> apigateway.CorsPreflightOptions | None:
    """The gateway's configuration; none where no origin is allowed."""
    if not choice.origins:
        return None
    method = apigateway.CorsHttpMethod
    return apigateway.CorsPreflightOptions(
        allow_origins=list(choice.origins),
        allow_methods=[method.GET, method.HEAD, method.POST, method.DELETE],
        allow_headers=list(REQUEST_HEADERS),
        expose_headers=list(EXPOSED_HEADERS),
        max_age=Duration.seconds(choice.max_age),
    )


def of_downloads(choice: CrossOrigin) -> list[s3.CorsRule]:
    """For presigned downloads, whose file names and sizes a page may read."""
    exposed = ["content-disposition", "content-length", "etag"]
    return _rules(choice, _READING, exposed)


def of_uploads(choice: CrossOrigin) -> list[s3.CorsRule]:
    """For presigned uploads, by form or at one go."""
    return _rules(choice, _UPLOADING, ["etag"])


def _rules(
    choice: CrossOrigin, methods: tuple[s3.HttpMethods, ...], exposed: list[str]
) -> list[s3.CorsRule]:
    if not choice.origins:
        return []
    return [
        s3.CorsRule(
            allowed_origins=list(choice.origins),
            allowed_methods=list(methods),
            allowed_headers=["*"],
            exposed_headers=exposed,
            max_age=choice.max_age,
        )
    ]
