"""WeChat's XML, read with a limit on everything and written so that no text can break out of it."""

from __future__ import annotations

import re
from typing import Any, Mapping, Union
from xml.parsers import expat

from connectors.wechat.errors import BadPost

DEPTH = 6  # pic_photo_or_album nests five deep: xml, SendPicsInfo, PicList, item, PicMd5Sum
TAGS = 400
REPEATABLE = ("item", "List", "fail_idx")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Node = dict[str, Any]


class _Reader:
    """Builds nested dictionaries of text. Refuses what WeChat never sends: each has been an attack elsewhere."""

    def __init__(self) -> None:
        self.root: Node = {}
        self._open: list[tuple[str, Node, list[str]]] = []
        self._tags = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.EntityDeclHandler = self._refuse_doctype

    def _start(self, name: str, _attributes: Mapping[str, str]) -> None:
        self._tags += 1
        if len(self._open) >= DEPTH or self._tags > TAGS:
            raise BadPost("XML too deep or with too many tags")
        self._open.append((name, {}, []))

    def _end(self, name: str) -> None:
        _, children, texts = self._open.pop()
        value: Union[str, Node] = children or "".join(texts)
        parent = self._open[-1][1] if self._open else self.root
        if name in REPEATABLE:
            parent.setdefault(name, []).append(value)
        elif name in parent:
            raise BadPost("a tag is repeated")
        else:
            parent[name] = value

    def _text(self, text: str) -> None:
        self._open[-1][2].append(text)

    def _refuse_doctype(self, *_: Any) -> None:
        raise BadPost("XML with a DOCTYPE")


def read_xml(text: str) -> Node:
    """What is inside `<xml>…</xml>`: tag → text, or → the same for nested tags. Raises BadPost."""
    reader = _Reader()
    try:
        reader.parser.Parse(text.encode("utf-8"), True)
    except expat.ExpatError:
        raise BadPost("not XML") from None
    except UnicodeEncodeError:
        raise BadPost("not UTF-8") from None
    inside = reader.root.get("xml")
    if not isinstance(inside, dict):
        raise BadPost("no <xml> with tags in it")
    return inside


def cdata(text: str) -> str:
    """The text as CDATA; its own `]]>` is cut in two, characters XML doesn't know are left out."""
    return f"<![CDATA[{FORBIDDEN.sub('', text).replace(']]>', ']]]]><![CDATA[>')}]]>"
