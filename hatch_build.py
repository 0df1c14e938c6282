"""What the wheel of the command line holds beside Python: the script that shows a model in a page.

npm installs it (``make test`` and ``make wheel`` see to that), and nobody commits it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_PACKAGE = Path("node_modules", "@google", "model-viewer")
_VIEWER = "meshmill_cli/viewer"
_SHIPPED = {
    _PACKAGE / "dist" / "model-viewer.min.js": f"{_VIEWER}/model-viewer.min.js",
    _PACKAGE / "LICENSE": f"{_VIEWER}/model-viewer.LICENSE",
}


class ViewerHook(BuildHookInterface[Any]):
    """Puts model-viewer and its licence beside the command that shows models."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Include them, or say that they are not here.

        Args:
            version: Of the wheel format; both are shipped in each.
            build_data: Hatch's; its ``force_include`` is from here to the place in the wheel.
        """
        shipped = {Path(self.root, source): place for source, place in _SHIPPED.items()}
        missing = [str(source) for source in shipped if not source.is_file()]
        if missing:
            self.app.display_warning(
                f"{missing[0]} is not here, so that meshmill view will lack its viewer: make wheel"
            )
            return
        build_data["force_include"] |= {str(source): place for source, place in shipped.items()}
