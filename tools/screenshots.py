"""Takes the pictures in docs/images from a running system: `weijing run`, then `python tools/screenshots.py`."""

from __future__ import annotations

import argparse
import pathlib
import shutil
import sys
from typing import Dict, List

from playwright.sync_api import Browser, Error, Page, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
PHONE = {"viewport": {"width": 375, "height": 812}, "device_scale_factor": 2, "has_touch": True}
OFFICE = {"viewport": {"width": 1366, "height": 768}, "device_scale_factor": 1}
SAID = ["帮我查下浙JA1234有没有违章", "123456"]
ANSWER_MS = 20_000


def main() -> int:
    """Takes every picture; the exit code is 1 when nothing runs at the address."""
    asked = _arguments()
    chromium = shutil.which("chromium") or "/usr/bin/chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        try:
            for path in _take(browser, asked):
                print(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)
        except Error as error:
            print(f"{asked.url}: {error.message.splitlines()[0]} (is `weijing run` up?)", file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


def _arguments() -> argparse.Namespace:
    from bot.settings import load_settings

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=f"http://127.0.0.1:{load_settings().phone_port}/", help="the phone page")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs" / "images", help="where pictures go")
    parser.add_argument("--say", nargs="+", default=SAID, help="what the driver writes")
    return parser.parse_args()


def _take(browser: Browser, asked: argparse.Namespace) -> List[pathlib.Path]:
    asked.out.mkdir(parents=True, exist_ok=True)
    taken = []
    for name, device in (("phone", PHONE), ("office", OFFICE)):
        page = _open(browser, asked.url, device)
        _keep(page, taken, asked.out / f"{name}-welcome.png")
        for words in asked.say:
            _say(page, words)
        _keep(page, taken, asked.out / f"{name}.png")
        page.get_by_role("button", name="切换到菜单").click()
        page.locator(".column__button").first.click()
        _keep(page, taken, asked.out / f"{name}-menu.png")
        page.context.close()
    return taken


def _open(browser: Browser, url: str, device: Dict[str, object]) -> Page:
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **device)
    page = context.new_page()
    page.goto(url)
    page.locator(".entry_account").first.wait_for(timeout=ANSWER_MS)
    return page


def _say(page: Page, words: str) -> None:
    answers = page.locator(".entry_account").count()
    page.get_by_label("发消息").fill(words)
    page.keyboard.press("Enter")
    page.locator(".entry_account").nth(answers).wait_for(timeout=ANSWER_MS)


def _keep(page: Page, taken: List[pathlib.Path], path: pathlib.Path) -> None:
    page.wait_for_timeout(300)  # pictures and fonts settle
    page.screenshot(path=path)
    taken.append(path)


if __name__ == "__main__":
    sys.exit(main())
