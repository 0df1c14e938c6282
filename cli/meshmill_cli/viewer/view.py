"""``meshmill view``: a model in a browser, from this machine alone or from one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from meshmill_cli.frame.errors import CommandFailed
from meshmill_cli.frame.exits import Exit
from meshmill_cli.terminal.output import say, tell
from meshmill_cli.terminal.whole_files import write_whole

if TYPE_CHECKING:
    from meshmill_cli.viewer.exhibit import Exhibit
    from meshmill_cli.viewer.server import PageServer

_PAGES = {".html", ".htm"}
#: Browsers take no string beyond half a gigabyte, and base64 adds a third.
MOST_EMBEDDED_BYTES = 256 * 1024 * 1024

EXAMPLES = """
\b
Examples:
  meshmill view out/model.glb
  meshmill view out
  meshmill view out --html oak.html
  meshmill view out --no-open --port 8123
"""


def view(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A .glb, or a folder that holds model.glb.")
    ],
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write one page with everything in it, and serve nothing."),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Serve here; a free port unless given.")
    ] = 0,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Print the address, and open no browser.")
    ] = False,
) -> None:
    """Look at a model in a browser, without a network.

    Serves until Ctrl-C, which is its ordinary end (exit code 0). Levels of detail and
    provenance.json that stand beside the file are shown with it.
    """
    from meshmill_cli.viewer.browser import open_browser  # noqa: PLC0415
    from meshmill_cli.viewer.exhibit import exhibit_at  # noqa: PLC0415

    exhibit = exhibit_at(file)
    if html is not None:
        _write(exhibit, html)
        return
    with _server(exhibit, port) as server:
        try:
            say(server.address)
            sys.stdout.flush()
            tell("Ctrl-C ends it")
            if not no_open:
                open_browser(server.address)
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _write(exhibit: Exhibit, target: Path) -> None:
    from meshmill_cli.viewer.page import self_contained_page  # noqa: PLC0415
    from meshmill_cli.viewer.script import viewer_script  # noqa: PLC0415

    if target.suffix.lower() not in _PAGES:
        raise CommandFailed([f"--html {target}: must end in .html"], Exit.REFUSED)
    if sum(len(level.data) for level in exhibit.levels) > MOST_EMBEDDED_BYTES:
        reason = "too big for a page of its own (256 MiB); leave --html out"
        raise CommandFailed([f"{exhibit.name}: {reason}"], Exit.REFUSED)
    page = self_contained_page(exhibit, viewer_script())
    write_whole({target: page})
    say(f"{target}  {len(page):,} bytes")


def _server(exhibit: Exhibit, port: int) -> PageServer:
    from meshmill_cli.viewer.page import SCRIPT_ADDRESS, filename_of, served_page  # noqa: PLC0415
    from meshmill_cli.viewer.script import viewer_script  # noqa: PLC0415
    from meshmill_cli.viewer.server import PageServer, Resource  # noqa: PLC0415

    models = {
        f"/{filename_of(level)}": Resource("model/gltf-binary", level.data)
        for level in exhibit.levels
    }
    page = Resource("text/html; charset=utf-8", served_page(exhibit))
    script = Resource("text/javascript; charset=utf-8", viewer_script().encode())
    try:
        return PageServer(port, {"/": page, SCRIPT_ADDRESS: script, **models})
    except OSError as error:
        reason = f"--port {port}: {error.strerror}; leave it out, and a free one is found"
        raise CommandFailed([reason], Exit.REFUSED) from None
