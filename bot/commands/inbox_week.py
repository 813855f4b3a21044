"""`weijing inbox weekly`: the report of seven days, for the terminal and kept for the desk's page."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, Callable, Optional

import typer

from bot.commands.inbox_room import BY, console, data_files, names, now, opened

if TYPE_CHECKING:
    from bot.training.weekly import Week


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command()(weekly)


def weekly(by: Optional[str] = BY) -> None:
    """The last seven days: coverage, topics that moved, new words, confused intents, what labelling brought.

    Example: weijing inbox weekly
    """
    from bot.commands.inbox import masker
    from bot.training.jobs import working
    from bot.training.weekly import keep_week, week_of
    from messages.database import reading

    with opened() as engine, working("weekly", by or getpass.getuser()), reading(engine) as session:
        week = week_of(session, now(), known_words(), masker())
        keep_week(week)
    _tell(week)


def known_words() -> Callable[[str], bool]:
    """Whether jieba or the station's own dictionary has a word."""
    import jieba

    jieba.setLogLevel("WARNING")
    words = jieba.Tokenizer()
    words.initialize()
    own = {word for path in (data_files().data / "dictionary").glob("*.txt")
           for word in path.read_text(encoding="utf-8").split()}
    return lambda word: bool(words.FREQ.get(word)) or word in own


def _tell(week: Week) -> None:
    called = names()
    console.print(f"{week.messages[1]} messages in drivers' words ({week.messages[0]} the week before)")
    for title, (before, after) in (("answered without a person", week.answered), ("not understood", week.missed),
                                   ("handed to a person", week.handed)):
        console.print(f"  {title}: {after:.0%}, the week before {before:.0%}")
    for title, lines in (
        ("topics that moved", [f"{called.get(name, name)}: {old:.1%} → {new:.1%}" for name, old, new in week.moved]),
        ("nearly taken for each other", [f"{called.get(one, one)} / {called.get(other, other)}: {count}, e.g. {text}"
                                         for one, other, count, text in week.confused]),
        ("new words (proposed for data/dictionary/words.txt)", [f"{word}: {count} drivers, e.g. {text}"
                                                                for word, count, text in week.words]),
        (f"{week.labelled} labelled sentences went in; messages understood so before and now",
         [f"{called.get(name, name)} ({count} sentences): {old} → {new}" for name, count, old, new in week.brought]),
    ):
        console.print(f"\n[bold]{title}[/]", *(lines or ["–"]), sep="\n  ")
