"""Whether two drivers may settle a minor accident themselves (微处理): the law's exceptions, as questions.

Source: 道路交通事故处理程序规定 (公安部令第146号) articles 13 to 15 and 19, 道路交通安全法 article 70.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Dict, Tuple

RULE, LAW = "道路交通事故处理程序规定", "道路交通安全法"
FINE = "fine"


@dataclasses.dataclass(frozen=True)
class Ground:
    """Why the police must be called. `advice` is stay (protect the scene, call at once) or clear (photograph, clear
    the road, then call)."""

    code: str
    law: str
    advice: str = "stay"


def _grounds(*all_of_them: Ground) -> Dict[str, Ground]:
    return {ground.code: ground for ground in all_of_them}


GROUNDS = _grounds(
    Ground("injured", f"{LAW} 第70条；{RULE} 第13条"),
    Ground("drunk", f"{RULE} 第13条第1款第2项"),
    Ground("no_license", f"{RULE} 第13条第1款第1项"),
    Ground("no_plate", f"{RULE} 第13条第1款第4项"),
    Ground("no_insurance", f"{RULE} 第14条第1项", "clear"),
    Ground("fled", f"{RULE} 第13条第1款第6项"),
    Ground("stuck", f"{RULE} 第13条第1款第5项"),
    Ground("dangerous_goods", f"{RULE} 第15条"),
    Ground("facilities", f"{RULE} 第14条第2项", "clear"),
    Ground("deliberate", f"{RULE} 第13条第1款第7项"),
)

# Question → the grounds that answer it; 没有 to all of them leaves the matter to the drivers.
QUESTIONS: Dict[str, Tuple[str, ...]] = {
    "injured": ("injured",),
    "drunk": ("drunk",),
    "papers": ("no_license", "no_plate", "no_insurance"),
    "fled": ("fled",),
    "stuck": ("stuck",),
    "struck": ("facilities", "dangerous_goods", "deliberate"),
}

_NOT = r"(?<![没无不未])(?<!没有)(?<!没人)(?<!不是)"
HEARD = {
    "injured": re.compile(_NOT + r"(?:有?人?受伤|流血|出血了|骨折|昏迷|死了|撞死|撞伤|头晕|去医院|救护车|晕[倒过]|"
                          r"(?:有点|有些|还|很|特别|一直|喊|说)儿?[疼痛晕]|(?<![么里儿方])不舒服(?!的话)|恶心|想吐|"
                          r"(?:头|脖子|腰|胸口?|背|腿|脚|手|膝盖|肩膀?)(?:有点|有些|很|好|在|特别)?[疼痛麻肿])"),
    "drunk": re.compile(_NOT + r"(?:喝(?:了|过)?点?酒|酒驾|醉驾|酒气|酒味|吸毒|毒驾)"),
    "no_license": re.compile(r"无证|没有?(?:驾照|驾驶证|本子|证(?![据人件]))|"
                             r"(?:驾照|驾驶证)(?:被吊销|过期|.{0,2}没有?$)"),
    "no_plate": re.compile(r"没有?(?:挂|上)?(?:车牌|号牌|牌照|牌)|无牌|套牌|假牌"),
    "no_insurance": re.compile(r"没有?(?:买|交)?(?:保险|交强险)|保险(?:过期|脱保|.{0,3}没(?:有|买|交))|脱保|"
                               r"没有?年检|年检过期"),
    "fled": re.compile(_NOT + r"(?:逃逸|逃了|跑了|跑掉|开走了|走掉了|溜了|不见了)"),
    "stuck": re.compile(r"动不了|开不动|走不了|开不走|打不着火|抛锚"),
    "dangerous_goods": re.compile(_NOT + r"(?:危险品|油罐|危化|爆炸品|液化气车)"),
    "facilities": re.compile(_NOT + r"(?<!没[撞碰]到)(?<!没有[撞碰]到)"
                             r"(?:护栏|电线杆|红绿灯杆|路灯杆?|隔离栏|围墙|房子|消防栓)"),
    "deliberate": re.compile(_NOT + r"(?:故意撞|碰瓷|存心撞)"),
}
# What says that a question has no such answer, in its own words; a clause each, so that one message may answer several.
FINE_HEARD = {
    "injured": re.compile(r"人(?:都)?没(?:有)?(?:事|受伤)|没(?:有)?人?受?伤|人员无碍|人都好|"
                          r"没(?:有)?(?:什么)?(?:不舒服|大碍)|(?:^|双方|双双|我们|两个?人|两边|大家)都(?:没事|还?好|平安)"),
    "drunk": re.compile(r"没(?:有)?(?:人)?(?:喝|吸)|(?:不|未)(?:喝酒|饮酒)|滴酒"),
    "papers": re.compile(r"齐全?|(?:证件?|驾照|驾驶证|保险|本子|年检|手续|牌照?)[^没无不过]{0,4}(?:有|在|正常|带)|"
                         r"证件?.{0,2}(?:没|没有)问题|都正常"),
    "fled": re.compile(r"没(?:有)?(?:走|跑|逃|离开)|(?:[还都就]|对方|[他她人])在(?:的|呢|这|旁边|现场|边上|等|$)|"
                       r"^在(?:的|呢|这|旁边|现场|边上|等)"),
    "stuck": re.compile(r"(?<!不)(?<!没)能(?:开|动|走)|开得[动走]|可以开|没(?:有)?(?:开不动|动不了)"),
    "struck": re.compile(r"没(?:有)?[撞碰]|就(?:我们|咱们?)?(?:两|俩|2)"),
}
# What ends the drivers' own settling in the middle. By then one may drive off the road: 走了 is no fleeing any more.
MIDWAY = ("injured", "drunk", "no_license", "fled", "deliberate")
RUN_AWAY = re.compile(r"(?<![没无不未])(?<!没有)(?:逃逸|逃了|逃跑|跑了|跑掉|溜了)")
SUPPOSED = re.compile(r"如果|要是|万一|假如|的话|会不会|算不算|是不是|有没有|吗|没说|不是")
CLAUSE = re.compile(r"[，,。.；;！!、\s]+")
LONGEST_CLAUSE = 12


def grounds_heard(text: str) -> Tuple[str, ...]:
    """The grounds that a driver's words name, in the law's order."""
    return tuple(code for code, words in HEARD.items() if words.search(text))


def ground_midway(text: str) -> str | None:
    """The ground that comes up while two drivers already settle; what is only asked or supposed is none."""
    told = "，".join(clause for clause in CLAUSE.split(text) if not SUPPOSED.search(clause))
    heard = [code for code in grounds_heard(told) if code in MIDWAY]
    return next((code for code in heard if code != "fled" or RUN_AWAY.search(told)), None)


def fine_heard(text: str) -> Tuple[str, ...]:
    """The questions to which a driver's words say no: 没喝酒，车能开 → drunk, stuck. A question back says nothing."""
    clauses = [c for c in CLAUSE.split(text) if len(c) <= LONGEST_CLAUSE and not re.search(r"[吗么?？]", c)]
    hurt = {"injured"} & set(grounds_heard(text))  # 人没事就是有点疼
    return tuple(q for q, words in FINE_HEARD.items() if q not in hurt and any(words.search(c) for c in clauses))


def question_of(ground: str) -> str:
    """The question that this ground answers. Raises KeyError for a word that is no ground."""
    return {code: question for question, codes in QUESTIONS.items() for code in codes}[ground]


def may_settle(answers: Dict[str, str]) -> bool:
    """Whether every question was answered, and none with a ground."""
    return all(answers.get(question) == FINE for question in QUESTIONS)
