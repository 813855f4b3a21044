"""A question that leans on the one before (闯红灯扣几分 → 那超速呢, 驾照丢了怎么补 → 要多少钱), said in full."""

from __future__ import annotations

import re
from typing import Iterable, Optional

LEANS = re.compile(r"(?:那么|那|还有)?(?P<subject>[^呢？?，。]{1,10}?)呢[？?。]?")
TAIL = re.compile(
    r"(?:一般|大概|都|还|又|得|会|该|是)?(?:"
    r"[扣罚记]几分|[扣罚记]多少分?钱?|要?多少钱|多久.{0,6}|几天.{0,4}|几年.{0,4}|什么时候.{0,6}|"
    r"[要需]?带(?:些|点)?(?:什么|啥|哪些).{0,4}|要(?:什么|哪些)(?:材料|手续|条件).{0,2}|[怎咋]么?[办补换处弄走交查约申].{0,4}|怎么.{1,4}|"
    r"[在去]?(?:哪|哪里|哪儿)[^，。？]{0,4}|能不能.{1,6}|可不可以.{1,6}|行不行|可以吗|能.{1,4}吗)[吗呢啊呀？?。]*$")
# After what the account just showed (a response's name begins so) short words mean a part of it: which pattern, said in
# full how. {0} are the words, {1} its group.
NO_FILTER = (r"(?!好|是|对|行|可|嗯|真|妈|中|谢|哈|我|你|您|他|她|人|然后|不是|没问题|没事|"
             r"知道|明白|了解|懂|收到|为|啥|什么|这)")
NOT_AGAIN = r"(?!.*(?:违章|违法|预约|记分|年检|事故))"
SHOWN: tuple[tuple[tuple[str, ...], tuple[tuple[str, str], ...]], ...] = (
    (("utter_violation", "utter_no_such_violations", "utter_no_violations"), (
        (rf"(?:那|就|只|都)*(?:看|要|查|有)?(?:看|下|一下)*{NO_FILTER}(.{{1,9}}?)的"
         r"(?:呢|有吗|有没有|有几条|有多少|[吗嘛呀])?", "查{1}的违章"),
        (rf"(?:那|还有)?{NO_FILTER}([^呢吗怎]{{2,8}})呢", "查{1}的违章"),
        (r".*(?:照片|图片|拍的图|看图).{0,6}", "看违章照片"),
        (r".*(?:不服|拍错|不是我|冤枉|搞错|有问题).*", "对违章不服怎么申诉"),
        (r".*(?:不交|不处理|不管|拖着|不去|不缴).*(?:怎|会|咋|事).*", "违章罚款一直不交会怎么样"),
        (r".*(?:过期|逾期|晚了|迟了|滞纳).*", "违章罚款逾期不交每天加多少"),
        (r".*(?:怎么|咋|去哪|在哪|哪里|如何|干[嘛啥什])么?(?:处理|办|交|缴|弄|消|搞|能).*|下一步.*|然后呢",
         "违章怎么处理"),
        (r"(?:一共|总共|合计|加起来|全部|总的|要)+.{0,4}(?:罚|扣|交|记|多少|几).{0,5}",
         "查违章，看看还有多少罚款没交"))),
    (("utter_points", "utter_no_points"), (
        (r".*清零.{0,4}", "驾照分什么时候清零"),
        (r".*(?:怎么|能|可以).{0,3}(?:减|消|恢复|补).{0,4}", "学法减分怎么弄"))),
    (("utter_booked", "utter_bookings", "utter_appointment_changed"), (
        (r".*(?:凭证|二维码|预约号|约的?几点|啥时候去|什么时候去|在哪(?:里|儿)?[检办]?|地址).{0,4}",
         "看我的预约"),)),
)
END = r"[吧啊呀。？?！! ]*"
MOST_ABOUT_SHOWN = 14  # characters
SHORT, LONGEST = 10, 40
"""Characters of a question that leans, and of one that another may lean on."""


def leans(words: str) -> bool:
    """Whether the words may lean on a question before them."""
    words = words.strip()
    return LEANS.fullmatch(words) is not None or (len(words) <= SHORT and TAIL.fullmatch(words) is not None)


def of_what_was_shown(words: str, shown: Iterable[str]) -> Optional[str]:
    """Short words about what the account has just shown (今年的, 有照片吗, 凭证在哪), said in full; else None."""
    words = words.strip()
    if len(words) > MOST_ABOUT_SHOWN or not re.match(NOT_AGAIN, words):
        return None
    names = list(shown)
    for responses, forms in SHOWN:
        if not any(name.startswith(responses) for name in names):
            continue
        for pattern, full in forms:
            if found := re.fullmatch(pattern + END, words):
                return full.format(words, *found.groups())
    return None


def may_be_of_what_was_shown(words: str) -> bool:
    """Whether it is worth looking at what was shown."""
    words = words.strip()
    return len(words) <= MOST_ABOUT_SHOWN and any(
        re.fullmatch(pattern + END, words) for _, forms in SHOWN for pattern, _ in forms)


def in_full(words: str, before: Optional[str]) -> Optional[str]:
    """The words with what they leave out, from the driver's words before; None when they stand alone."""
    words, before = words.strip(), (before or "").strip()
    asked = TAIL.search(before)
    if not before or len(before) > LONGEST or before.startswith("/") or asked is None:
        return None
    if leaning := LEANS.fullmatch(words):
        return leaning["subject"] + asked.group()
    if len(words) <= SHORT and TAIL.fullmatch(words):
        return before[:asked.start()] + words
    return None
