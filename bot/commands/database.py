"""`weijing db …`: the schema and the demo city."""

from __future__ import annotations

import typer

from bot.commands.progress import progress_bar
from bot.settings import load_settings

app = typer.Typer(help="The database: bring its schema up to date, fill it with the demo city.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Nothing at the top level yet; `weijing db` is added by the caller."""


@app.command()
def upgrade() -> None:
    """Bring the schema of DATABASE_URL up to date (quick when it is).

    Example: DATABASE_URL=postgresql://weijing@127.0.0.1/weijing weijing db upgrade
    """
    from bot.records import upgrade_database

    upgrade_database(load_settings().database_url)
    typer.echo("the schema is up to date")


@app.command()
def demo(
    seed: int = typer.Option(1, help="The same seed and day give the same city."),
    fresh: bool = typer.Option(False, "--fresh", help="Replace a demo city that is there."),
) -> None:
    """Fill an empty database with an invented town: vehicles, drivers, violations, slots, road news.

    Example: weijing db demo --seed 7
    """
    from bot.records import make_demo_city

    with progress_bar("demo city") as report:
        made = make_demo_city(load_settings().database_url, seed, fresh, report)
    typer.echo("the demo city is there" if made else "records are there already; --fresh makes a demo city anew")
