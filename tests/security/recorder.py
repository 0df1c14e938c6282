"""Which actions on which resources the functions' calls to AWS need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from tests.support import tables

Grant = tuple[str, str]
_TABLES = {
    tables.ASSETS: "Assets",
    tables.RATE_LIMITS: "RateLimits",
    tables.API_KEYS: "ApiKeys",
    tables.AUDIT: "Audit",
    tables.ACCOUNT_JOBS: "AccountJobs",
    tables.BATCHES: "Batches",
}
#: S3's operations that need an action of another name.
_S3_ACTIONS = {
    "HeadObject": "GetObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObjectVersion",
}
_TRANSACTED = {
    "Put": "PutItem",
    "Delete": "DeleteItem",
    "Update": "UpdateItem",
    "ConditionCheck": "ConditionCheckItem",
}


class Recorder:
    """The actions that calls need, by the function that makes them."""

    def __init__(self) -> None:
        self.function = ""
        self.actions: dict[str, set[Grant]] = defaultdict(set)

    def noting(self, function: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        """The handler, with its calls noted as this function's."""

        def handle(*arguments: Any) -> Any:
            self.function = function
            try:
                return handler(*arguments)
            finally:
                self.function = ""

        return handle

    def note(self, client: Any, operation: str, parameters: dict[str, Any]) -> None:
        """One call of a client."""
        if self.function:
            service = client.meta.service_model.service_name
            self.actions[self.function] |= set(_needed(service, operation, parameters))


def _needed(service: str, operation: str, parameters: dict[str, Any]) -> Iterator[Grant]:
    """Actions and resources of a call, in the words of the list of grants."""
    match service:
        case "dynamodb":
            yield from _of_tables(operation, parameters)
        case "sqs":
            name = parameters["QueueUrl"].rpartition("/")[2]
            queue = "".join(word.capitalize() for word in name.split("_"))
            yield f"sqs:{operation.removesuffix('Batch')}", f"{queue}Queue"
        case "s3" if operation == "DeleteObject" and "VersionId" in parameters:
            yield "s3:DeleteObjectVersion", _issued(parameters)
        case "s3":
            action = _S3_ACTIONS.get(operation, operation)
            of_a_version = "Version" if action == "GetObject" and "VersionId" in parameters else ""
            yield f"s3:{action}{of_a_version}", _objects(parameters)
        case "secretsmanager":
            yield f"secretsmanager:{operation}", "SigningSecret"
        case _:
            yield f"{service}:{operation}", "*"


def _objects(parameters: dict[str, Any]) -> str:
    """The bucket, and below it the first folder of what is asked for by key."""
    bucket = str(parameters["Bucket"]).capitalize()
    several = [entry["Key"] for entry in parameters.get("Delete", {}).get("Objects", [])]
    key = parameters.get("Key") or next(iter(several), None)
    return f"{bucket}/{key.partition('/')[0]}/*" if key else bucket


def _issued(parameters: dict[str, Any]) -> str:
    """Likewise, told from the user's own files where it is what the API had issued a form for."""
    match parameters["Key"].split("/"):
        case [folder, _, ".batches", *_]:
            return f"{parameters['Bucket'].capitalize()}/{folder}/*/.batches/*"
    return _objects(parameters)


def _of_tables(operation: str, parameters: dict[str, Any]) -> Iterator[Grant]:
    match operation:
        case "BatchGetItem" | "BatchWriteItem":
            for table in parameters["RequestItems"]:
                yield f"dynamodb:{operation}", _TABLES[table]
        case "TransactWriteItems":
            for item in parameters["TransactItems"]:
                for kind, entry in item.items():
                    yield f"dynamodb:{_TRANSACTED[kind]}", _TABLES[entry["TableName"]]
        case _:
            table, index = _TABLES[parameters["TableName"]], parameters.get("IndexName")
            yield f"dynamodb:{operation}", f"{table}/index/{index}" if index else table
