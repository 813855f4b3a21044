"""What can go wrong on the command line, each with its exit code."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked; the message is one line that names the cure."""

    exit_code = 1


class ModelMissing(CommandError):
    """No trained model is there, or it can't be loaded."""

    exit_code = 5


class PortTaken(CommandError):
    """Another program listens where Weijing wants to."""

    exit_code = 6


class ServiceFailed(CommandError):
    """A process did not start; its log says why."""

    exit_code = 7
