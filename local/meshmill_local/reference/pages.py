"""What pdoc makes of the client's docstrings, beside a page that tells of the commands."""

from __future__ import annotations

import inspect
from pathlib import Path
from types import ModuleType

import pdoc.render
from pdoc.doc import Module
from pdoc.extract import walk_specs

import meshmill_client
from meshmill_local.reference.commands import commands

#: The page of the package has all that it exports.
_MODULES = ("meshmill_client", r"!meshmill_client\.", "meshmill_client.errors")
_COMMAND_LINE = "command_line"
_TEMPLATES = Path(__file__).parent / "templates"
#: Where a reader begins; the rest follows by its name.
_FIRST = (
    "Client",
    "Assets",
    "Batches",
    "Generators",
    "AsyncClient",
    "AsyncAssets",
    "AsyncBatches",
    "AsyncGenerators",
)


def write(folder: Path) -> Path:
    """Make the pages, and return the one that leads to the others."""
    meshmill_client.__all__.sort(key=_rank)
    for kind in (meshmill_client.Assets, meshmill_client.Batches, meshmill_client.Generators):
        _forget_what_is_wrapped(kind)
    pages = {name: Module.from_name(name) for name in walk_specs(_MODULES)}
    pages[_COMMAND_LINE] = Module(_only_told(_COMMAND_LINE, commands()))
    pdoc.render.configure(
        docformat="google",
        footer_text=f"Meshmill {meshmill_client.__version__}",
        show_source=False,
        template_directory=_TEMPLATES,
    )
    for name, page in pages.items():
        _put(folder / f"{name.replace('.', '/')}.html", pdoc.render.html_module(page, pages))
    _put(folder / "search.js", pdoc.render.search_index(pages))
    return _put(folder / "index.html", pdoc.render.html_index(pages))


def _rank(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _forget_what_is_wrapped(kind: type) -> None:
    """Let pdoc take blocking methods for what they are: it looks through to the coroutines."""
    for method in filter(inspect.isfunction, vars(kind).values()):
        method.__signature__ = inspect.signature(method)  # type: ignore[attr-defined]
        vars(method).pop("__wrapped__", None)


def _only_told(name: str, text: str) -> ModuleType:
    """A module that holds nothing but its docstring."""
    module = ModuleType(name, text)
    module.__all__ = []  # type: ignore[attr-defined]  # as any module may have
    return module


def _put(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
