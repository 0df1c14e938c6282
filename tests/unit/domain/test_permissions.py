from __future__ import annotations

from meshmill.domain.permissions import USER_PERMISSIONS, Permission


def test_a_permission_is_a_resource_and_an_action() -> None:
    for permission in Permission:
        assert f"{permission.resource}:{permission.action}" == permission


def test_users_have_all_but_reading_across_users() -> None:
    assert set(Permission) - set(USER_PERMISSIONS) == {"admin:read"}


def test_every_permission_that_the_routes_demand_is_known() -> None:
    demanded = {"assets:create", "assets:read", "assets:delete", "account:manage"}
    demanded |= {"batches:create", "batches:read", "admin:read"}
    assert {str(permission) for permission in Permission} == demanded
