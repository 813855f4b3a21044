"""`weijing officer …`: who may sign in at the desk."""

from __future__ import annotations

import contextlib
import datetime
import sys
from typing import Iterator, Optional

import typer
from sqlalchemy.engine import Connection

from bot.development import settings_or_development
from bot.errors import CommandError

app = typer.Typer(help="Officers of the desk: add, list, give a new password, dismiss.", no_args_is_help=True)
totp = typer.Typer(help="One-time codes (动态码) besides the password.", no_args_is_help=True)
app.add_typer(totp, name="totp")
BY_COMMAND = "weijing officer"  # the actor in the audit log: whoever has a shell on the machine


@app.command()
def add(
    name: str = typer.Argument(..., help="What the officer signs in with, e.g. wang or 王警官."),
    role: str = typer.Option("agent", help="agent answers · lead also supervises · maintainer teaches · admin all."),
    invent: bool = typer.Option(False, "--invent", help="Make a password and print it once instead of asking."),
) -> None:
    """Add an officer.

    Example: weijing officer add wang --role agent
    """
    from web.desk import officers
    from web.desk.deeds import record

    password, printed = _password(invent)
    with _desk() as session:
        officers.add(session, name, role, password, _now())
        record(session, BY_COMMAND, "officer_added", f"officer:{name}", {"role": role}, now=_now())
    _tell(f"{name} ({role}) may sign in at /desk", password if printed else None)


@app.command("list")
def list_officers() -> None:
    """List the officers: name, role, and whether locked or dismissed.

    Example: weijing officer list
    """
    from web.desk import officers

    with _desk() as session:
        everyone = officers.everyone(session)
    for officer in everyone:
        locked = officer.locked_until is not None and officer.locked_until > _now()
        state = "dismissed" if not officer.active else "locked" if locked else ""
        typer.echo(f"{officer.name}\t{officer.role}\t{state}".rstrip())
    if not everyone:
        typer.echo("nobody yet: weijing officer add NAME --role admin")


@app.command()
def reset(
    name: str = typer.Argument(..., help="The officer's name."),
    invent: bool = typer.Option(False, "--invent", help="Make a password and print it once instead of asking."),
) -> None:
    """Give a new password; ends the lock and every open session.

    Example: weijing officer reset wang --invent
    """
    from web.desk import officers
    from web.desk.deeds import record

    password, printed = _password(invent)
    with _desk() as session:
        officers.reset(session, name, password)
        record(session, BY_COMMAND, "officer_reset", f"officer:{name}", now=_now())
    _tell(f"{name} has a new password", password if printed else None)


@app.command()
def dismiss(name: str = typer.Argument(..., help="The officer's name.")) -> None:
    """End an officer's access; what was said under the name stays.

    Example: weijing officer dismiss wang
    """
    from web.desk import officers
    from web.desk.deeds import record

    with _desk() as session:
        officers.dismiss(session, name)
        record(session, BY_COMMAND, "officer_dismissed", f"officer:{name}", now=_now())
    typer.echo(f"{name} can no longer sign in")


@totp.command("reset")
def reset_totp(name: str = typer.Argument(..., help="The officer's name.")) -> None:
    """The officer's phone is lost: the password alone is enough, until new codes are enrolled at /desk/account.

    Example: weijing officer totp reset wang
    """
    from web.desk import one_time_codes
    from web.desk.deeds import record

    with _desk() as session:
        one_time_codes.reset(session, name)
        record(session, BY_COMMAND, "codes_reset", f"officer:{name}", now=_now())
    typer.echo(f"{name} signs in with the password alone; new codes at /desk/account")


def _password(invent: bool) -> tuple[str, bool]:
    """(password, whether it is to be printed); asked twice at a terminal, else one line of standard input."""
    from web.desk.passwords import invented

    if invent:
        return invented(), True
    if sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True), False
    line = sys.stdin.readline().rstrip("\n")
    return (line, False) if line else (invented(), True)


def _tell(what: str, password: Optional[str]) -> None:
    typer.echo(what)
    if password:
        typer.echo(f"password (shown only now): {password}")


@contextlib.contextmanager
def _desk() -> Iterator[Connection]:
    """A transaction on an upgraded database; the desk's errors become one line and an exit code."""
    from bot.records import upgrade_database
    from messages.database import open_engine, writing
    from web.desk.database import upgrade
    from web.desk.errors import DeskError

    url = settings_or_development().database_url
    upgrade_database(url)
    engine = open_engine(url)
    try:
        upgrade(url)
        with writing(engine) as session:
            yield session
    except DeskError as error:
        raise CommandError(str(error)) from None
    finally:
        engine.dispose()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
