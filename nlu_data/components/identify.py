"""Which of the helpline's languages a message is in, or None.

Scripts first: Thai, Lao, Khmer, Burmese and Chinese show themselves. Latin letters are weighed by a small
model (latin.py). The language a conversation already has is left only for good reason: people in a Khmer
conversation write "ok", names, addresses and borrowed words, and none of that is English. A wrong switch
costs a person the thread; a missed one costs a tap on the language button.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from .latin import LatinModel, plain, seed_model, train, words

__all__ = ["LANGUAGES", "Guess", "LatinModel", "identify", "script_of_chinese", "train"]

LANGUAGES = ("en", "th", "vi", "km", "my", "lo", "zh")


@dataclass(frozen=True)
class Guess:
    """`language` None: no evidence, or a language not ours (`other`). `script`: Hans or Hant, for zh."""

    language: str | None
    confidence: float
    romanised: bool = False
    script: str | None = None
    other: bool = False


_NOTHING = Guess(None, 0.0)
_SCRIPTS = {
    "th": "\u0e01-\u0e3a\u0e40-\u0e4e",
    "lo": "\u0e80-\u0edf",
    "km": "\u1780-\u17dd\u19e0-\u19ff",
    "my": "\u1000-\u103f\u104c-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f",
    "zh": "\u3005\u3007\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff",
    "kana": "\u3041-\u309f\u30a1-\u30ff\uff66-\uff9d",
    "hangul": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "latin": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u0323\u1e00-\u1eff",
}
_LETTERS = {name: re.compile(f"[{body}]") for name, body in _SCRIPTS.items()}
# One character of these carries about as much as two or three letters of an alphabet.
_WEIGHT = {"zh": 2.5, "kana": 1.5, "hangul": 2.0}
# Letters of Shan, Mon, Karen, Palaung, Khamti: a Burmese text, once in Unicode, has none but a stray one.
_NOT_BURMESE = re.compile("[\u1022\u1028\u1033-\u1035\u105a-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|(?:^|\s)[@#/]\w+")

# Words every one of the seven languages' speakers writes: no evidence for English.
_NEUTRAL_WORDS = """
ok okay okey oki k kk yes no hi hello helo hey halo bye goodbye thanks thank you thx tks please pls sorry
help start stop menu telegram facebook fb line zalo wechat whatsapp tiktok messenger viber google email
gmail phone app sim wifi online internet link bot admin id passport visa mou ci pink card police hotline
hospital boss agent company good morning night day love lol haha hehe hihi huhu hmm uh um oh wow www http
https com org net kg km usd covid corona virus
"""
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
_SHARE = 0.2  # of the letters: a native script with this much of a message is the message's language
_STRONG_LETTERS = 12
_STRONG_WORDS = 4
_STRONG = 0.95
_THAI_IN_LAO = 8
_VIETNAMESE_ONLY = re.compile("[đơưăĐƠƯĂ\u1ea0-\u1ef9]")
_PRIOR_ODDS = 3.0  # nats for the language of the conversation
_HINT_ODDS = 1.5  # nats for the language of the person's telephone
_UNCERTAIN = 0.6


@lru_cache(maxsize=20_000)
def _chinese_only(char: str) -> str | None:
    """Hans for a character of GB 2312 that Big5, the traditional standard, lacks; Hant for the reverse."""
    found = []
    for codec, script in (("gb2312", "Hans"), ("big5", "Hant")):
        try:
            char.encode(codec)
            found.append(script)
        except UnicodeEncodeError:
            continue
    return found[0] if len(found) == 1 else None


def script_of_chinese(text: str) -> str | None:
    """Hans or Hant by majority of the characters that differ; None where none does."""
    votes = Counter(_chinese_only(char) for char in _LETTERS["zh"].findall(text))
    simplified, traditional = votes["Hans"], votes["Hant"]
    if simplified == traditional:
        return None
    return "Hans" if simplified > traditional else "Hant"


def _mass(text: str) -> dict[str, float]:
    """Letters of each script, weighted; "else" is every other script's letters."""
    mass = {name: len(pattern.findall(text)) * _WEIGHT.get(name, 1.0) for name, pattern in _LETTERS.items()}
    seen = sum(len(pattern.findall(text)) for pattern in _LETTERS.values())
    mass["else"] = float(max(sum(char.isalpha() for char in text) - seen, 0))
    return mass


def _native(text: str, mass: dict[str, float], prior: str | None) -> Guess | None:
    """The answer of a script that belongs to one of our languages, if one carries the message."""
    language = max(("th", "lo", "km", "my", "zh"), key=lambda name: mass[name])
    total = sum(mass.values())
    if mass[language] < 1 or mass[language] < _SHARE * total:
        return None
    foreign = mass["kana"] + mass["hangul"] + mass["else"]
    if foreign > mass[language] or (language == "zh" and mass["kana"] + mass["hangul"] > 0.15 * total):
        return Guess(None, foreign / total, other=True)
    if language == "my" and len(_NOT_BURMESE.findall(text)) > max(1, 0.04 * mass["my"]):
        return Guess(None, 0.9, other=True)
    if language == "th" and prior == "lo" and mass["th"] < _THAI_IN_LAO:
        return Guess("lo", 0.5)
    script = script_of_chinese(text) if language == "zh" else None
    return Guess(language, min(0.99, 0.7 + 0.3 * mass[language] / total), script=script)


def _label(language: str) -> str:
    return language if language in ("en", "vi") else f"{language}-Latn"


def _odds(prior: str | None, hint: str | None) -> dict[str, float]:
    odds: dict[str, float] = {}
    for language, nats in ((hint, _HINT_ODDS), (prior, _PRIOR_ODDS)):
        if language in LANGUAGES:
            odds[_label(language)] = odds.get(_label(language), 0.0) + nats
    return odds


def _keep(prior: str | None, confidence: float = 0.5) -> Guess:
    return Guess(prior, confidence) if prior in LANGUAGES else _NOTHING


def _latin(text: str, prior: str | None, hint: str | None, model: LatinModel) -> Guess:
    """The answer for Latin letters: evidence words only, and a switch of language only on strong evidence."""
    found = [word for word in words(text) if len(word) > 1 and plain(word) not in _NEUTRAL]
    if not found:
        return _keep(prior)
    posterior = model.posterior(found, _odds(prior, hint))
    label = max(posterior, key=lambda name: posterior[name])
    language, confidence = label.removesuffix("-Latn"), posterior[label]
    if len(_VIETNAMESE_ONLY.findall(text)) >= 2:
        return Guess("vi", max(0.9, posterior["vi"]))
    strong = confidence >= _STRONG and len(found) >= _STRONG_WORDS and sum(map(len, found)) >= _STRONG_LETTERS
    if label == "other":
        return Guess(None, confidence, other=True) if strong else _keep(prior)
    if prior in LANGUAGES and language != prior:
        known = model.known(label, found) >= 0.4 * len(found)
        return Guess(language, confidence, label.endswith("-Latn")) if strong and known else _keep(prior)
    name = len(found) < 3 and not model.known(label, found) and language != hint
    if confidence < _UNCERTAIN or name:
        return _keep(prior, confidence)
    return Guess(language, confidence, label.endswith("-Latn"))


def identify(text: str, prior: str | None = None, hint: str | None = None, model: LatinModel | None = None) -> Guess:
    """The language of a normalised message.

    `prior` is the conversation's language so far, `hint` what the person's telephone is set to. Without
    evidence the prior comes back with confidence 0.5, and None if there is no prior. `model` is what `train`
    made of the project's sentences; without it the seed sentences must do.
    """
    text = _ADDRESS.sub(" ", text)
    mass = _mass(text)
    total = sum(mass.values())
    if total == 0:
        return _keep(prior)
    native = _native(text, mass, prior)
    if native is not None:
        return native
    if mass["latin"] < 0.5 * total:
        return Guess(None, 0.9, other=True)
    return _latin(text, prior, hint, model or seed_model())
