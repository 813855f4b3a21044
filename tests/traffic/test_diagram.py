from __future__ import annotations

import pathlib

from traffic.diagram import diagram

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "records.md"


def test_the_page_shows_the_tables_as_they_are() -> None:
    assert f"```mermaid\n{diagram()}\n```" in PAGE.read_text(encoding="utf-8"), \
        "draw it again: python -m traffic.diagram"
