"""`python -m bot.quick_rasa …`: Rasa's own command line with our shortcuts."""

from __future__ import annotations


def main() -> None:
    """Takes Rasa's arguments."""
    from rasa.__main__ import main as rasa_main

    from bot.rasa_shortcuts import take_shortcuts

    take_shortcuts()
    rasa_main()


if __name__ == "__main__":
    main()
