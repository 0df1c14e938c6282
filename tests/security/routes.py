"""The api function's routes as it has registered them, so that no attack misses a new one."""

from __future__ import annotations

import re
from functools import cache

from functions.api import handler as api_function
from meshmill.domain.permissions import Permission
from tests.support import tokens
from tests.support.cloud import Cloud

#: Whatever users may do; reading across users is not among it.
EVERY_PERMISSION = sorted(set(Permission) - {Permission.ADMIN_READ})
_MEMBER = re.compile(r"<(\w+)>")


def declared(cloud: Cloud) -> list[tuple[str, str]]:
    """Method and template of every route, HEAD left out: it goes wherever GET does.

    Last come those of accounts, since an erasure shuts its user out.
    """
    cloud.request("GET", "/api/v1/health")
    templates = api_function._api()._methods
    every = [
        (method, template)
        for template, methods in templates.items()
        for method in methods
        if method != "HEAD" and "/status/" not in template
    ]
    return sorted(every, key=lambda route: _is_of_accounts(route[1]))


def caller(template: str) -> str:
    """A token for a route; whoever erases an account is nobody that is needed afterwards."""
    return bearer("leaver" if _is_of_accounts(template) else "ada")


def _is_of_accounts(template: str) -> bool:
    return "/users/" in template


def filled(template: str, **members: str) -> str:
    """The path of a template; members that are not given are called ``x``."""
    return _MEMBER.sub(lambda found: members.get(found[1], "x"), template)


def bearer(subject: str = "ada", **changes: object) -> str:
    """A token that permits everything that users may do."""
    if changes:
        return tokens.token(subject, **{"permissions": EVERY_PERMISSION, **changes})
    return _plain(subject)


@cache
def _plain(subject: str) -> str:
    return tokens.token(subject, permissions=EVERY_PERMISSION)
