"""`weijing import …` and `weijing audit …`: files from the police's network, and whether the log is whole."""

from __future__ import annotations

import csv
import pathlib
from typing import TYPE_CHECKING

import typer

from bot.commands.progress import progress_bar
from bot.development import settings_or_development
from bot.errors import CommandError

if TYPE_CHECKING:
    from traffic.imports.files import Report

audit = typer.Typer(help="The log of who looked at what.", no_args_is_help=True)


def import_records(
    kind: str = typer.Argument(..., help="violations, vehicles, drivers, points, cameras, bulletins or slots."),
    path: pathlib.Path = typer.Argument(..., help="A CSV (GBK or UTF-8) or Excel file."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Read and check everything, change nothing."),
    again: bool = typer.Option(False, "--again", help="Read a file anew that was imported before."),
) -> None:
    """Bring a police export into the records; bad rows go to a report beside it, good rows go in.

    Example: weijing import violations export.xlsx --dry-run
    """
    from bot.records import upgrade_database
    from traffic.database import open_engine
    from traffic.imports.files import import_file

    url = settings_or_development().database_url
    upgrade_database(url)
    engine = open_engine(url)
    with progress_bar(f"import of {kind}") as report_progress:
        report = import_file(engine, kind, path, report_progress, dry_run, again)
    engine.dispose()
    _tell(report, path, dry_run)


def _tell(report: Report, path: pathlib.Path, dry_run: bool) -> None:
    if report.already:
        typer.echo(f"{report.file_name} was imported before; nothing changed")
        if report.bad_count:
            typer.echo(f"{report.bad_count} rows of it were bad; once what they lack is there, --again reads it anew")
        return
    if report.resumed_at:
        typer.echo(f"continued behind row {report.resumed_at}, where it was broken off")
    for column, told in report.assumed.items():
        typer.echo(f"the file has no column {column}: new rows have {told}, as in station.yml")
    tense = "would go in" if dry_run else "went in"
    typer.echo(f"{report.rows} rows: {report.good} {tense} ({report.written} new or changed), {report.bad_count} bad")
    if report.bad_count:
        typer.echo(f"bad rows by line and reason: {_written(report, path)}")
        raise typer.Exit(1)


def _written(report: Report, path: pathlib.Path) -> pathlib.Path:
    """Where the bad rows are told: beside the file, under all of its name, since v.csv and v.xlsx may lie together."""
    told = path.with_name(path.name + ".bad-rows.csv")
    with told.open("w", newline="", encoding="utf-8-sig") as written:
        csv.writer(written).writerows([("line", "reason"), *((row.line, row.reason) for row in report.bad)])
    return told


@audit.command()
def verify() -> None:
    """Check that no entry of the log was changed or taken out.

    Example: weijing audit verify
    """
    from bot.records import upgrade_database
    from traffic.audit import first_broken
    from traffic.database import open_engine, reading

    url = settings_or_development().database_url
    upgrade_database(url)
    engine = open_engine(url)
    with reading(engine) as session:
        broken = first_broken(session)
    engine.dispose()
    if broken is not None:
        where = "its end is missing" if broken == -1 else f"entry {broken} or the one before it was changed"
        raise CommandError(f"the log is not whole: {where}; compare it with a backup")
    typer.echo("the log is whole")
