"""Finds names of persons in a sentence: after words that introduce one, beside numbers, and by jieba's own tagging."""

from __future__ import annotations

import functools
import re
from typing import Any, Container, Iterable, List, Set, Tuple

Span = Tuple[int, int]

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤温康施"
    "牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷"
    "盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜"
    "冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝娜")
DOUBLE = ("欧阳", "上官", "司马", "诸葛", "司徒", "夏侯", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方", "南宫")
HAN = r"[\u4e00-\u9fff]"
SURNAME = f"(?:{'|'.join(DOUBLE)}|[{SURNAMES}])"
NO_GIVEN = "的了是在有我你他她它们这那哪不没吗呢吧啊呀和与跟就都也还要想能会可请问怎么什被把给让到从去来上下过车路"
GIVEN = f"(?:(?![{NO_GIVEN}]){HAN})"
NAME = f"{SURNAME}{GIVEN}{{1,2}}"
INTRODUCED = re.compile(
    rf"(?:我叫|名叫|叫做|叫|姓名是|姓名|名字是|名字|车主是|车主|驾驶人|驾驶员|司机是|司机|联系人|当事人|本人|我是|对方是|他是|她是|"
    rf"被保险人|收件人|户主|机主|[:：])\s*[:：]?\s*({NAME})")
RELATED = re.compile(
    rf"(?:法人代表|法定代表人|法人|经办人|负责人|代办人|委托人|持有人|开户名|署名|(?:我|他|她)(?:爸爸|妈妈|父亲|母亲|爸|妈|老公|老婆|"
    rf"丈夫|妻子|儿子|女儿|哥|姐|弟|妹|朋友|同事|邻居))\s*(?:是|叫)?\s*[:：]?\s*({NAME})")
SPELT_OUT = re.compile(
    rf"(?:我叫|姓名|名字)(?:是|叫|为)?\s*[:：]?\s*((?:(?![{NO_GIVEN}]){HAN}){{2,5}})(?=$|[\s,，。;；、0-9])")
"""Any name, also of a family that isn't in the list, when nothing follows it."""
FOREIGN = re.compile(rf"{GIVEN}{{2,6}}·{GIVEN}{{2,6}}|(?i:(?<=my name is )|(?<=call me ))[A-Za-z]+(?: [A-Z][a-z]+)?")
TITLED = re.compile(
    rf"({SURNAME}{GIVEN}{{0,2}}?)(?=(?:警官|民警|队长|所长|大队长|科长|先生|女士|小姐|师傅|老师|同志|阿姨|叔叔|大哥|老板|经理))")
ALONE = re.compile(rf"(?:^|(?<=[\s,，。;；、:：/0-9A-Za-z某]))({NAME})(?=$|[\s,，。;；、:：/0-9])")
NO_NAMES = frozenset(re.split(r"\s+", """黄灯 黄线 黄牌 马路 高速 高架 金属 安全 安全带 平安 白线
白天 方向 方向盘 车牌 车主 车子 车辆 车位
车管所 路口 路边 路上 路费 单行 单行线 单号 单位 时间 时候 全部 全国 应该 应急 和解 解除 解决 解释 连续
明天 明年 成功 向左 向右 左转 右转 左拐 万一 万元 毛病 白色 关于 关系 包括 安装 任务 任何 石头 常住 管理
管用 纪律 计分 计算 简单 简易 易损 游客 尚未 何时 何处 何地 于是 余额 项目 费用 费率 温馨 严重 严格 符合
符号 包车 华为 高德 金额 金钱 边上 师傅 龙门架 江边 阳光 成年 成年人 安检 时段 司机 路况 路段 路障 路牌
路政 路灯 车险 车祸 车道 车证 车检 童车 石油 方便 方法 方式 方案 查询 查车 查分 查违章 查违法 查一下
查看 查处 查验 查到 连环 全责 单车 车速 明明 明白 应当 成本 冷静 常见 党员 古城 白牌 蓝牌 蓝色 蓝天 田地
田里 林业 林地 叶子 宁波 温岭 温州 台州 金华 杭州 杜桥 临海 路桥 黄岩 江苏 江西 安徽 广东 湖南"""))
"""Begin like a name and are none."""
NEXT_WORDS = frozenset(["电话", "手机", "身份", "驾驶", "车牌", "地址", "住址", "先生", "女士", "警官", "民警", "违章",
                        "师傅", "号码"])
STOPS = re.compile(rf"[{NO_GIVEN}]")
HAN_ONLY = re.compile(f"{HAN}+")
BEGINS = re.compile(SURNAME)


def ordinary_words(sentences: Iterable[str]) -> Set[str]:
    """What begins like a name in sentences that hold none: 谢谢, 高峰, 黄牛."""
    return {sentence[at:at + length] for sentence in sentences for at, character in enumerate(sentence)
            if character in SURNAMES for length in (2, 3)}


class PersonalNames:
    """`names(text)` → (start, end) of what is probably a person's name; titles stay.

    `jieba` cuts words (bot.nlu.word_cutter.own_jieba); `ordinary` is what isn't a name unless the sentence says so
    (我叫高峰).
    """

    def __init__(self, jieba: Any, ordinary: Container[str] = frozenset()) -> None:
        self._jieba, self._ordinary = jieba, ordinary
        self._listed = _listed_names(jieba)

    def __call__(self, text: str) -> List[Span]:
        """Names in the text, in no special order."""
        said = [_without_next_word(text, *m.span(1)) for pattern in (INTRODUCED, SPELT_OUT)
                for m in pattern.finditer(text)]
        seen = [_without_next_word(text, *m.span(1)) for pattern in (RELATED, TITLED, ALONE)
                for m in pattern.finditer(text)]
        seen = [(start, end) for start, end in seen + self._tagged(text) if text[start:end] not in self._ordinary]
        foreign = [m.span() for m in FOREIGN.finditer(text)]
        return foreign + [(start, end) for start, end in said + seen if text[start:end] not in NO_NAMES]

    def _tagged(self, text: str) -> List[Span]:
        """Names by jieba's dictionary, and by its model where the dictionary leaves single characters."""
        spans, began, position = [], 0, 0
        for word in [*self._jieba.cut(text, HMM=False), "\n"]:
            if len(word) > 1 or not HAN_ONLY.fullmatch(word):
                spans += self._hidden(text, began, position)
                began = position + len(word)
                if word in self._listed:
                    spans.append((position, began))
            position += len(word)
        return spans

    def _hidden(self, text: str, began: int, end: int) -> List[Span]:
        stretch = text[began:end]
        if not self._may_hold_one(stretch):  # the model takes most of the time; few stretches need it
            return []
        return [(began + start, began + stop) for start, stop in names_by_model(stretch)]

    def _may_hold_one(self, stretch: str) -> bool:
        return any(word not in self._ordinary and word not in NO_NAMES
                   for m in BEGINS.finditer(stretch) for length in (2, 3, 4)
                   if len(word := stretch[m.start():m.start() + length]) == length and not STOPS.search(word))


@functools.lru_cache(maxsize=50_000)
def names_by_model(stretch: str) -> Tuple[Span, ...]:
    """Names in a run of characters that make no word of the dictionary, by jieba's hidden Markov model."""
    from jieba.posseg import char_state_tab_P, emit_P, start_P, trans_P, viterbi

    _, states = viterbi(stretch, char_state_tab_P, start_P, trans_P, emit_P)
    ends = sorted({*(at for at, (place, _) in enumerate(states, start=1) if place in "ES"), len(stretch)})
    words = zip([0, *ends], ends, strict=False)
    return tuple((start, end) for start, end in words
                 if states[start][1].startswith("nr") and _looks_like_one(stretch[start:end]))


def _listed_names(jieba: Any) -> Set[str]:
    """Names of persons in jieba's dictionary, whose lines are `word count tag`."""
    with jieba.get_dict_file() as lines:
        parts = (line.decode("utf-8").split() for line in lines)
        return {part[0] for part in parts if part[2:] and part[2].startswith("nr") and _looks_like_one(part[0])}


def _looks_like_one(word: str) -> bool:
    return 2 <= len(word) <= 4 and re.match(SURNAME, word) is not None and STOPS.search(word) is None


def _without_next_word(text: str, start: int, end: int) -> Span:
    """张伟电话 → 张伟: the third character may begin the next word."""
    follows = text[end - 1:end + 1]
    return (start, end - 1) if end - start >= 3 and follows in NEXT_WORDS else (start, end)
