"""A small cloud assembly, as CDK would write it: it deploys in half a second."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_BUCKET = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
_HANDLER = """
import json
import os
import time


def handler(event, context):
    print("called")
    if "Records" in event:
        return {"batchItemFailures": []}
    path = event["rawPath"]
    if path == "/slow":
        time.sleep(0.2)
    seen = {
        "path": path,
        "query": event["rawQueryString"],
        "headers": event["headers"],
        "body": event.get("body"),
        "base64": event["isBase64Encoded"],
        "variables": sorted(os.environ),
    }
    return {"statusCode": 200, "headers": {"content-type": "application/json"},
            "body": json.dumps(seen)}
"""


def write_echo_assembly(root: Path, more_resources: dict[str, Any]) -> Path:
    """Write the assembly to ``root``; ``more_resources`` join the service stack."""
    stage = root / "assembly-echo"
    (stage / "code").mkdir(parents=True)
    (stage / "code" / "handler.py").write_text(_HANDLER)
    code_key = hashlib.sha256(_HANDLER.encode()).hexdigest()
    service = _service_template(f"{code_key}.zip")
    service["Resources"] |= more_resources
    code = {code_key: _asset("code", "zip", f"{code_key}.zip")}
    # The dependent stack comes first, so that reading them in order is not enough.
    artefacts = _stack(stage, "service", service, ["data"], code)
    artefacts |= _stack(stage, "data", _data_template(), [], {})
    (stage / "manifest.json").write_text(json.dumps({"artifacts": artefacts}))
    nested = {"type": "cdk:cloud-assembly", "properties": {"directoryName": stage.name}}
    (root / "manifest.json").write_text(json.dumps({"artifacts": {"echo": nested}}))
    return root


def _stack(
    stage: Path, name: str, template: dict[str, Any], after: list[str], assets: dict[str, Any]
) -> dict[str, Any]:
    template["Parameters"] = template.get("Parameters", {}) | {
        "BootstrapVersion": {
            "Type": "AWS::SSM::Parameter::Value<String>",
            "Default": "/cdk-bootstrap/hnb659fds/version",
        }
    }
    text = json.dumps(template)
    (stage / f"{name}.template.json").write_text(text)
    key = hashlib.sha256(text.encode()).hexdigest()
    files = assets | {key: _asset(f"{name}.template.json", "file", f"{key}.json")}
    (stage / f"{name}.assets.json").write_text(json.dumps({"files": files}))
    return {
        f"{name}.assets": {
            "type": "cdk:asset-manifest",
            "properties": {"file": f"{name}.assets.json"},
        },
        name: {
            "type": "aws:cloudformation:stack",
            "properties": {"templateFile": f"{name}.template.json", "stackName": f"echo-{name}"},
            "dependencies": [f"{name}.assets", *after],
        },
    }


def _asset(path: str, packaging: str, key: str) -> dict[str, Any]:
    return {
        "source": {"path": path, "packaging": packaging},
        "destinations": {"here": {"bucketName": _BUCKET, "objectKey": key}},
    }


def _data_template() -> dict[str, Any]:
    keys = {
        "KeySchema": [{"AttributeName": "key_id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "key_id", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    }
    secret = {"GenerateSecretString": {"SecretStringTemplate": "{}", "GenerateStringKey": "key"}}
    return {
        "Resources": {
            "Keys": {"Type": "AWS::DynamoDB::Table", "Properties": keys},
            "Uploads": {"Type": "AWS::S3::Bucket"},
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": secret},
        },
        "Outputs": {
            "ApiKeysTable": {"Value": {"Ref": "Keys"}},
            "UploadsBucket": {"Value": {"Ref": "Uploads"}, "Export": {"Name": "echo-uploads"}},
            "SecretId": {"Value": {"Ref": "Secret"}},
        },
    }


def _service_template(code_key: str) -> dict[str, Any]:
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "handler.handler",
            "Timeout": 30,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"S3Bucket": {"Fn::Sub": _BUCKET}, "S3Key": code_key},
            "Environment": {"Variables": {"UPLOADS": {"Fn::ImportValue": "echo-uploads"}}},
        },
    }
    return {
        "Parameters": {"PublicBaseUrl": {"Type": "String"}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": _ROLE},
            "Function": function,
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": _API},
            "Stage": {
                "Type": "AWS::ApiGatewayV2::Stage",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "StageName": "$default",
                    "AutoDeploy": True,
                },
            },
            "Integration": {
                "Type": "AWS::ApiGatewayV2::Integration",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "IntegrationType": "AWS_PROXY",
                    "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]},
                    "PayloadFormatVersion": "2.0",
                },
            },
            "Route": {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {
                    "ApiId": {"Ref": "Api"},
                    "RouteKey": "$default",
                    "Target": {"Fn::Join": ["", ["integrations/", {"Ref": "Integration"}]]},
                },
            },
        },
        "Outputs": {
            "ApiId": {"Value": {"Ref": "Api"}},
            "QueueUrl": {"Value": {"Ref": "Queue"}},
            "PublicBaseUrl": {"Value": {"Ref": "PublicBaseUrl"}},
            "EchoFunction": {"Value": {"Ref": "Function"}},
        },
    }


_ROLE = {
    "AssumeRolePolicyDocument": {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
}
_API = {
    "Name": "echo",
    "ProtocolType": "HTTP",
    "CorsConfiguration": {
        "AllowOrigins": ["https://studio.example"],
        "AllowMethods": ["GET", "POST"],
        "AllowHeaders": ["authorization"],
        "ExposeHeaders": ["retry-after"],
        "MaxAge": 600,
    },
}
