"""Common offenses (违法行为) with points and fine, for the demo town and for names in words.

Points: 公安部令第163号, articles 8 to 12 (12, 9, 6, 3, 1 points). Fines: 道路交通安全法 articles 90 to 99 give the
span, the amount within it differs from province to province; these are what Zhejiang's drivers commonly pay.
"""

from __future__ import annotations

import dataclasses
import re

ARTICLES = {12: 8, 9: 9, 6: 10, 3: 11, 1: 12}


@dataclasses.dataclass(frozen=True)
class Offense:
    """An offense; `code` is shaped after GA/T 16.31 (its second digit tells the points), `often` is its share."""

    code: str
    name: str
    points: int
    fine_fen: int
    often: int

    @property
    def article(self) -> str | None:
        """The article of 公安部令第163号 that gives its points."""
        return f"公安部令第163号第{ARTICLES[self.points]}条" if self.points else None


def _offenses(text: str) -> tuple[Offense, ...]:
    rows = (line.split() for line in text.strip().splitlines())
    return tuple(Offense(code, name, int(points), int(yuan) * 100, int(often))
                 for code, points, yuan, often, name in rows)


# code, points, fine in yuan, how often among a hundred or so, name
OFFENSES = _offenses("""
1039 0 150 260 机动车违反规定停放，驾驶人不在现场，妨碍其他车辆、行人通行的
1018 0 100  30 机动车不在机动车道内行驶的
1019 0 100  15 机动车违反规定使用专用车道的
1048 0 100  60 驾驶机动车不按所需行进方向驶入导向车道的
1050 0  50  70 驾驶小型汽车在普通道路上行驶超过规定时速10%以上未达到20%的
1051 0 100  35 驾驶小型汽车在高速公路上行驶超过规定时速10%以上未达到20%的
1116 1 100  70 驾驶机动车违反禁令标志指示的
1117 1 100 120 驾驶机动车违反禁止标线指示的
1120 1  50  60 驾驶机动车时驾驶人未按规定系安全带的
1121 1  50  15 驾驶摩托车不戴安全头盔的
1122 1 100  12 驾驶机动车不按规定使用灯光的
1123 1 100  12 驾驶机动车在普通道路上不按规定倒车、掉头的
1124 1 100   6 驾驶机动车不按规定会车的
1125 1 200  10 驾驶未按规定定期进行安全技术检验的小型汽车上道路行驶的
1301 3 150  25 驾驶机动车在普通道路上逆行的
1302 3 100  20 驾驶机动车不按规定让行的
1303 3 100  15 驾驶机动车不按规定超车的
1320 3 150  60 驾驶小型汽车在普通道路上行驶超过规定时速20%以上未达到50%的
1330 3  50  45 驾驶机动车时拨打、接听手持电话的
1331 3 100  20 遇前方机动车停车排队时借道超车、占用对面车道或者穿插等候车辆的
1357 3 100  55 驾驶机动车行经人行横道不按规定减速、停车、避让行人的
1340 3 200   8 驾驶机动车在高速公路上不按规定车道行驶的
1341 3 100   5 上道路行驶的机动车不按规定安装号牌的
1342 3 200   4 机动车发生故障停车后不按规定使用灯光或者设置警告标志的
1343 3 200   3 驾驶机动车不按规定避让校车的
1625 6 150  75 驾驶机动车不按交通信号灯指示通行的
1636 6 200  30 驾驶小型汽车在高速公路上行驶超过规定时速20%以上未达到50%的
1640 6 200   8 驾驶机动车在高速公路上违法占用应急车道行驶的
1650 6 500   4 驾驶小型汽车在普通道路上行驶超过规定时速50%以上的
1660 6 200   3 驾驶机动车造成财产损失的交通事故后逃逸，尚不构成犯罪的
1901 9 200   3 故意遮挡、污损机动车号牌上道路行驶的
1902 9 200   2 驾驶机动车在高速公路上违法停车的
1903 9 500   1 驾驶与准驾车型不符的机动车的
1701 12 1000  1 饮酒后驾驶机动车的
1702 12 200  1 驾驶机动车在高速公路上倒车、逆行、穿越中央分隔带掉头的
""")
BY_CODE = {offense.code: offense for offense in OFFENSES}

# What drivers call it (data/dictionary/offenses.txt), then parts of the official names under which it is recorded.
RECORDED_AS = {line.split()[0]: tuple(line.split()[1:]) for line in """
闯红灯 红灯 不按交通信号灯
闯黄灯 黄灯
违法停车 违法停车 违反规定停放 违停 停放
超速 超速 超过规定时速
酒驾 饮酒 酒后 醉酒
醉驾 醉酒
毒驾 毒品
无证驾驶 未取得 无证 与准驾车型不符
疲劳驾驶 疲劳 连续驾驶
不系安全带 安全带
开车打手机 手持电话 手机
压线 标线
逆行 逆行 逆向
违法变道 变更车道 变道 穿插等候
不按导向车道行驶 导向车道
不礼让行人 人行横道 避让行人
占用应急车道 应急车道
占用公交专用道 专用车道
违反禁令标志 禁令标志 禁止标线
闯限行 禁令标志 限行
超载 超载 超过核定 载物超过
超限 超限 超高 超宽 长、宽、高
遮挡号牌 遮挡 污损
套牌 套牌 伪造 变造
未悬挂号牌 安装号牌 未悬挂 无号牌
逾期未检验 检验
肇事逃逸 逃逸
未戴头盔 头盔
违法掉头 掉头
违法超车 超车
滥用远光灯 远光 使用灯光
飙车 追逐
非法改装 改装 已登记的结构
鸣喇叭 喇叭 鸣笛
违法载人 载人 载客
""".strip().splitlines()}


# Part of a recorded name → how one says it; the first that fits. \1 and \2 are percentages over the limit.
SAID_AS = tuple((re.compile(line.split()[0]), line.split()[1]) for line in r"""
高速公路.*超过规定时速(\d+)%以上未达到(\d+)% 高速上超速\1%—\2%
超过规定时速(\d+)%以上未达到(\d+)% 超速\1%—\2%
高速公路.*超过规定时速(\d+)%以上 高速上超速\1%以上
超过规定时速(\d+)%以上 超速\1%以上
违反规定停放 违停
不按交通信号灯指示通行 闯红灯
违反禁止标线指示 压线（违反禁止标线）
违反禁令标志指示 违反禁令标志
人行横道不按规定.*避让行人 没礼让行人
未按规定系安全带 没系安全带
不戴安全头盔 没戴头盔
拨打、接听手持电话 开车打手机
不按所需行进方向驶入导向车道 走错导向车道
违反规定使用专用车道 占用专用车道
借道超车、占用对面车道或者穿插等候车辆 排队时加塞
占用应急车道 占用应急车道
未按规定定期进行安全技术检验 年检过期上路
故意遮挡、污损机动车号牌 遮挡号牌
与准驾车型不符 准驾不符
饮酒后驾驶 酒驾
""".strip().splitlines())
OFFICIAL = re.compile(r"^(?:上道路行驶的|驾驶)?(?:机动车|小型汽车|摩托车)?(?:时，?)?(?:驾驶人)?|的$")


def said_as(name: str) -> str:
    """A recorded name as one says it in a chat (违停); without the words that all of them begin and end with.

    The whole name stands on the page, in the decision and in exports.
    """
    for recorded, said in SAID_AS:
        found = recorded.search(name)
        if found:
            return found.expand(said)
    return OFFICIAL.sub("", name) or name


def recorded_as(offense: str) -> tuple[str, ...]:
    """Parts of the recorded names of what drivers call so; itself for any other word."""
    return RECORDED_AS.get(offense, (offense,))
