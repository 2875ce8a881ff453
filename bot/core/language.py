"""Which language to speak: chosen by the person, else detected, else the channel's hint, else the default."""

from __future__ import annotations

# Locale (gettext's spelling) → its own name, as the person must recognise it. CLDR 48, language names.
LOCALES: dict[str, str] = {
    "th": "ไทย",
    "vi": "Tiếng Việt",
    "km": "ខ្មែរ",
    "my": "မြန်မာ",
    "lo": "ລາວ",
    "zh_Hans": "简体中文",
    "zh_Hant": "繁體中文",
    "en": "English",
}
DEFAULT_LOCALE = "en"

# Regions whose Chinese is written in the traditional script (CLDR likely subtags).
_TRADITIONAL = {"tw", "hk", "mo", "hant"}

# First and last code point of each script that names its language by itself.
_SCRIPTS = (
    (0x0E00, 0x0E7F, "th"),
    (0x0E80, 0x0EFF, "lo"),
    (0x1000, 0x109F, "my"),
    (0x1780, 0x17FF, "km"),
    (0x4E00, 0x9FFF, "zh_Hans"),
)


def pick_locale(chosen: str, detected: str, hint: str) -> str:
    """Return the locale to speak, always one of LOCALES."""
    for candidate in (chosen, detected, read_tag(hint)):
        if candidate in LOCALES:
            return candidate
    return DEFAULT_LOCALE


def read_tag(tag: str) -> str:
    """Turn a client's language tag (BCP 47, such as ``zh-TW`` or ``km``) into a locale; "" if we don't speak it."""
    parts = tag.replace("_", "-").lower().split("-")
    if parts[0] == "zh":
        return "zh_Hant" if _TRADITIONAL.intersection(parts) else "zh_Hans"
    return parts[0] if parts[0] in LOCALES else ""


def guess_by_script(text: str) -> str:
    """Guess the locale from the script alone, for when the assistant is down; "" for Latin letters and others."""
    counts: dict[str, int] = {}
    for char in text:
        code = ord(char)
        for first, last, locale in _SCRIPTS:
            if first <= code <= last:
                counts[locale] = counts.get(locale, 0) + 1
    return max(counts, key=lambda locale: counts[locale]) if counts else ""


def speech(locale: str) -> str:
    """The language an operator must speak for a locale: both Chinese scripts are one language."""
    return "zh" if locale.startswith("zh") else locale
