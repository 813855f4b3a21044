"""Draws the demo town's pictures of violations: nobody's car, plainly a drawing. Run again after a change."""

from __future__ import annotations

import pathlib

from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "web" / "driver" / "static" / "demo"
FONT = ROOT / "web" / "static" / "vendor" / "NotoSansSC-Regular.ttf"
SIZE = (960, 640)
ROAD, LINE, GRASS, SKY = "#5b6068", "#f2f2f2", "#7f9b6b", "#b9cfe0"


def main() -> None:
    """Draws every picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    _save("red-light", "演示图片：闯红灯", _red_light)
    _save("parking", "演示图片：违法停车", _parking)


def _save(name: str, words: str, scene: object) -> None:
    picture = Image.new("RGB", SIZE, SKY)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 220, 960, 640), fill=GRASS)
    draw.polygon([(400, 220), (560, 220), (900, 640), (60, 640)], fill=ROAD)
    for top in range(240, 640, 70):
        width = 2 + (top - 220) // 40
        draw.rectangle((480 - width, top, 480 + width, top + 34), fill=LINE)
    scene(draw)  # type: ignore[operator]
    draw.rectangle((0, 584, 960, 640), fill="#101418")
    draw.text((24, 592), words, fill="#ffffff", font=ImageFont.truetype(str(FONT), 32))
    picture.quantize(64).save(OUT / f"{name}.png", optimize=True)


def _car(draw: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """A white car from behind, its plate unreadable."""
    draw.rounded_rectangle((x, y, x + 190, y + 110), 18, fill="#f7f7f7", outline="#9aa0a8", width=3)
    draw.polygon([(x + 22, y + 8), (x + 50, y - 52), (x + 140, y - 52), (x + 168, y + 8)], fill="#39424e")
    draw.rectangle((x + 62, y + 66, x + 128, y + 90), fill="#1f4e9e")
    for left in (x + 10, x + 148):
        draw.rounded_rectangle((left, y + 24, left + 32, y + 46), 6, fill="#c62828")
        draw.rounded_rectangle((left, y + 102, left + 32, y + 126), 6, fill="#22262b")


def _red_light(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(255, 430), (705, 430), (720, 446), (240, 446)], fill=LINE)
    draw.rectangle((770, 60, 782, 300), fill="#3a3f46")
    draw.rounded_rectangle((740, 60, 812, 220), 14, fill="#22262b")
    for top, colour in ((74, "#ff3b30"), (124, "#4a4a2a"), (174, "#2a4a2a")):
        draw.ellipse((756, top, 796, top + 40), fill=colour)
    _car(draw, 500, 330)


def _parking(draw: ImageDraw.ImageDraw) -> None:
    draw.line([(575, 240), (880, 600)], fill="#f0c419", width=8)
    draw.rectangle((826, 150, 836, 380), fill="#3a3f46")
    draw.ellipse((786, 90, 876, 180), fill="#1f4e9e", outline="#c62828", width=10)
    draw.line([(802, 106), (860, 164)], fill="#c62828", width=10)
    _car(draw, 610, 380)


if __name__ == "__main__":
    main()
