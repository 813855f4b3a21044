from __future__ import annotations

import random
import re
from typing import Iterator, Tuple

import pytest

from bot.nlu.chinese_tokenizer import WordCutter, read_words
from bot.settings import ROOT
from bot.training.masking import Masked, mask_personal
from bot.training.personal_names import PersonalNames, ordinary_words
from bot.training.sentences import read_sentences

FAMILY = "王李张刘陈杨赵吴周徐孙朱胡郭何罗郑梁谢宋唐许邓韩冯曹彭曾肖董潘袁蔡蒋叶程魏苏吕丁卢姚沈姜崔谭"
GIVEN = "伟芳娜敏静丽强磊洋艳勇军杰娟涛超霞平刚桂英建国志明秀兰文辉力玉红晓东海燕春梅雪峰鹏飞"
SAID = {
    "plate": ["我的车{} 查下违章", "{}有没有罚单", "帮我看看{}年检到期没", "车牌{}", "昨天{}别我车 要举报"],
    "identity": ["身份证{}查驾照分", "{}", "驾驶证号是{}还剩几分", "我的证件 {} 看看"],
    "phone": ["打我电话{}", "联系方式{}谢谢", "{}回电", "手机号{}收不到验证码"],
    "name": ["我叫{}想查分", "{}，浙JA1234，要预约年检", "车主{} 12月到期", "驾驶人{}的违章怎么处理", "你好我是{}",
             "姓名：{}", "{}先生的车被拖了", "联系人{} 13912345678", "投诉{}警官态度不好"],
}


def canaries(seed: int, count: int) -> Iterator[Tuple[str, str, str]]:
    chance = random.Random(seed)
    for number in range(count):
        kind = list(SAID)[number % 4]
        secret = {"plate": plate, "identity": identity, "phone": phone, "name": name}[kind](chance)
        yield kind, secret, chance.choice(SAID[kind]).format(secret)


def plate(chance: random.Random) -> str:
    places = "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2)) + \
        "".join(chance.choice("0789") for _ in range(3))
    text = chance.choice("浙沪皖赣苏") + chance.choice("ABCFGJ") + places
    return chance.choice([text, text.lower(), f"{text[:2]}·{text[2:]}", f"{text[:2]} {text[2:]}"])


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def identity(chance: random.Random) -> str:
    number = f"33{digits(chance, 4)}19{chance.randint(50, 99)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    return f"{number}{digits(chance, 3)}{chance.choice('0123456789X')}"


def phone(chance: random.Random) -> str:
    number = f"1{chance.choice('3578')}{digits(chance, 9)}"
    spoken = number.translate(str.maketrans("0123456789", "零一二三四五六七八九"))
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    parts = (number[:3], number[3:7], number[7:])
    return chance.choice([number, "-".join(parts), " ".join(parts), spoken, wide])


def name(chance: random.Random) -> str:
    return chance.choice(FAMILY) + "".join(chance.choice(GIVEN) for _ in range(chance.choice([1, 2])))


def squeezed(text: str) -> str:
    return re.sub(r"[\s·\-]", "", text).upper()


@pytest.fixture(scope="module")
def names() -> PersonalNames:
    ordinary = ordinary_words(sentence.text for sentence in read_sentences(ROOT / "data"))
    return PersonalNames(WordCutter(read_words(ROOT / "data" / "dictionary")), ordinary)


def masked(text: str, names: PersonalNames) -> Masked:
    return mask_personal(text, names)


def test_of_a_thousand_planted_canaries_none_comes_out(names: PersonalNames) -> None:
    planted = list(canaries(20261123, 1000))
    out = [(text, masked(text, names).text) for kind, secret, text in planted
           if squeezed(secret) in squeezed(masked(text, names).text)]
    assert out == []
    assert len({text for _, _, text in planted}) > 900


def test_positions_stay_and_plates_come_out_tagged_in_their_shape(names: PersonalNames) -> None:
    text = "浙J·K88N9 昨天在75省道被拍 打我13988887777"
    found = masked(text, names)
    assert len(found.text) == len(text)
    assert found.text.startswith("浙J·A12B3 昨天在75省道被拍")
    assert [mark[0] for mark in found.marks] == ["plate_number", "phone"]
    assert found.text[found.marks[1][1]:found.marks[1][2]] == "13456789123"


@pytest.mark.parametrize("text", [
    "交管12123打不开", "G1523高速堵不堵", "75省道黄灯亮了还能过吗", "高架上方向盘失灵怎么办", "闯黄灯扣几分",
    "早高峰限行吗谢谢", "2026年5月的违章", "马路边能不能停车", "罚款20000元", "安全带没系扣几分", "单行线逆行",
    "拖车费200块", "打122还是打110"])
def test_what_is_nobodys_stays(text: str, names: PersonalNames) -> None:
    assert masked(text, names) == Masked(text, ())
