"""`python -m bot.rasa_process run …`: Rasa's own command line, with masked output."""

from __future__ import annotations

import warnings

from bot.logs import start_logging


def main() -> None:
    """Everything after the module's name goes to Rasa."""
    start_logging()
    warnings.simplefilter("ignore")
    from rasa.__main__ import main as rasa_main

    rasa_main()


if __name__ == "__main__":
    main()
