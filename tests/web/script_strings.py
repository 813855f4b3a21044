"""500 strings that would run somewhere: markup, attributes, addresses, templates, SQL, spreadsheets, event streams."""

from __future__ import annotations

from typing import List

RUNS = ["alert(1)", "window.ran=1", "document.title='ran'", "fetch('/desk/here',{method:'POST'})", "top.ran=1"]
MARKUP = [
    "<script>{}</script>",
    "<script src=data:,{}></script>",
    "<img src=x onerror={}>",
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<body onload={}>",
    "<iframe srcdoc='<script>{}</script>'>",
    "<details open ontoggle={}>",
    "<input autofocus onfocus={}>",
    "<video><source onerror={}></video>",
    "<a href=javascript:{}>x</a>",
    "<form action=javascript:{}><button>x</button></form>",
    "<math><mtext></p><img src onerror={}>",
    "<object data=javascript:{}>",
    "<embed src=javascript:{}>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href=javascript:{}//>",
    "<link rel=import href=data:text/html,<script>{}</script>>",
    "<style>@import 'x';</style><b {}>",
    "<marquee onstart={}>",
    "<template><script>{}</script></template>",
    "<xss contenteditable onfocus={} autofocus>",
    "<div hx-get=/desk/ hx-trigger=load hx-on:load={}>",
    "<b data-entry={} hx-post=/desk/sign-out hx-trigger=load>",
]
AROUND = ["{}", '">{}', "'>{}", "</textarea>{}", "</title>{}", "--></p>{}", "]]>{}", "{{{{ {} }}}}", "${{{}}}", "%3C{}"]
OTHER = [
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "{{ 6607*7919 }}",
    "{% for x in range(9) %}x{% endfor %}",
    "{{ config }}",
    "'; DROP TABLE outbox; --",
    "' OR '1'='1",
    "1; DELETE FROM inbox",
    "=cmd|' /C calc'!A1",
    "@SUM(1+1)",
    "data: x\n\nevent: ended\ndata: y",
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "..\\..\\x",
    "\u202egpj.exe",
    "<!--",
    "]]>",
    "\x00<script>",
    "＜script＞alert(1)＜/script＞",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def script_strings() -> List[str]:
    """Exactly 500, all different."""
    marked = [around.format(markup.format(run)) for run in RUNS for around in AROUND for markup in MARKUP]
    return list(dict.fromkeys([*OTHER, *marked[:: len(marked) // 480]]))[:500]
