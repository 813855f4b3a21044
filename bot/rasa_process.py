"""`python -m bot.rasa_process SLOT …`: Rasa's own command line with masked output and a model that was checked."""

from __future__ import annotations

import os
import sys
import warnings

from bot import quick_rasa
from bot.errors import CommandError
from bot.logs import start_logging
from bot.models import check_model, model_of_slot, slot_file
from bot.settings import load_settings

NICE = 10
"""Behind the webhook's process: in a burst WeChat must hear within 5 s, answers may come later."""


def main() -> None:
    """The first argument names the slot, whose model is loaded; everything after it goes to Rasa."""
    start_logging()
    os.nice(NICE)
    warnings.simplefilter("ignore")
    slot, rest = sys.argv[1], sys.argv[2:]
    settings = load_settings()
    try:
        manifest = model_of_slot(slot)
        model = check_model(manifest, None if settings.development else settings.weijing_secret)
    except CommandError as error:
        sys.exit(f"weijing: {error}")
    slot_file(slot).write_text(manifest.model)  # what it has, whatever becomes live meanwhile; a restart loads the same
    sys.argv = ["rasa", "run", "--model", str(model), *rest]
    quick_rasa.main()


if __name__ == "__main__":
    main()
