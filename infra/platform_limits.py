"""What AWS, its SDK and our own calls of it set bounds to."""

from __future__ import annotations

from typing import Final

from infra.stage_parts import HOUR

MINIMUM_MAX_RECEIVE_COUNT: Final = 5
"""AWS's advice for queues behind Lambda: a throttled poller spends receives without an attempt."""

MINIMUM_CONCURRENCY: Final = 2
"""The least that Lambda accepts as an event source mapping's maximum concurrency."""

VISIBILITY_FACTOR: Final = 6
"""Visibility >= 6 x function timeout + window, or a message returns while it is worked upon.

Source: *Configuring a queue to use with Lambda* in the AWS Lambda developer guide.
"""

SLOWEST_CALL: Final = 8
"""Seconds after which the SDK gives up on a service that hangs: ``meshmill.aws.clients``."""

SLOWEST_S3_CALL: Final = 20
"""Likewise for S3, whose bodies take longer."""

KEY_MEMORY: Final = 60
"""Seconds for which a process remembers an API key: ``meshmill.aws.dynamodb_keys``."""

LONGEST_FORM: Final = HOUR
"""Seconds: what a role's credentials have signed is no longer good than they are themselves."""

API_CALLS: Final = 3
"""Calls to AWS in an accepted request."""

ENTRIES_PER_CALL: Final = 25
"""Audit entries that one call of DynamoDB takes."""

Relations = list[tuple[bool, str]]
"""Whether each relation between two values holds, and the sentence that tells of its breach."""
