"""`python -m actions`: the action server, for Rasa alone."""

from __future__ import annotations

from actions.server import create_app
from bot.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    create_app(settings.actions_secret).run(settings.host, settings.actions_port, access_log=False, motd=False)
