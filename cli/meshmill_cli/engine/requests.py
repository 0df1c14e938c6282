"""A request for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshmill.domain.errors import InvalidRequest, RequestError
from meshmill.domain.request import AssetRequest, validate_request
from meshmill_cli.frame.errors import CommandFailed, told
from meshmill_cli.frame.exits import Exit


def checked_request(members: Mapping[str, Any]) -> AssetRequest:
    """The request that the members make.

    Raises:
        CommandFailed: each violation of a rule, a line each.
    """
    try:
        return validate_request(dict(members))
    except InvalidRequest as refusal:
        raise CommandFailed([told(each) for each in refusal.violations], Exit.REFUSED) from None
    except RequestError as refusal:
        raise CommandFailed([str(refusal)], Exit.REFUSED) from None
