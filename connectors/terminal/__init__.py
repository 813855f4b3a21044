"""A chat in the terminal, through the same post room as every channel."""

from __future__ import annotations

from typing import Any

__all__ = ["TerminalChat"]


def __getattr__(name: str) -> Any:
    if name == "TerminalChat":  # loaded when asked for: it imports Rasa
        from connectors.terminal.chat import TerminalChat

        return TerminalChat
    raise AttributeError(name)
