"""A minor accident as its two drivers settle it (微处理): each step is in the records, so any pause may come."""

from __future__ import annotations

import dataclasses
import datetime
from typing import List, Tuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic import photos
from traffic.accident_causes import cause, other, share_of
from traffic.accidents import AccidentCase, AccidentParty, AccidentPhoto
from traffic.database import utc_now
from traffic.errors import CaseMoved, NotYours, PhotoRefused

PHOTO_KINDS = ("front", "rear", "contact", "plates", "scene")
OPEN = ("gathering", "proposed", "with_officer")
ENDED = ("agreed", "decided")
TAKEN_UP_FOR = datetime.timedelta(days=3)
MOST_PHOTOS = 20
NEEDED = ("name", "plate", "phone", "license_number", "vehicle_kind")
READY = "ready"
"""What a driver was told last, or saw, when nothing but the cause was missing."""
WEATHERS = ("sunny", "cloudy", "rain", "snow", "fog")


@dataclasses.dataclass(frozen=True)
class CaseView:
    """A case as one of its drivers sees it; `me` is None for an officer."""

    case: AccidentCase
    parties: Tuple[AccidentParty, ...]
    photos: Tuple[AccidentPhoto, ...]
    me: AccidentParty | None = None

    def party(self, role: str) -> AccidentParty | None:
        """The driver in this role, as far as there is one."""
        return next((party for party in self.parties if party.role == role), None)

    @property
    def them(self) -> AccidentParty | None:
        """The other driver."""
        return self.party(other(self.me.role)) if self.me else None

    @property
    def missing_photos(self) -> List[str]:
        """Kinds of photos nobody has sent yet, in their order."""
        sent = {photo.kind for photo in self.photos}
        return [kind for kind in PHOTO_KINDS if kind not in sent]

    @property
    def located(self) -> bool:
        """Whether the place is known."""
        return bool(self.case.place) or self.case.latitude is not None

    @property
    def complete(self) -> bool:
        """Whether all is there that a proposal needs."""
        return (self.located and not self.missing_photos and len(self.parties) == 2
                and all(described(party) for party in self.parties))

    @property
    def step(self) -> str:
        """What comes next for this driver: place, photos, details, join, other_details, cause, agree, other_agrees,
        with_officer, agreed, decided or closed."""
        if self.case.state == "gathering":
            return self._gathering()
        if self.case.state == "proposed":
            return "other_agrees" if self.me and self.me.agreed_at else "agree"
        return self.case.state

    def _gathering(self) -> str:
        """The second driver tells about himself while the first still takes photos."""
        untold = self.me is not None and not described(self.me)
        second = self.me is not None and self.me.role == "second"
        missing = (("details", untold and second), ("place", not self.located), ("photos", bool(self.missing_photos)),
                   ("details", untold), ("join", len(self.parties) < 2),
                   ("other_details", not all(described(p) for p in self.parties)))
        return next((step for step, so in missing if so), "cause")

    def share(self, role: str) -> str | None:
        """A driver's part as proposed or decided: full, main, equal, minor, none; None as long as there is none."""
        return share_of(role, self.case.liability, self.case.a_role) if self.case.liability else None


def described(party: AccidentParty) -> bool:
    """Whether a driver has told what the agreement must hold."""
    return all(getattr(party, name) for name in NEEDED)


def view(session: Session, case: AccidentCase, subscriber: str | None = None) -> CaseView:
    """The case with its drivers and photos."""
    parties = session.execute(sa.select(AccidentParty).where(AccidentParty.case_id == case.id)
                              .order_by(AccidentParty.role)).scalars().all()
    sent = session.execute(sa.select(AccidentPhoto).where(AccidentPhoto.case_id == case.id)
                           .order_by(AccidentPhoto.id)).scalars().all()
    me = next((party for party in parties if subscriber and party.subscriber == subscriber), None)
    return CaseView(case, tuple(parties), tuple(sent), me)


def cases_of(session: Session, subscriber: str, limit: int = 10) -> List[AccidentCase]:
    """A subscriber's cases, newest first."""
    query = (sa.select(AccidentCase).join(AccidentParty, AccidentParty.case_id == AccidentCase.id)
             .where(AccidentParty.subscriber == subscriber).order_by(AccidentCase.id.desc()).limit(limit))
    return list(session.execute(query).scalars())


def current_case(session: Session, subscriber: str, now: datetime.datetime | None = None) -> CaseView | None:
    """The case this subscriber is in the middle of, however long the pause was, up to three days."""
    since = (now or utc_now()) - TAKEN_UP_FOR
    found = (case for case in cases_of(session, subscriber) if case.state in OPEN and case.created_at > since)
    case = next(found, None)
    return view(session, case, subscriber) if case else None


def case_of(session: Session, subscriber: str, number: str, *, held: bool = False) -> CaseView:
    """One of this subscriber's cases; `held` keeps others from changing it meanwhile. Raises NotYours."""
    query = sa.select(AccidentCase).where(AccidentCase.number == number)
    case = session.execute(query.with_for_update() if held else query).scalar_one_or_none()
    found = view(session, case, subscriber) if case else None
    if found is None or found.me is None:
        raise NotYours("no such case")
    return found


def tell_place(session: Session, subscriber: str, number: str, place: str | None = None, *,
               latitude: float | None = None, longitude: float | None = None,
               weather: str | None = None) -> CaseView:
    """Where it was: words, a position, or both. Raises NotYours, CaseMoved once a proposal was made."""
    found = expect(case_of(session, subscriber, number, held=True), "gathering")
    if place:
        found.case.place = place.strip()[:100]
    if latitude is not None and longitude is not None:
        found.case.latitude, found.case.longitude = latitude, longitude
    if weather in WEATHERS:
        found.case.weather = weather
    return sees_it_complete(session, found)


def add_photo(session: Session, subscriber: str, number: str, photo: photos.Photo, *, kind: str | None = None,
              source: str = "page", received_at: datetime.datetime | None = None) -> CaseView:
    """Keeps a photo; without a kind it is the first that is missing (or one more of the scene). Twice changes nothing.

    Raises NotYours, CaseMoved when the case is over, PhotoRefused (too_many).
    """
    found = expect(case_of(session, subscriber, number, held=True), *OPEN)
    if any(known.sha256 == photo.sha256 for known in found.photos):
        return found
    if len(found.photos) >= MOST_PHOTOS:
        raise PhotoRefused("too_many")
    kind = kind if kind in PHOTO_KINDS else next(iter(found.missing_photos), "scene")
    assert found.me is not None
    session.add(AccidentPhoto(case_id=found.case.id, party_id=found.me.id, kind=kind, path=photos.keep(photo),
                              sha256=photo.sha256, received_at=received_at or utc_now(), taken_at=photo.taken_at,
                              source=source))
    session.flush()
    return sees_it_complete(session, view(session, found.case, subscriber))


def sees_it_complete(session: Session, found: CaseView) -> CaseView:
    """The view; who made the case complete sees it at once, so only the other driver is to be told."""
    if found.me is not None and found.case.state == "gathering" and found.complete:
        found.me.told = READY
    session.flush()
    return found


def propose(session: Session, subscriber: str, number: str, code: str, a_role: str,
            now: datetime.datetime | None = None) -> CaseView:
    """Names the cause and which driver is car A; who proposes agrees by it. Raises NotYours, CaseMoved, CauseUnknown.

    Another proposal before both agreed takes the place of the first.
    """
    found, now = expect(case_of(session, subscriber, number, held=True), "gathering", "proposed"), now or utc_now()
    if not found.complete or a_role not in ("first", "second"):
        raise CaseMoved("place, photos and both drivers' details come first")
    chosen, case = cause(code), found.case
    case.cause, case.a_role, case.liability, case.article = chosen.code, a_role, chosen.share, chosen.law
    assert found.me is not None
    case.state, case.proposed_by, case.proposed_at = "proposed", found.me.role, now
    for party in found.parties:
        party.agreed_at = now if party is found.me else None
    session.flush()
    return found


def agree(session: Session, subscriber: str, number: str, liability: str,
          now: datetime.datetime | None = None) -> CaseView:
    """Agrees to what was shown: `liability` is `proposal(case)` as the driver saw it. Both agreed ends the case.

    Raises NotYours, CaseMoved: withdrawn, objected to, or replaced by another proposal meanwhile. Twice is once.
    """
    found, now = case_of(session, subscriber, number, held=True), now or utc_now()
    assert found.me is not None
    if found.case.state == "agreed":
        return found
    expect(found, "proposed")
    if liability != proposal(found.case):
        raise CaseMoved("the proposal was changed meanwhile: read it again")
    found.me.agreed_at = found.me.agreed_at or now
    if all(party.agreed_at for party in found.parties):
        found.case.state, found.case.closed_at = "agreed", now
    session.flush()
    return found


def proposal(case: AccidentCase) -> str:
    """What two drivers agree to, as one word: another cause or another car A is another proposal."""
    return f"{case.cause}-{case.a_role}"


def object_to(session: Session, subscriber: str, number: str, why: str,
              now: datetime.datetime | None = None) -> CaseView:
    """Does not agree, or wants an officer before any proposal: an officer decides. Raises NotYours, CaseMoved."""
    found = expect(case_of(session, subscriber, number, held=True), "gathering", "proposed")
    if len(found.parties) < 2:
        raise CaseMoved("the second driver has not joined yet")
    assert found.me is not None
    found.case.state, found.case.objected_by = "with_officer", found.me.role
    found.case.objection, found.case.objected_at = why.strip()[:500] or None, now or utc_now()
    for party in found.parties:
        party.agreed_at = None
    session.flush()
    return found


def give_up(session: Session, subscriber: str, number: str, now: datetime.datetime | None = None) -> CaseView:
    """Ends a case that nobody has proposed anything in. Raises NotYours, CaseMoved."""
    found = expect(case_of(session, subscriber, number, held=True), "gathering")
    found.case.state, found.case.closed_at = "closed", now or utc_now()
    assert found.me is not None
    found.me.told = "closed"
    session.flush()
    return found


def expect(found: CaseView, *states: str) -> CaseView:
    """The view, when its case is in one of these states. Raises CaseMoved."""
    if found.case.state not in states:
        raise CaseMoved(f"the case is {found.case.state}: look at it again")
    return found
