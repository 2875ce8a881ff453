"""What every translation must keep to; the reasons are in docs/content.md.

A translation is read alone, by a person who can't see the English: so it says the same things, no number from
nowhere, nothing too long for a small screen, and nothing in its first words that a locked telephone must not show.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

from bot.adapters.answer_rules import TELLING, shown_locked
from bot.core.phrase import messages

# Telegram takes 4096 characters; a person on a small screen takes far fewer (docs/content.md).
LONGEST = 900
# An answer is said in messages of their own, so each counts. English keeps to 450; other languages need more room.
LONGEST_MESSAGE = 600
# Contexts whose text a person sees where somebody may look over the shoulder, and short.
LABELS = ("button", "intent.", "command.", "web.", "language.name")
LABEL_LONGEST = 64

# Scripts without spaces between words. Browsers and telephones break their lines by a dictionary; a client that has
# none cuts anywhere, so a stretch longer than two lines of a small screen wants a space or a zero-width space.
UNSPACED, LONGEST_STRETCH = ("km", "my", "lo"), 60

# Contexts no person at risk reads, or whose text is a name.
_DESK = ("directory", "console")

# The block of each script: a translation must have most of its letters in it.
SCRIPTS = {
    "th": ("\u0e00", "\u0e7f"),
    "lo": ("\u0e80", "\u0eff"),
    "km": ("\u1780", "\u17ff"),
    "my": ("\u1000", "\u109f"),
    "zh_Hans": ("\u4e00", "\u9fff"),
    "zh_Hant": ("\u4e00", "\u9fff"),
}

# Words for trafficking, slavery, forced labour, exploitation, police, victim, rescue: not where a locked telephone
# shows them.
_TELLING = {
    "en": TELLING.pattern,
    "th": "ค้ามนุษย์|แรงงานบังคับ|บังคับใช้แรงงาน|ทาส|ตำรวจ|เหยื่อ|แสวงหาประโยชน์",
    "vi": "buôn (?:bán )?người|nô lệ|công an|cảnh sát|nạn nhân|cưỡng bức|bóc lột|giải cứu",
    "km": "ជួញដូរ|ទាសករ|ទាសភាព|ប៉ូលីស|ប៉ូលិស|នគរបាល|ជនរងគ្រោះ|ពលកម្មដោយបង្ខំ|កេងប្រវ័ញ្ច",
    "my": "လူကုန်ကူး|ကျွန်ပြု|ကျွန်စနစ်|ရဲစခန်း|ရဲတပ်|သားကောင်|အဓမ္မ|ခေါင်းပုံဖြတ်",
    "lo": "ຄ້າມະນຸດ|ຂ້າທາດ|ຕຳຫຼວດ|ຕໍາຫຼວດ|ຜູ້ເຄາະຮ້າຍ|ແຮງງານບັງຄັບ|ບັງຄັບໃຊ້ແຮງງານ|ຂູດຮີດ",
    "zh_Hans": "贩运|贩卖人口|人口贩|奴隶|奴役|警察|受害|强迫劳动|强制劳动|剥削|解救",
    "zh_Hant": "販運|販賣人口|人口販|奴隸|奴役|警察|受害|強迫勞動|強制勞動|剝削|解救",
}


def wrong(locale: str, context: str, english: str, text: str) -> Iterator[str]:
    """What is wrong with one translation."""
    if not text:
        yield "not translated"
        return
    yield from _placeholders(english, text)
    yield from _size(context, english, text)
    if context not in _DESK:
        yield from _seen(locale, context, english, text)


def _seen(locale: str, context: str, english: str, text: str) -> Iterator[str]:
    """What holds for texts people at risk read."""
    if extra := _digits(text) - _digits(english):
        yield f"digits {sorted(extra)} that the English has not; numbers come from the directory"
    if locale in SCRIPTS and context != "language.name" and not _in_script(locale, text):
        yield "most letters are not of the language's script"
    if locale in UNSPACED and (stretch := _stretch(locale, text)) > LONGEST_STRETCH:
        yield f"{stretch} letters without a place to break the line; put a space or a zero-width space (U+200B)"
    # The title of an intent stands on a button only, which no notification shows.
    for message in () if context.startswith("intent.") else messages(text):
        if found := re.search(_TELLING[locale], shown_locked(message), re.IGNORECASE):
            yield f"begins with {found[0]!r}, which a locked telephone shows"


def _placeholders(english: str, text: str) -> Iterator[str]:
    try:
        if _names(english) != _names(text):
            yield f"placeholders {sorted(_names(text))}, the English has {sorted(_names(english))}"
    except ValueError:
        yield "a brace that belongs to no placeholder; write {{ or }}"


def _size(context: str, english: str, text: str) -> Iterator[str]:
    if len(messages(text)) != len(messages(english)):
        yield f"{len(messages(text))} messages (a blank line begins one), the English has {len(messages(english))}"
    label = context.startswith(LABELS) and "command" not in context
    answer = context.startswith("utter_")
    most = LABEL_LONGEST * 2 if label else LONGEST_MESSAGE if answer else LONGEST
    for part in messages(text) if answer else [text]:
        if len(part) > most:
            yield f"{len(part)} characters, too long for a small screen"


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _digits(text: str) -> set[str]:
    return {str(int(run)) for run in re.findall(r"\d+", text)}


def _stretch(locale: str, text: str) -> int:
    first, last = SCRIPTS[locale]
    return max(map(len, re.findall(f"[{first}-{last}]+", text)), default=0)


def _in_script(locale: str, text: str) -> bool:
    first, last = SCRIPTS[locale]
    plain = re.sub(r"\{\w+\}|/\w+|Telegram|WhatsApp|Facebook|LINE|TikTok|HIV|CSV|TOTP", "", text)
    letters = [c for c in plain if c.isalpha()]
    return not letters or sum(first <= c <= last for c in letters) >= 0.6 * len(letters)
