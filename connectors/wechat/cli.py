"""`weijing wechat …`: menu, QR codes, token, and the doctor."""

from __future__ import annotations

import asyncio
import datetime
import pathlib
from typing import Any, Awaitable, Callable, Optional, TypeVar

import segno
import typer
from rich.console import Console
from rich.table import Table

from bot.settings import Settings, SettingsError, load_settings, load_station
from connectors.wechat import api, doctor
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import WeChatError
from connectors.wechat.menu import lines_of, menu_differences, menu_of
from messages import database, follows
from messages.clock import utc_now
from messages.errors import MessagesError

app = typer.Typer(help="The official account: its menu, QR codes, token, and what is not set up right.",
                  no_args_is_help=True)
menu = typer.Typer(help="The menu in station.yml and the one that is up.", no_args_is_help=True)
qr = typer.Typer(help="QR codes for counters.", no_args_is_help=True)
token = typer.Typer(help="The access token.", no_args_is_help=True)
app.add_typer(menu, name="menu")
app.add_typer(qr, name="qr")
app.add_typer(token, name="token")
console = Console()
Result = TypeVar("Result")


def ask(call: Callable[[WeChatClient, Settings], Awaitable[Result]]) -> Result:
    """Runs one call with a client; an error becomes one line and exit code 1."""
    try:
        return asyncio.run(_ask(call))
    except (WeChatError, SettingsError, MessagesError) as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None


async def _ask(call: Callable[[WeChatClient, Settings], Awaitable[Result]]) -> Result:
    settings = load_settings()
    database.upgrade(settings.database_url)
    engine = database.open_engine(settings.database_url)
    client = WeChatClient(settings, engine)
    try:
        return await call(client, settings)
    finally:
        await client.close()
        engine.dispose()


@menu.command("push")
def push_menu() -> None:
    """Puts the menu of station.yml up. Example: weijing wechat menu push"""
    ask(lambda client, _: api.push_menu(client, menu_of(load_station())))
    console.print("up; phones show it within about 5 minutes")


@menu.command("show")
def show_menu() -> None:
    """Shows the menu that is up."""
    for line in lines_of(ask(lambda client, _: api.get_menu(client))):
        console.print(line)


@menu.command("diff")
def diff_menu() -> None:
    """Shows what `menu push` would change; exit code 1 when it would change something."""
    different = menu_differences(menu_of(load_station()), ask(lambda client, _: api.get_menu(client)))
    for line in different:
        console.print(line)
    raise typer.Exit(1 if different else 0)


@qr.command("create")
def create_qr(scene: str = typer.Option(..., help="1 to 64 letters, digits, - and _; greets by it, e.g. window-3"),
              days: Optional[int] = typer.Option(None, min=1, max=30, help="ends after so many days; else permanent"),
              output: pathlib.Path = typer.Option(pathlib.Path("."), help="folder for the SVG")) -> None:
    """Makes a QR code to print and put on a counter. Example: weijing wechat qr create --scene window-3"""
    if not scene.replace("-", "").replace("_", "").isalnum() or not scene.isascii() or len(scene) > 64:
        raise typer.BadParameter("1 to 64 letters, digits, - and _", param_hint="--scene")
    made: dict[str, Any] = ask(lambda client, _: api.create_qr_code(client, scene, days))
    path = output / f"{scene}.svg"
    segno.make(made["url"], error="q").save(str(path), scale=12)
    console.print(f"{path}: {made['url']}")


@token.command("check")
def check_token() -> None:
    """Asks WeChat for the token, or finds the shared one; never shows it."""
    ask(lambda client, _: client.token.get())
    console.print("WeChat gave a token")


@app.command("follows")
def count_follows(days: int = typer.Option(30, min=1, help="how far back")) -> None:
    """Shows where followers came from, by QR code. Example: weijing wechat follows --days 7"""
    windows = {scene: window.name for scene, window in load_station().windows.items()}
    table = Table("QR code", "window", "followed", "scanned", "left", title=f"the last {days} days")
    for scene, count in _counts(days).items():
        table.add_row(scene or "–", windows.get(scene, ""), str(count.followed), str(count.scanned), str(count.left))
    console.print(table)


def _counts(days: int) -> dict[str, follows.Counts]:
    try:
        settings = load_settings()
        database.upgrade(settings.database_url)
    except (SettingsError, MessagesError) as error:
        console.print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None
    engine = database.open_engine(settings.database_url)
    with database.reading(engine) as session:
        found = follows.counts(session, utc_now() - datetime.timedelta(days=days), utc_now())
    engine.dispose()
    return found


@app.command("doctor")
def examine() -> None:
    """Says what of the account is not set up right; exit code 1 when something isn't."""
    findings = ask(lambda client, settings: doctor.examine(client, settings, load_station()))
    table = Table("", "what", "how it is")
    for finding in findings:
        table.add_row("✓" if finding.ok else "✗", finding.subject, finding.words)
    console.print(table)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)
