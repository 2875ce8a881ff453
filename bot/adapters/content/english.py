"""The English answers in ``nlu_data/domain.yml``: their text changed by lines, everything else as it stands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.adapters import catalogs
from bot.adapters.answer_file import Variation, parse_variations
from bot.adapters.answer_rules import wrong_variation
from bot.adapters.content.files import lines_of, read, write
from bot.core.content.sentences import unseen
from bot.core.errors import Conflict, ContentError

DOMAIN = Path("nlu_data") / "domain.yml"
FACTS = Path("nlu_data") / "facts.yml"


def read_english(root: Path) -> tuple[Variation, ...]:
    """Every answer's variations in the order of the file; raises ContentError."""
    return parse_variations(DOMAIN, read(root / DOMAIN))


def set_english(root: Path, about: str, text: str, before: str | None = None) -> None:
    """Word an answer anew (`about` is response or response/variation); its translations become drafts.

    `before` is the text the writer saw. Raises ContentError for what breaks a rule, Conflict.
    """
    whole = read(root / DOMAIN)
    found = next((v for v in parse_variations(DOMAIN, whole) if v.about == about), None)
    if found is None:
        raise ContentError(f"{DOMAIN}: there is no answer {about}")
    if before not in (None, found.text):
        raise Conflict(f"{about}: somebody changed the text meanwhile; load the page again")
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    if unseen(text.replace("\n", "")):
        raise ContentError(f"{about}: has characters that cannot be seen")
    if problems := wrong_variation(replace(found, text=text), root / FACTS) if text else ["is empty"]:
        raise ContentError(f"{about}: {'; '.join(problems)}")
    changed = _changed(whole, found, text)
    texts = {v.about: v.text for v in parse_variations(DOMAIN, whole)}
    if {v.about: v.text for v in parse_variations(DOMAIN, changed)} != texts | {about: text}:
        raise ContentError(f"{DOMAIN}:{found.line}: can't be changed safely by lines; change it in an editor")
    write(root / DOMAIN, changed)
    derive(root)


def derive(root: Path) -> None:
    """Make anew what follows from other files: the template, every catalog's texts, the reviewers' sheets."""
    # A tree without the product's own phrases is no whole product, and its catalogs would lose them.
    if (root / "bot" / "core" / "phrases.py").exists():
        catalogs.update(root)
        catalogs.write_sheets(root)


def _changed(whole: str, variation: Variation, text: str) -> str:
    """The file with another text in the place of a variation's, as a literal block."""
    lines = lines_of(whole, DOMAIN)
    first, column, last, end = variation.span
    key = lines[first][:column]
    if not key.rstrip().endswith("text:"):
        raise ContentError(f"{DOMAIN}:{first + 1}: the text is not in its usual form; change it in an editor")
    margin = " " * (len(key) - len(key.lstrip(" -")) + 2)
    # The mark at the end of a block lies at the beginning of the next line; a text on the line of its key ends there.
    stop = last if end == 0 or lines[first][column] in "|>" else last + 1
    while stop > first + 1 and not lines[stop - 1].strip():
        stop -= 1
    if stop == last + 1 and lines[last][end:].strip():
        raise ContentError(f"{DOMAIN}:{last + 1}: something stands behind the text; change it in an editor")
    body = [f"{margin}{line}\n" if line else "\n" for line in text.split("\n")]
    return "".join([*lines[:first], f"{key.rstrip()} |-\n", *body, *lines[stop:]])
