from __future__ import annotations

import random
import re
from typing import Iterator, Tuple

import pytest

from bot.nlu.word_cutter import own_jieba, read_words
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
             "姓名：{}", "{}先生的车被拖了", "联系人{} 13912345678", "投诉{}警官态度不好", "法人{}", "我老公{}的车"],
    "account": ["加我微信{}", "微信号：{} 谢谢", "我的wx是{}", "vx:{}"],
    "mail": ["发到{}", "邮箱{}收不到", "{} 这个邮箱"],
    "card": ["银行卡{}扣了两次", "卡号 {}", "罚款从{}扣的"],
    "house": ["寄到临海市解放路{}", "我住枫山小区{}", "东塍镇大岭村{}门口被撞", "送到府前街{}"],
    "company": ["我们是{}有限公司的车", "{}有限公司名下的车违章", "车在{}商行名下"],
}
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


def canaries(seed: int, count: int) -> Iterator[Tuple[str, str, str]]:
    chance = random.Random(seed)
    for number in range(count):
        kind = list(SAID)[number % len(SAID)]
        secret = SECRETS[kind](chance)
        yield kind, secret, chance.choice(SAID[kind]).format(secret)


def plate(chance: random.Random) -> str:
    places = "".join(chance.choice("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2)) + \
        "".join(chance.choice("0789") for _ in range(3))
    text = chance.choice("浙沪皖赣苏") + chance.choice("ABCFGJ") + places
    spoken = text[:2] + digits(chance, 5).translate(SPOKEN)
    return chance.choice([text, text.lower(), f"{text[:2]}·{text[2:]}", f"{text[:2]} {text[2:]}",
                          f"{text[:2]}.{text[2:]}", spoken])


def digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def identity(chance: random.Random) -> str:
    number = f"33{digits(chance, 4)}19{chance.randint(50, 99)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    whole = f"{number}{digits(chance, 3)}{chance.choice('0123456789Xx')}"
    return chance.choice([whole, whole.translate(WIDE), f"{whole[:6]} {whole[6:14]} {whole[14:]}",
                          whole[:17].translate(SPOKEN) + whole[17].lower()])


def phone(chance: random.Random) -> str:
    number = f"1{chance.choice('3578')}{digits(chance, 9)}"
    parts = (number[:3], number[3:7], number[7:])
    return chance.choice([number, "-".join(parts), " ".join(parts), "  ".join(parts), " ".join(number), "·".join(parts),
                          number.translate(SPOKEN), " ".join(parts).translate(SPOKEN), number.translate(WIDE)])


def account(chance: random.Random) -> str:
    letters = "".join(chance.choice("abcdefghijkmnpqrstuvwxyz") for _ in range(chance.randint(5, 9)))
    return letters + chance.choice(["", "_wei", "-zq", digits(chance, 1), digits(chance, 3)])


def mail(chance: random.Random) -> str:
    return f"{account(chance)}{chance.choice(['@', '＠', ' @ '])}example{chance.choice(['.com', '.cn', '。com'])}"


def card(chance: random.Random) -> str:
    number = "62" + digits(chance, chance.choice([14, 17]))
    return chance.choice([number, " ".join(number[at:at + 4] for at in range(0, len(number), 4))])


def house(chance: random.Random) -> str:
    one, other = chance.randint(1, 300), chance.randint(101, 2004)
    return chance.choice([f"{one}号", f"{one}号{chance.randint(1, 9)}幢{other}室", f"{chance.randint(1, 40)}幢{other}",
                          f"{chance.randint(1, 40)}幢2单元{other}室", f"{one}弄{chance.randint(1, 90)}号"])


def company(chance: random.Random) -> str:
    return f"{chance.choice(['临海市', '台州', ''])}{name(chance)}{chance.choice(['运输', '物流', '汽车服务', '建材'])}"


def name(chance: random.Random) -> str:
    return chance.choice(FAMILY) + "".join(chance.choice(GIVEN) for _ in range(chance.choice([1, 2])))


SECRETS = {"plate": plate, "identity": identity, "phone": phone, "name": name, "account": account, "mail": mail,
           "card": card, "house": house, "company": company}


def squeezed(text: str) -> str:
    return re.sub(r"[\s·.\-]", "", text).upper()


@pytest.fixture(scope="module")
def names() -> PersonalNames:
    ordinary = ordinary_words(sentence.text for sentence in read_sentences(ROOT / "data"))
    return PersonalNames(own_jieba(read_words(ROOT / "data" / "dictionary")), ordinary)


def masked(text: str, names: PersonalNames) -> Masked:
    return mask_personal(text, names)


def test_of_a_thousand_planted_canaries_none_comes_out(names: PersonalNames) -> None:
    planted = [canary for seed in (20261123, 7) for canary in canaries(seed, 500)]
    out = [(text, masked(text, names).text) for kind, secret, text in planted
           if squeezed(secret) in squeezed(masked(text, names).text)]
    assert out == []
    kept = [text for _, _, text in planted if masked(text, names).text == text]
    assert kept == []
    assert len({text for _, _, text in planted}) > 900


def test_positions_stay_and_plates_come_out_tagged_in_their_shape(names: PersonalNames) -> None:
    text = "浙J·K88N9 昨天在75省道被拍 打我13988887777"
    found = masked(text, names)
    assert len(found.text) == len(text)
    assert found.text.startswith("浙J·A12B3 昨天在75省道被拍")
    assert [mark[0] for mark in found.marks] == ["plate_number", "phone"]
    assert found.text[found.marks[1][1]:found.marks[1][2]] == "14567912345"


def test_a_plate_beside_a_telephone_number_keeps_both_marks(names: PersonalNames) -> None:
    found = masked("浙JA1234 13812345678", names)
    assert [(kind, found.text[start:end]) for kind, start, end in found.marks] == [
        ("plate_number", "浙JB2345"), ("phone", "14567891234")]


@pytest.mark.parametrize("text", ["浙J12345", "浙江J12345", "浙 J 1 2 3 4 5", "wx:abcde", "解放路123号", "尾号1234"])
def test_what_is_in_order_of_the_mask_itself_is_hidden_too(text: str, names: PersonalNames) -> None:
    assert not set(re.findall(r"\d{3,}|(?<=wx:)\w+", masked(text, names).text)) & {"123", "1234", "12345", "abcde"}
    assert "1 2 3 4 5" not in masked(text, names).text


@pytest.mark.parametrize(("text", "hidden"), [
    ("我叫阿依古丽", "阿依古丽"), ("我叫买买提·吐尔逊，想查分", "吐尔逊"), ("帮张伟查一下分", "张伟"),
    ("这是李秀兰的车", "李秀兰"), ("my name is John Smith", "John"),
    ("QQ 12345678", "12345678"), ("档案编号331000123456", "331000123456")])
def test_names_without_a_family_of_the_list_and_other_numbers_are_hidden(text: str, hidden: str,
                                                                         names: PersonalNames) -> None:
    assert hidden not in masked(text, names).text


@pytest.mark.parametrize("text", [
    "交管12123打不开", "G1523高速堵不堵", "75省道黄灯亮了还能过吗", "高架上方向盘失灵怎么办", "闯黄灯扣几分",
    "早高峰限行吗谢谢", "2026年5月的违章", "马路边能不能停车", "罚款20000元", "安全带没系扣几分", "单行线逆行",
    "拖车费200块", "打122还是打110", "我叫什么", "法人变更怎么办", "微信小程序打不开", "微信支付扣款了吗",
    "附近修理厂在哪", "我儿子高中生能骑吗", "2号线堵不堵", "15号下午3点能约吗", "12月3日，4日可以吗", "负责人谢谢"])
def test_what_is_nobodys_stays(text: str, names: PersonalNames) -> None:
    assert masked(text, names) == Masked(text, ())
