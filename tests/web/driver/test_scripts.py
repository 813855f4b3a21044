"""Script strings as whatever drivers and files can put into the records: shown as they are, run never."""

from __future__ import annotations

import html.parser
import itertools

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.web.driver.conftest import ANNA, Enter, bind
from traffic.database import utc_now, writing
from traffic.points import PointRecord
from traffic.road_conditions import BulletinRow
from traffic.roads import Place, Road
from traffic.slots import Site
from traffic.ticket_answers import answer_ticket
from traffic.tickets import open_ticket
from traffic.violations import Violation

WRAPPINGS = ["{}", "'>{}", '">{}', "</p>{}", "</title>{}", "--><!--{}", "&quot;>{}", "'\"`>{}", "]]>{}", "\\'>{}"]
BODIES = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)//",
    "<body onload=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<iframe src=javascript:alert(1)>",
    "<input autofocus onfocus=alert(1)>", "<details open ontoggle=alert(1)>", "<style>@import'//x'</style>",
    "<link rel=stylesheet href=//x>", "<meta http-equiv=refresh content=0>", "<base href=//x>", "<form action=//x>",
    "<ScRiPt>alert(1)</sCrIpT>", "<img src=`x` onerror=alert(1)>", "<video><source onerror=alert(1)>",
    "<object data=javascript:alert(1)>", "<math><mtext></mtext><script>alert(1)</script></math>",
    " onmouseover=alert(1) x=", "{{ 6607 * 7919 }}", "{% include '/etc/passwd' %}", "${6607*7919}", "<%= 6607*7919 %>",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "＜script＞alert(1)＜/script＞",
    "<xmp><script>alert(1)</script></xmp>", "<marquee onstart=alert(1)>", "<embed src=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>", "<textarea autofocus onfocus=alert(1)>",
    "<select onfocus=alert(1) autofocus>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<button formaction=javascript:alert(1)>x</button>", "<p style=background:url(javascript:alert(1))>",
    "<img srcset=x onerror=alert(1)>", "<audio src onerror=alert(1)>", "<keygen autofocus onfocus=alert(1)>",
    "<div contenteditable onblur=alert(1)>", "<isindex action=javascript:alert(1)>", "<br size=\"&{alert(1)}\">",
    "<table background=javascript:alert(1)>", "<td onclick=alert(1)>", "<applet code=x>", "<layer src=//x>",
    "<plaintext>", "<frameset onload=alert(1)>", "<image src=x onerror=alert(1)>", "<slot onslotchange=alert(1)>",
]
SCRIPTS = [wrapping.replace("{}", body) for wrapping, body in itertools.product(WRAPPINGS, BODIES)]
A_TICKET = 10  # so many of them in one ticket: every one is written, shown and read back, in fewer pages
DOING = {"script", "style", "iframe", "object", "embed", "base", "link", "meta", "video", "audio", "math",
         "details", "marquee", "template", "applet", "frameset", "textarea", "image", "isindex", "keygen", "xmp"}
ADDRESSES = {"href", "src", "action", "formaction", "srcset", "data", "background"}


class Foreign(html.parser.HTMLParser):
    """Collects what a browser would act on and our templates never write into the middle of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        acting = [name for name, value in attributes if name.startswith("on") or name == "style"
                  or (name in ADDRESSES and not (value or "").startswith(("/h5", "tel:", "http://127.0.0.1")))]
        if tag in DOING or acting or (tag == "svg" and dict(attributes).get("class") not in ("map", "qr")):
            self.found.append(f"{tag} {acting}")


def foreign(page: str) -> list[str]:
    parser = Foreign()
    parser.feed(page.split("<main")[1].split("</main")[0])
    return parser.found


def test_there_are_500_of_them_and_each_would_be_seen() -> None:
    assert len(set(SCRIPTS)) == 500
    assert foreign("<main><img src=x onerror=alert(1)></main>")
    assert foreign("<main><a href=javascript:alert(1)>x</a></main>")


def test_no_script_in_any_record_runs_on_any_page(enter: Enter, engine: Engine) -> None:
    bind(engine)
    names = itertools.cycle(SCRIPTS)
    with writing(engine) as session:
        for number in range(0, len(SCRIPTS), A_TICKET):
            some = SCRIPTS[number:number + A_TICKET]
            words, place = some[0], some[1][:100]
            opened = open_ticket(session, ANNA, "suggestion", "\n".join(some), f"script {number}", plate=some[2][:12],
                                 place=place)
            answer_ticket(session, opened.number, "\n".join(reversed(some)))
            session.add(Violation(record_number=f"s{number}", vehicle_id=1, happened_at=utc_now(), place=place,
                                  city=some[3][:20], province=some[4][:10], code="1", offense=words[:120], fine_fen=100,
                                  points=1, photo=words))
            session.add(PointRecord(driver_id=2, record_number=f"s{number}", recorded_on=utc_now().date(), points=0,
                                    code="1", offense=words[:120], place=place, fine_fen=1))
        for row in session.execute(sa.select(BulletinRow)).scalars():
            row.cause, row.detour, row.direction = (next(names)[:40] for _ in range(3))
        for table in (Site, Place, Road):
            for row in session.execute(sa.select(table)).scalars():
                row.name = next(names)[:30] + str(row.id)
        numbers = [row for row in session.execute(sa.text("SELECT number FROM tickets ORDER BY id")).scalars()]
    anna = enter()
    paths = ["", "vehicles", "licenses", "violations?vehicle=1", "points", "appointments", "roads", "tickets",
             "articles", "privacy", "subscriptions", "appointments/new/inspection",
             *(f"tickets/{number}" for number in numbers)]
    for path in paths:
        page = anna.get(f"/h5/{path}")
        assert page.status_code == 200, path
        assert foreign(page.text) == [], path
        assert str(6607 * 7919) not in page.text, path


def test_no_script_in_any_field_comes_back_alive(enter: Enter) -> None:
    anna = enter()
    for turn, words in enumerate(SCRIPTS[::2]):
        ways = [("POST", "vehicles", {"plate": words, "tail": words[:6].ljust(6)}),
                ("POST", "licenses", {"number": words, "tail": words}),
                ("POST", "appointments/new/inspection", {"slot": "1", "plate": "other", "other": words}),
                ("POST", "subscriptions/roads", {"road": words, "how": "any", "at": words}),
                ("POST", "subscriptions/quiet", {"begins": words, "ends": words}),
                ("GET", "subscriptions", {"said": words}),
                ("GET", "violations", {"vehicle": words, "state": words}), ("GET", "appointments", {"said": words})]
        method, path, fields = ways[turn % len(ways)]
        address = f"/h5/{path}"
        assert_harmless(anna.post(address, data=fields) if method == "POST" else anna.get(address, params=fields))


def assert_harmless(page: httpx.Response) -> None:
    assert page.status_code in (200, 303, 400, 404, 409)
    if page.text:
        assert foreign(page.text) == []
