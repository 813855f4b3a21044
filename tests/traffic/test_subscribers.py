from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic.announcements import Announcement, announcement, latest
from traffic.subscribers import Subscriber, consent, follow, gone, has_consented, unfollow

DAY = datetime.timedelta(days=1)


def test_following_leaving_and_following_again(session: Session) -> None:
    follow(session, "anna", scene="窗口3", now=NOW)
    unfollow(session, "anna", now=NOW + DAY)
    assert session.get(Subscriber, "anna").unfollowed_at == NOW + DAY
    follow(session, "anna", now=NOW + 2 * DAY)
    row = session.get(Subscriber, "anna")
    assert (row.followed_at, row.unfollowed_at) == (NOW + 2 * DAY, None)


def test_who_left_is_gone_until_they_follow_again_also_when_no_follow_was_noted(session: Session) -> None:
    follow(session, "anna", now=NOW)
    unfollow(session, "anna", now=NOW + DAY)
    unfollow(session, "earlier", now=NOW)
    assert gone(session) == {"anna", "earlier"}
    follow(session, "anna", now=NOW + 2 * DAY)
    assert gone(session) == {"earlier"}


def test_a_consent_is_kept_once_and_for_its_wording(session: Session) -> None:
    for _ in range(2):
        consent(session, "anna", "privacy", "2026-08", now=NOW)
    assert has_consented(session, "anna", "privacy", "2026-08")
    assert not has_consented(session, "anna", "privacy", "2027-01")
    assert not has_consented(session, "berta", "privacy", "2026-08")


def test_announcements_newest_first_without_drafts_future_and_past_ones(session: Session) -> None:
    rows = [("旧", NOW - 3 * DAY, None), ("新", NOW - DAY, None), ("草稿", None, None), ("将来", NOW + DAY, None),
            ("过期", NOW - 2 * DAY, NOW - DAY)]
    for title, published, ends in rows:
        session.add(Announcement(topic="notice", title=title, body="x", published_at=published, ends_at=ends))
    session.flush()
    assert [a.title for a in latest(session, now=NOW)] == ["新", "旧"]
    assert [a.title for a in latest(session, 1, now=NOW)] == ["新"]
    assert latest(session, topic="safety", now=NOW) == []
    assert [a.title for a in latest(session, since=NOW - 2 * DAY, now=NOW)] == ["新"]
    newest = latest(session, 1, now=NOW)[0]
    assert announcement(session, newest.id) is newest
