"""Officers: who may sign in, and what each role may do."""

from __future__ import annotations

import dataclasses
import datetime
import re

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from web.desk import passwords
from web.desk.errors import BadOfficer, NoSuchOfficer
from web.desk.tables import ROLES, officer_sessions, officers

NAME = re.compile(r"\w[\w.-]{1,31}")
NOT_A_PERSON = frozenset({"bot", "system", "desk"})  # authors in the outbox, actors in the audit log

# What one may do: answer drivers; see and take over what a colleague has, overrule the gate; teach and train the bot;
# compare models and put them live; manage officers.
MAY = {"agent": frozenset({"answer"}), "lead": frozenset({"answer", "supervise", "compare"}),
       "maintainer": frozenset({"teach", "compare"}),
       "admin": frozenset({"answer", "supervise", "teach", "compare", "manage"})}


@dataclasses.dataclass(frozen=True)
class Officer:
    """Somebody of the station who may sign in."""

    id: int
    name: str
    role: str
    active: bool
    locked_until: datetime.datetime | None

    def may(self, deed: str) -> bool:
        """Whether the role allows `answer`, `supervise`, `teach`, `compare` or `manage`; "" is what everybody may."""
        return deed == "" or deed in MAY[self.role]


def add(session: Connection, name: str, role: str, password: str, now: datetime.datetime) -> Officer:
    """A new officer. Raises BadOfficer: the name is taken or odd, the role unknown, the password too easy."""
    if not NAME.fullmatch(name) or name.lower() in NOT_A_PERSON:
        raise BadOfficer("a name has 2 to 32 letters, digits, _ . or -, and is not bot, system or desk")
    if role not in ROLES:
        raise BadOfficer(f"role {role} is unknown: one of {', '.join(ROLES)}")
    passwords.check_strength(name, password)
    try:
        session.execute(sa.insert(officers).values(name=name, role=role, password=passwords.hashed(password),
                                                   active=True, tries=0, created_at=now))
    except IntegrityError:
        raise BadOfficer(f"{name} is an officer already: `weijing officer reset {name}` gives a new password") from None
    return find(session, name)


def find(session: Connection, name: str) -> Officer:
    """The officer of this name. Raises NoSuchOfficer."""
    row = session.execute(sa.select(officers).where(officers.c.name == name)).one_or_none()
    if row is None:
        raise NoSuchOfficer(f"there is no officer {name}: `weijing officer list` shows all")
    return of_row(row)


def of_row(row: sa.engine.Row) -> Officer:
    """The officer in a row of the table."""
    return Officer(row.id, row.name, row.role, row.active, row.locked_until)


def everyone(session: Connection) -> list[Officer]:
    """All officers by name."""
    return [of_row(row) for row in session.execute(sa.select(officers).order_by(officers.c.name))]


def reset(session: Connection, name: str, password: str) -> None:
    """A new password; ends the lock and every session. Raises NoSuchOfficer, BadOfficer."""
    officer = find(session, name)
    passwords.check_strength(name, password)
    session.execute(sa.update(officers).where(officers.c.id == officer.id).values(
        password=passwords.hashed(password), tries=0, locked_until=None, active=True))
    _end_sessions(session, officer)


def dismiss(session: Connection, name: str) -> None:
    """The officer can't sign in any more; the name stays in the records. Raises NoSuchOfficer."""
    officer = find(session, name)
    session.execute(sa.update(officers).where(officers.c.id == officer.id).values(active=False))
    _end_sessions(session, officer)


def _end_sessions(session: Connection, officer: Officer) -> None:
    session.execute(sa.delete(officer_sessions).where(officer_sessions.c.officer_id == officer.id))
