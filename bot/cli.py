"""The command line: `weijing …`. The one place that may import every room."""

from __future__ import annotations

import os
import pathlib
import sys
import warnings

import typer
from rich.console import Console

from bot.commands import candidates, database, development, inbox, model, officers, records
from bot.errors import CommandError
from bot.settings import SettingsError
from connectors.wechat import cli as wechat

EXIT_CODES = (
    "Exit codes: 0 done · 1 failed · 2 wrong use · 3 settings · 4 database · 5 model · 6 port taken"
    " · 7 a process did not start."
)
EXIT_SETTINGS, EXIT_DATABASE = 3, 4

app = typer.Typer(
    help="Weijing (微警): a traffic-police station answers drivers on WeChat by itself.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.add_typer(database.app, name="db")
app.add_typer(officers.app, name="officer")
app.add_typer(inbox.app, name="inbox")
app.add_typer(records.audit, name="audit")
app.add_typer(wechat.app, name="wechat")
app.command("import")(records.import_records)
model.register(app)
candidates.register(app)
development.register(app)


@app.command()
def run() -> None:
    """Start everything: database, model, Rasa, actions, pages and, in development, the stand-in WeChat.

    Example: weijing run
    """
    from bot.run import run_station

    run_station()


def main() -> None:
    """Entry point: errors of every room become one line on standard error and an exit code."""
    from bot.training.errors import TrainingError
    from messages.errors import MessagesError
    from traffic.errors import TrafficError

    _hush_libraries()
    try:
        app()
    except SettingsError as error:
        _stop(error, EXIT_SETTINGS)
    except CommandError as error:
        _stop(error, error.exit_code)
    except (TrafficError, MessagesError) as error:
        _stop(error, EXIT_DATABASE)
    except TrainingError as error:
        _stop(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)


def _hush_libraries() -> None:
    """Rasa's and TensorFlow's bars and deprecations are nothing that a maintainer can act on."""
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1")
    warnings.showwarning = lambda *_, **__: None


def _stop(error: Exception, code: int) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"weijing: {error}", style="red", markup=False)
    sys.exit(code)


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
    main()
