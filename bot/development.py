"""Development values: secrets made on this machine so that `make run` needs no account."""

from __future__ import annotations

import secrets
import string

from bot.settings import DEVELOPMENT, Settings, SettingsError, load_settings


def make_development_values() -> None:
    """Write `var/development.env` (mode 600) if it is not there: a token, an AES key, secrets."""
    if DEVELOPMENT.exists():
        return
    values = {
        "WECHAT_TOKEN": secrets.token_hex(16),
        "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_ENCODING_AES_KEY": "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(43)),
        "WECHAT_ORIGINAL_ID": "gh_" + secrets.token_hex(6),
        "WEIJING_SECRET": secrets.token_hex(32),
    }
    DEVELOPMENT.parent.mkdir(exist_ok=True)
    draft = DEVELOPMENT.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    draft.replace(DEVELOPMENT)
    load_settings.cache_clear()


def settings_or_development() -> Settings:
    """Settings as configured; where WECHAT_TOKEN is set nowhere, development values made on this machine."""
    try:
        return load_settings()
    except SettingsError as error:
        if "WECHAT_TOKEN is missing" not in str(error):
            raise
    make_development_values()
    return load_settings()
