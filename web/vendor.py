"""Copies the front-end files that pages load from `node_modules` to `web/static/vendor` (run by the set-up)."""

from __future__ import annotations

import pathlib
import shutil
import sys
from typing import Dict

from bot.settings import ROOT

VENDOR = ROOT / "web" / "static" / "vendor"

# Source below node_modules → name below web/static/vendor. Licences travel with the files.
FILES: Dict[str, str] = {
    "weui/dist/style/weui.min.css": "weui.min.css",
    "weui/LICENSE.txt": "weui.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "htmx-ext-sse/dist/sse.min.js": "htmx-sse.min.js",
    "htmx-ext-sse/LICENSE": "htmx-sse.LICENSE.txt",
    # For papers and pictures that the server draws; the box may have no Chinese font.
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/LICENSE_FONT": "NotoSansSC.LICENSE.txt",
}


class VendorError(Exception):
    """A front-end package is not installed; the message says how to get it."""


def copy_vendor(packages: pathlib.Path = ROOT / "node_modules", target: pathlib.Path = VENDOR) -> int:
    """Copies every file of FILES and returns how many changed. Raises VendorError when a package is missing."""
    target.mkdir(parents=True, exist_ok=True)
    return sum(_copy(packages / source, target / name) for source, name in FILES.items())


def _copy(source: pathlib.Path, target: pathlib.Path) -> bool:
    if not source.is_file():
        raise VendorError(f"{source.parent.name}/{source.name} is not installed: run `npm ci --omit=dev`")
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return False
    shutil.copyfile(source, target)
    return True


def main() -> int:
    """Entry point of `python -m web.vendor`; the exit code is 1 when a package is missing."""
    try:
        print(f"web/static/vendor: {copy_vendor()} of {len(FILES)} files new")
    except VendorError as error:
        print(f"web.vendor: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
