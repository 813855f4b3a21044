"""`weijing db …`: the schema and the demo city."""

from __future__ import annotations

import typer

from bot.commands.progress import progress_bar
from bot.development import settings_or_development

app = typer.Typer(help="The database: bring its schema up to date, fill it with the demo city.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Bring the schema of DATABASE_URL up to date (quick when it is).

    Example: DATABASE_URL=postgresql://weijing@127.0.0.1/weijing weijing db upgrade
    """
    from bot.records import upgrade_database

    upgrade_database(settings_or_development().database_url)
    typer.echo("the schema is up to date")


@app.command()
def clean() -> None:
    """Remove what is older than `keep_days` in station.yml; `weijing run` does it every night.

    Example: weijing db clean
    """
    from bot.daily import clean
    from bot.records import upgrade_database
    from bot.settings import load_station

    url = settings_or_development().database_url
    upgrade_database(url)
    for room, count in clean(url, load_station()).items():
        typer.echo(f"{room}: {count} removed")


@app.command()
def demo(
    seed: int = typer.Option(1, help="The same seed and day give the same city."),
    fresh: bool = typer.Option(False, "--fresh", help="Put the SQLite database aside (kept beside it) and begin anew."),
) -> None:
    """Fill an empty database with an invented town: vehicles, drivers, violations, slots, road news.

    Example: weijing db demo --seed 7
    """
    from bot.records import make_demo_city, put_database_aside

    with progress_bar("demo city") as report:
        url = settings_or_development().database_url
        if fresh:
            put_database_aside(url)
        made = make_demo_city(url, seed, report)
    typer.echo("the demo city is there" if made else "records are there already; --fresh begins anew")
