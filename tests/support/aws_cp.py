"""``aws s3 cp FILE s3://BUCKET/KEY``, for machines without the AWS command line: as it would."""

from __future__ import annotations

import os
import sys

import boto3


def main(service: str, command: str, file: str, target: str) -> None:
    """Put the file; endpoint, region and credentials come from the environment."""
    assert (service, command) == ("s3", "cp")
    bucket, _, key = target.removeprefix("s3://").partition("/")
    s3 = boto3.client("s3", region_name=os.environ["AWS_REGION"])
    s3.upload_file(file, bucket, key)


if __name__ == "__main__":
    main(*sys.argv[1:])
