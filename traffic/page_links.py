"""One-time links (一次性链接) from the chat to the driver's pages, and the sessions they begin.

A link is sealed, not stored: making one costs no write. Opening one stores the hash of its token, so that it opens
once; a session's token is kept as a hash too.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import hashlib
import hmac
import secrets

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from bot.settings import Settings, load_settings
from traffic.database import Base, UtcDateTime, utc_now
from traffic.errors import LinkGone

OPENS_FOR = datetime.timedelta(minutes=10)
IDLE = datetime.timedelta(minutes=30)
LONGEST = datetime.timedelta(hours=4)
DOOR = "/h5/in/"


class OpenedLink(Base):
    """A link that was opened; kept as long as it could be tried again."""

    __tablename__ = "opened_links"

    digest: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    opened_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


class PageSession(Base):
    """A browser in which a subscriber opened a link; who reads the table can't take its place."""

    __tablename__ = "page_sessions"

    digest: Mapped[str] = sa.Column(sa.String(64), primary_key=True)
    subscriber: Mapped[str] = sa.Column(sa.String(64), nullable=False, index=True)
    begun_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)
    active_at: Mapped[datetime.datetime] = sa.Column(UtcDateTime, nullable=False)


@dataclasses.dataclass(frozen=True)
class Link:
    """What a token says: whose it is, and which page below /h5/ it opens, e.g. `violations`."""

    subscriber: str
    page: str


def new_link(subscriber: str, page: str, *, settings: Settings | None = None,
             now: datetime.datetime | None = None) -> str:
    """A path that opens `page` below /h5/ for this subscriber, once, within ten minutes."""
    seconds = int((now or utc_now()).timestamp())
    return DOOR + _seal(settings).encrypt_at_time(f"{subscriber} {page}".encode(), seconds).decode()


def new_address(subscriber: str, page: str, *, settings: Settings | None = None,
                now: datetime.datetime | None = None) -> str:
    """The link as an address for a message."""
    settings = settings or load_settings()
    return settings.pages_address + new_link(subscriber, page, settings=settings, now=now)


def read_link(token: str, *, settings: Settings | None = None, now: datetime.datetime | None = None) -> Link:
    """What a token says, opened or not. Raises LinkGone: too old, or not ours."""
    seconds = int((now or utc_now()).timestamp())
    try:
        told = _seal(settings).decrypt_at_time(token.encode(), int(OPENS_FOR.total_seconds()), seconds).decode()
    except (InvalidToken, UnicodeError):
        raise LinkGone("this link is too old, or none of ours: ask for a new one in the chat") from None
    subscriber, _, page = told.partition(" ")
    return Link(subscriber, page)


def open_link(session: Session, token: str, *, settings: Settings | None = None,
              now: datetime.datetime | None = None) -> str:
    """Uses the link up and begins a session: its token. Raises LinkGone: used, too old, or not ours."""
    now = now or utc_now()
    link = read_link(token, settings=settings, now=now)
    _forget_old(session, now)
    try:
        with session.begin_nested():
            session.add(OpenedLink(digest=digest(token), opened_at=now))
    except IntegrityError:
        raise LinkGone("this link was opened before: ask for a new one in the chat") from None
    return begin_session(session, link.subscriber, now=now)


def begin_session(session: Session, subscriber: str, *, now: datetime.datetime | None = None) -> str:
    """A new session's token, for who proved to be this subscriber."""
    now, token = now or utc_now(), secrets.token_urlsafe(32)
    session.add(PageSession(digest=digest(token), subscriber=subscriber, begun_at=now, active_at=now))
    session.flush()
    return token


def session_of(session: Session, token: str, *, now: datetime.datetime | None = None) -> PageSession | None:
    """The running session of a token, else None."""
    now = now or utc_now()
    query = sa.select(PageSession).where(PageSession.digest == digest(token), PageSession.active_at > now - IDLE,
                                         PageSession.begun_at > now - LONGEST)
    return session.execute(query).scalar_one_or_none()


def touch_session(session: Session, token: str, *, now: datetime.datetime | None = None) -> None:
    """The idle time begins anew."""
    session.execute(sa.update(PageSession).where(PageSession.digest == digest(token)).values(
        active_at=now or utc_now()), execution_options={"synchronize_session": False})


def end_session(session: Session, token: str) -> None:
    """Ends a session; again changes nothing."""
    session.execute(sa.delete(PageSession).where(PageSession.digest == digest(token)),
                    execution_options={"synchronize_session": False})


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _seal(settings: Settings | None) -> Fernet:
    # encrypted and not only signed: an address may end in a history or a log, and the openid is nobody's business
    secret = (settings or load_settings()).weijing_secret
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret.encode(), b"page links", hashlib.sha256).digest()))


def _forget_old(session: Session, now: datetime.datetime) -> None:
    session.execute(sa.delete(OpenedLink).where(OpenedLink.opened_at < now - 2 * OPENS_FOR),
                    execution_options={"synchronize_session": False})
    session.execute(sa.delete(PageSession).where(PageSession.begun_at < now - LONGEST),
                    execution_options={"synchronize_session": False})
