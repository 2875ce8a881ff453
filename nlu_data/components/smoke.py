"""A last look before people are answered: one plain sentence in every language must mean what it means."""

from __future__ import annotations

from .classify import Model

SENTENCES = {
    "en": ("hello", "greet"),
    "th": ("สวัสดี", "greet"),
    "vi": ("xin chào", "greet"),
    "km": ("សួស្តី", "greet"),
    "my": ("မင်္ဂလာပါ", "greet"),
    "lo": ("ສະບາຍດີ", "greet"),
    "zh": ("你好", "greet"),
}


class SmokeTestFailed(Exception):
    """The model loads but does not understand; the text names the languages."""


def smoke_test(model: Model) -> None:
    """Raises SmokeTestFailed where a language is missing or its greeting is not understood."""
    failed = [
        language
        for language, (sentence, intent) in SENTENCES.items()
        if language not in model.languages or model.understand(sentence, prior=language).intent != intent
    ]
    if failed:
        raise SmokeTestFailed(f"a greeting is not understood in: {', '.join(failed)}")
