"""`python -m actions`: serve the actions on ACTIONS_PORT."""

from __future__ import annotations

from actions.server import action_app
from bot.settings import load_settings

if __name__ == "__main__":
    settings = load_settings()
    action_app(settings).run(settings.host, settings.actions_port, access_log=False)
