"""Draws all liability cases (责任划分图) on one sheet for the docs: `python tools/accident_diagrams.py`."""

from __future__ import annotations

import io
import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from traffic.accident_causes import causes  # noqa: E402
from traffic.accident_diagrams import SHOWN, png  # noqa: E402

FONT = ROOT / "web" / "static" / "vendor" / "NotoSansSC-Regular.ttf"
SHEET = ROOT / "docs" / "images" / "accident-causes.png"
COLUMNS, MARGIN, TITLE = 6, 10, 26


def main() -> None:
    """Writes docs/images/accident-causes.png."""
    every, font = list(causes().values()), ImageFont.truetype(str(FONT), 17)
    wide, high = SHOWN[0] + MARGIN, SHOWN[1] + TITLE + MARGIN
    sheet = Image.new("RGB", (COLUMNS * wide + MARGIN, -(-len(every) // COLUMNS) * high + MARGIN), "white")
    draw = ImageDraw.Draw(sheet)
    for number, cause in enumerate(every):
        left, top = MARGIN + number % COLUMNS * wide, MARGIN + number // COLUMNS * high
        with Image.open(io.BytesIO(png(cause.code, 1))) as drawn:
            sheet.paste(drawn, (left, top))
        draw.text((left, top + SHOWN[1] + 2), cause.title, fill="black", font=font)
    sheet.quantize(64).save(SHEET, optimize=True)
    print(SHEET.relative_to(ROOT))


if __name__ == "__main__":
    main()
