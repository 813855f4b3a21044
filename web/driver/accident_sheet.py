"""A sheet of paper (A4, millimetres) that can be drawn as PDF with real text, or as a picture; both look the same."""

from __future__ import annotations

import abc
import functools
import io
from typing import List, Tuple

from fpdf import FPDF
from PIL import Image, ImageDraw, ImageFont

from bot.settings import ROOT

FONT = ROOT / "web" / "static" / "vendor" / "NotoSansSC-Regular.ttf"
WIDTH, HEIGHT = 210, 297
DOTS = 6  # pixels a millimetre
POINT = 25.4 / 72  # millimetres


class Sheet(abc.ABC):
    """What can be drawn; `y` is the top of a line of text, sizes are points, colours #rrggbb."""

    @abc.abstractmethod
    def text(self, x: float, y: float, words: str, size: float = 10, colour: str = "#111111") -> None:
        """One line."""

    @abc.abstractmethod
    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str = "#777777") -> None:
        """A thin line."""

    @abc.abstractmethod
    def picture(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        """A picture."""

    @abc.abstractmethod
    def bytes(self) -> bytes:
        """The file."""

    def centred(self, y: float, words: str, size: float) -> None:
        """One line in the middle."""
        self.text((WIDTH - width_of(words, size)) / 2, y, words, size)

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """A box."""
        for x0, y0, x1, y1 in ((x, y, x + width, y), (x, y + height, x + width, y + height), (x, y, x, y + height),
                               (x + width, y, x + width, y + height)):
            self.line(x0, y0, x1, y1)


class PdfSheet(Sheet):
    """As PDF; only the letters that are used go into it."""

    def __init__(self, title: str) -> None:
        self._pdf = FPDF(format="A4")
        self._pdf.set_title(title)
        self._pdf.set_auto_page_break(False)
        self._pdf.add_page()
        self._pdf.add_font("noto", fname=str(FONT))

    def text(self, x: float, y: float, words: str, size: float = 10, colour: str = "#111111") -> None:
        """One line."""
        self._pdf.set_font("noto", size=size)
        self._pdf.set_text_color(*_rgb(colour))
        self._pdf.text(x, y + size * POINT * 1.08, words)

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str = "#777777") -> None:
        """A thin line."""
        self._pdf.set_draw_color(*_rgb(colour))
        self._pdf.line(x0, y0, x1, y1)

    def picture(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        """A picture."""
        self._pdf.image(io.BytesIO(data), x, y, width, height)

    def bytes(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())


class PictureSheet(Sheet):
    """As JPEG, for the chat."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH * DOTS, HEIGHT * DOTS), "white")
        self._draw = ImageDraw.Draw(self._image)

    def text(self, x: float, y: float, words: str, size: float = 10, colour: str = "#111111") -> None:
        """One line."""
        font = _font(round(size * POINT * DOTS))
        self._draw.text((x * DOTS, (y + size * POINT * 1.08) * DOTS), words, fill=colour, font=font, anchor="ls")

    def line(self, x0: float, y0: float, x1: float, y1: float, colour: str = "#777777") -> None:
        """A thin line."""
        self._draw.line((x0 * DOTS, y0 * DOTS, x1 * DOTS, y1 * DOTS), fill=colour, width=2)

    def picture(self, data: bytes, x: float, y: float, width: float, height: float) -> None:
        """A picture."""
        with Image.open(io.BytesIO(data)) as drawn:
            fitting = drawn.convert("RGB").resize((round(width * DOTS), round(height * DOTS)))
        self._image.paste(fitting, (round(x * DOTS), round(y * DOTS)))

    def bytes(self) -> bytes:
        """The file."""
        told = io.BytesIO()
        self._image.save(told, "JPEG", quality=85, optimize=True)
        return told.getvalue()


def wrapped(words: str, size: float, width: float) -> List[str]:
    """The words in lines no wider than `width` millimetres; Chinese may break anywhere."""
    lines: List[str] = []
    line = ""
    for letter in words.replace("\n", " "):
        if line and width_of(line + letter, size) > width:
            lines, line = [*lines, line], ""
        line += letter
    return [*lines, line]


def width_of(words: str, size: float) -> float:
    """Millimetres."""
    return _font(100).getlength(words) / 100 * size * POINT


@functools.lru_cache(maxsize=16)
def _font(pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), pixels)


def _rgb(colour: str) -> Tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
