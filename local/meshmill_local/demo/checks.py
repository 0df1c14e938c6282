"""What the demo claims, checked: valid files, nothing built twice, errors as the contract says."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from meshmill_client import ApiError, Asset, Client
from meshmill_local.demo.errors import LOOK_IN_THE_LOG, DemoError, told_in_one_line
from meshmill_local.demo.events import ApiEvent
from meshmill_local.demo.pursuit import Delivery
from meshmill_local.gltf_check import ValidatorMissing, validate_all
from meshmill_local.model_check import UnreadableModel, triangles_in

_RUN_THE_TESTS = "run the engine's tests: make test"


class Caller:
    """Sends events as the local user, or as nobody where an event carries no token."""

    def __init__(self, signed_in: Client, anonymous: Client) -> None:
        self._signed_in = signed_in
        self._anonymous = anonymous

    def create(self, event: ApiEvent) -> Asset:
        """The asset that an event asks for.

        Raises:
            DemoError: it is refused.
        """
        with told_in_one_line(event.name, f"{event.method} {event.target}"):
            return Asset.read(event.send(self._signed_in, self._anonymous))

    def read(self, event: ApiEvent) -> None:
        """Read something.

        Raises:
            DemoError: it is refused.
        """
        with told_in_one_line(event.name, f"{event.method} {event.target}"):
            event.send(self._signed_in, self._anonymous)

    def be_refused(self, code: str, event: ApiEvent) -> ApiError:
        """The error that an event is answered with.

        Raises:
            DemoError: it isn't refused, or not with this code.
        """
        where = f"{event.method} {event.target}"
        with told_in_one_line(event.name, where):
            try:
                answer = event.send(self._signed_in, self._anonymous)
            except ApiError as error:
                if error.refusal.code == code:
                    return error
                given = f"answered {error.refusal.code} instead of {code}"
            else:
                given = f"answered {answer.status_code} instead of {code}"
        raise DemoError(f"refused/{event.name} was {given}", where=where, next_step=LOOK_IN_THE_LOG)


def require_valid(deliveries: Sequence[Delivery]) -> int:
    """How many glTF models Khronos' validator found without errors and warnings: all of them.

    Raises:
        DemoError: it complains, or isn't there.
    """
    models = [path for delivery in deliveries for path in delivery.models if _is_gltf(path)]
    try:
        reports = validate_all(models)
    except subprocess.SubprocessError as error:
        raise DemoError(
            f"Khronos' validator broke off: {type(error).__name__}",
            where="node_modules/gltf-validator",
            next_step="install it anew: rm node_modules/.ready, then make demo",
        ) from error
    except ValidatorMissing as error:
        raise DemoError(
            str(error), where="node_modules", next_step="install it: make node_modules/.ready"
        ) from error
    for path, report in zip(models, reports, strict=True):
        if not report.clean:
            raise DemoError(
                f"not a valid glTF file: {report.messages[0]}",
                where=str(path),
                next_step=_RUN_THE_TESTS,
            )
    return len(models)


def require_complete(deliveries: Sequence[Delivery]) -> int:
    """How many OBJ and FBX models trimesh and ufbx opened, with every triangle: all of them.

    Raises:
        DemoError: one can't be opened, or has lost triangles.
    """
    others = [delivery for delivery in deliveries if not _is_gltf(delivery.model)]
    for delivery in others:
        wanted = delivery.asset.stats.triangles if delivery.asset.stats else 0
        try:
            found = triangles_in(delivery.model)
        except UnreadableModel as error:
            problem = f"not a readable model: {error}"
        else:
            problem = f"{found} triangles instead of {wanted}" if found != wanted else ""
        if problem:
            raise DemoError(problem, where=str(delivery.model), next_step=_RUN_THE_TESTS)
    return len(others)


def _is_gltf(path: Path) -> bool:
    return path.suffix == ".glb"


def require_unbuilt(first: Asset, repeated: Asset) -> None:
    """Check that a repeated request was answered with what stood there.

    Raises:
        DemoError: it has another id, or something was built for it.
    """
    expected = _traces(first) | {"deduplicated": True}
    found = _traces(repeated) | {"deduplicated": repeated.deduplicated}
    different = sorted(name for name in expected if expected[name] != found[name])
    if different:
        name = different[0]
        raise DemoError(
            f"the repeated request has {name} {found[name]} instead of {expected[name]}",
            where=f"asset {first.asset_id}",
            next_step=LOOK_IN_THE_LOG,
        )


def _traces(asset: Asset) -> dict[str, object]:
    """What building an asset again would change."""
    return {
        "asset_id": asset.asset_id,
        "attempts": asset.attempts,
        "started_at": asset.started_at,
        "completed_at": asset.completed_at,
    }
