"""The short words with which people pick from what was offered: 第二个, 换下午, 还有别的吗, 好的, 不要."""

from __future__ import annotations

import re
import unicodedata
from typing import List

CHINESE = {character: number for number, character in enumerate("一二三四五六七八九十", start=1)}
CHINESE.update({"两": 2, "俩": 2})
NUMBER = re.compile(r"(?:第|选|选第|我选|我选第|要第|就第|按)?(\d{1,2}|[一二三四五六七八九十两俩])"
                    r"(?:个|号|项|条|辆|个吧|号吧|吧)?[.。、,，!！)）]*")
OTHERS = re.compile(r"别的|其[他它]|还有(?:没有|吗|啥|什么|空|时间|号)|换(?:一?[个批下]|时间|别|其)|"
                    r"改(?:个|下|一下)?时间|再(?:看|换|往)|"
                    r"都不(?:行|合适|方便|可以|太?好)|不(?:合适|方便)|往后|晚[一点几]")
OTHER_DAY = re.compile(r"换(?:一|个)?(?:天|日子)|改天|(?:别的|其[他它])(?:日子|天)|"
                       r"(?:那天|这天)(?:不行|没空|不方便)")
CLOCK = re.compile(r"([一二三四五六七八九十两]{1,3}|\d{1,2})(?:点|:|：|时)(半|[0-5]\d)?")
ANY = re.compile(r"随便|随意|都(?:行|可以|好|成)|无所谓|[你您](?:定|看着)|最[早快近]|越[早快]越好|尽[早快]|赶紧")
MORNING = re.compile(r"上午|早上|早晨|一早|上半天")
AFTERNOON = re.compile(r"下午|午后|下半天")
SMALL = r"(?:[换改要有想约到成个那就能行吧吗呢的空号嘛么还请来?？。!！]|可以|时间|没有|帮我)*"
PART_ONLY = re.compile(SMALL + r"(?:上午|早上|早晨|下午|午后)" + SMALL)
DOING = r"(?:办|挪|换|弄|搞|查|约|填|订|绑|说|写|问|改|投诉|举报)"
_MORNING, _AFTERNOON = r"(?:一?大?早上?|早晨|上午|上半天)", r"(?:下午|午后|下半天)"
_NOT_WANTED = (r"(?:不要|别|不想|不想要|不能|不选|除了)(?:约|选|来|要)?(?:太)?{0}|"
               r"{0}(?:的|我|就|都|也)*(?:不行|没空|没时间|不方便|来不了|起不来|去不了)")
NOT_MORNING = re.compile(_NOT_WANTED.format(_MORNING) + r"|太早|起不来|(?<!最)[晚迟][一点]*儿?的")
NOT_AFTERNOON = re.compile(_NOT_WANTED.format(_AFTERNOON) + r"|太晚|(?<!最)早[一点]*儿?的")
LAST = re.compile(r"(?:就|要|选|约|我|那)*(?:最晚|最后|末尾?)(?:的)?(?:那|一)?(?:个|面)?(?:吧|的|好了|行)?[。!！]*")
MOVES = re.compile(r"改|换|挪|推")
STOP = re.compile(r"(?:(?:那|就|还是|我|先)*"
                  r"(?:取消(?:掉|操作)?|算了|算啦|退出|停(?:止|下)?|放弃|拉倒|作罢|"
                  r"(?:不|别|不想|不用|不要)再?" + DOING + r"(?:它|这个)?)"
                  r"(?:了|吧|啦|掉|的|谢谢|[。.!！~,， ])*){1,3}")
AGAIN = re.compile(r"(?:我|那|要|就|还是|全部|都)*"
                   r"(?:重新?来(?:过|一[次遍])?|从头(?:来|开始|再来)|重新(?:开始|填|选|弄|搞|办|约|写)|重(?:填|选|新)|"
                   r"再来一[次遍])(?:吧|了|一下|一[次遍])*[。.!！~]*")
BACK = re.compile(r"(?:我|那|要|就|还是)*(?:返?回|退回?|回退?)?(?:到)?"
                  r"(?:(?:不对)?[，, ]*(?:我)?[打填输写说发]错了?|"
                  r"上一步|上一个|上一级|前一步|返回|后退|回退|退回去|倒回去)"
                  r"(?:吧|了|一下|问题)*[。.!！~]*")
TAIL = r"(?:的|了|啊|呀|吧|哦|哈|嘛|呢|嘞|咧|哒|呗|啦|勒|滴|谢谢|[!！。.~～,，])*"
YES = re.compile(r"(?:是|对|好|行|可以|可|中|成|没问题|没错|对头|嗯+|恩|确认|确定|同意|就这样|就这个|就这|要|约|有|"
                 r"ok|okay|yes|y|好滴|得)(?:是|对|好|行|可以|就这样|确认|确定|嗯|就这个|约)*" + TAIL, re.IGNORECASE)
NO = re.compile(r"(?:不|没|别|否|no|n|错|甭|算了)[^?？]{0,6}" + TAIL, re.IGNORECASE)


def number_in(text: str) -> int | None:
    """The number that is all of the text: "2", "２", "第二个", "选2", "二"; else None."""
    found = NUMBER.fullmatch(_plain(text))
    return (CHINESE.get(found[1]) or int(found[1])) if found else None


def gives_up(text: str) -> bool:
    """取消, 算了, 不办了: nothing else, so that it can only mean what is going on."""
    return bool(STOP.fullmatch(_plain(text)))


def starts_again(text: str) -> bool:
    """重新来, 重填: all that was said is to be forgotten."""
    return bool(AGAIN.fullmatch(_plain(text)))


def goes_back(text: str) -> bool:
    """上一步, 返回: the question before."""
    return bool(BACK.fullmatch(_plain(text)))


def asks_for_others(text: str) -> bool:
    """还有别的时间吗, 换一个, 都不合适."""
    return bool(OTHERS.search(_plain(text)))


def asks_for_other_day(text: str) -> bool:
    """换一天, 改天: not the days that were offered."""
    return bool(OTHER_DAY.search(_plain(text)))


def clocks_in(text: str) -> List[str]:
    """What 九点半 may mean, "09:30" and "21:30"; empty without a clock time. Afternoon words leave only the second."""
    found = CLOCK.search(_plain(text))
    hour = _hour(found[1]) if found else None
    if found is None or hour is None:
        return []
    minute = "30" if found[2] == "半" else found[2] or "00"
    hours = [hour] if hour >= 12 else [hour + 12] if part_of_day(text) == "afternoon" else [hour, hour + 12]
    return [f"{h:02}:{minute}" for h in hours]


def takes_any(text: str) -> bool:
    """随便, 最早的, 都行: the first of what was offered will do."""
    return bool(ANY.search(_plain(text)))


def part_of_day(text: str) -> str | None:
    """"morning", "afternoon" or None."""
    plain = _plain(text)
    return "morning" if MORNING.search(plain) else "afternoon" if AFTERNOON.search(plain) else None


def other_part(text: str) -> str | None:
    """The part of the day that is left when the other is not wanted: 不要早上的, 下午没空; None when neither is."""
    plain = _plain(text)
    return "afternoon" if NOT_MORNING.search(plain) else "morning" if NOT_AFTERNOON.search(plain) else None


def takes_last(text: str) -> bool:
    """最晚的那个, 最后一个: the last of what was offered."""
    return bool(LAST.fullmatch(_plain(text)))


def moves(text: str) -> bool:
    """Whether another time is wanted (算了改后天), however it begins."""
    return bool(MOVES.search(_plain(text)))


def only_part_of_day(text: str) -> bool:
    """换下午, 有下午的吗: another part of the same days, no day of its own."""
    return bool(PART_ONLY.fullmatch(_plain(text)))


def yes_or_no(text: str) -> bool | None:
    """What a short answer means, None when it is neither."""
    plain = _plain(text)
    return True if YES.fullmatch(plain) else False if NO.fullmatch(plain) else None


def _hour(text: str) -> int | None:
    if text.isdigit():
        return int(text) if int(text) < 24 else None
    tens, _, ones = text.rpartition("十")
    hour = (10 if "十" in text else 0) + CHINESE.get(ones, 0)
    return hour if not tens and 0 < hour < 24 else None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()
