"""Parameters of requests: those that many operations share, and how one is written."""

from __future__ import annotations

from meshmill.http.openapi.references import TEXT, USER, UUID, Part, ref

#: Read on every operation.
REQUEST_ID = ref("parameters", "XRequestId")
TRACEPARENT = ref("parameters", "Traceparent")
IF_NONE_MATCH = ref("parameters", "IfNoneMatch")
ASSET_ID = ref("parameters", "AssetId")
USER_ID = ref("parameters", "UserId")
BATCH_ID = ref("parameters", "BatchId")
IDEMPOTENCY_KEY = ref("parameters", "IdempotencyKey")
EXPIRES = ref("parameters", "Expires")
SIGNATURE = ref("parameters", "Signature")


def parameter_components() -> Part:
    """``components.parameters``."""
    return {
        "XRequestId": _header(
            "X-Request-Id",
            "The caller's own id of the request: 1 to 128 letters, digits, dots, hyphens and "
            "underscores. It is answered back and logged; one of another form is ignored.",
        ),
        "Traceparent": _header(
            "traceparent",
            "The caller's trace (W3C Trace Context). The logs of the work that this request "
            "starts name it; one of another form is ignored.",
        ),
        "IfNoneMatch": _header("If-None-Match", "ETags that the caller holds: 304 on a match."),
        "AssetId": path("asset_id", UUID, "Id of the asset, in its one spelling."),
        "BatchId": path("batch_id", UUID, "Id of the batch, in its one spelling."),
        "IdempotencyKey": {
            **_header(
                "Idempotency-Key",
                "What the caller names a request by that it may repeat: 1 to 255 visible ASCII "
                "characters.",
            ),
            "schema": {**TEXT, "pattern": "^[!-~]{1,255}$"},
        },
        "UserId": path("user_id", USER, "Id of the user, as the link has it."),
        "Expires": {
            **query(
                "expires",
                {"type": "integer", "minimum": 0},
                "When the link ends, seconds since 1970.",
            ),
            "required": True,
        },
        "Signature": {
            **query("signature", TEXT, "What the service signed it with."),
            "required": True,
        },
    }


def query(name: str, schema: Part, description: str) -> Part:
    """An optional query parameter."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
    }


def path(name: str, schema: Part, description: str) -> Part:
    """A member of the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
    }


def _header(name: str, description: str) -> Part:
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": TEXT,
    }
