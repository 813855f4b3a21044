"""Jinja2 as every room of pages uses it: escaping on, undefined names refused."""

from __future__ import annotations

import pathlib
import re
from typing import Any, Callable, Mapping

import jinja2
from sanic.response import HTTPResponse, html

ANCHOR = re.compile(r'<a href="[^"]*">(.*?)</a>', re.DOTALL)


def unlinked(text: str) -> str:
    """A message's text with the words of its links alone: a driver's one-time link is for nobody else to see."""
    return ANCHOR.sub(r"\1", text)


class Templates:
    """Templates of one folder; a page is a file, a partial page begins with an underscore."""

    def __init__(self, folder: pathlib.Path, filters: Mapping[str, Callable[..., Any]] | None = None) -> None:
        loader = jinja2.FileSystemLoader(str(folder))
        self._environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined,
                                               trim_blocks=True, lstrip_blocks=True)
        self._environment.filters.update({"unlinked": unlinked, **(filters or {})})

    def page(self, name: str, status: int = 200, **values: Any) -> HTTPResponse:
        """The template `name` as an HTML response. Raises jinja2.UndefinedError when a value is missing."""
        return html(self._environment.get_template(name).render(**values), status=status)
