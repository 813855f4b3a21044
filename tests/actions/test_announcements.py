from __future__ import annotations

import datetime
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from actions.announcements import ActionQueryAnnouncements
from tests.actions.acting import Said, act
from tests.actions.conftest import NOW
from tests.actions.trackers import heard
from traffic.announcements import Announcement
from traffic.database import writing

DAY = datetime.timedelta(days=1)


@pytest.fixture
def published(town: Engine) -> None:
    with writing(town) as session:
        session.query(Announcement).delete()
        for topic, title, ago in (("exposure", "占道曝光", 2), ("safety", "雨天慢行", 20), ("notice", "窗口搬家", 9)):
            session.add(Announcement(topic=topic, title=title, body="…", published_at=NOW - ago * DAY))


def ask(text: str, **span: datetime.datetime) -> Said:
    time: Any = {end: moment.isoformat() for end, moment in span.items()}
    entities = [{"entity": "time", "value": {"from": time["start"], "to": time["end"]}}] if time else []
    return act(ActionQueryAnnouncements(), heard(text, "query_announcements", entities))


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(("text", "response", "titles"), [
    ("曝光了哪些车", "utter_announcements_exposure", ["占道曝光"]),
    ("有没有安全驾驶的小课", "utter_announcements_safety", ["雨天慢行"]),
    ("本地交通新闻", "utter_other_announcements", ["占道曝光", "窗口搬家", "雨天慢行"]),
    ("有什么通知", "utter_announcements", ["占道曝光", "窗口搬家", "雨天慢行"])])
def test_the_topic_that_is_named_is_told_or_said_to_be_missing(text: str, response: str, titles: list[str]) -> None:
    answer = ask(text)
    assert answer.names == [response]
    assert [title for title in titles if title in answer.text] == titles
    assert len(answer.messages[0]["lines"]) == len(titles)


@pytest.mark.usefixtures("published")
def test_the_time_that_is_named_counts_unless_it_is_to_come() -> None:
    assert [line["title"] for line in ask("上周的", start=NOW - 10 * DAY, end=NOW - 5 * DAY).messages[0]["lines"]] == [
        "窗口搬家"]
    assert len(ask("明天有什么", start=NOW + DAY, end=NOW + 2 * DAY).messages[0]["lines"]) == 3
