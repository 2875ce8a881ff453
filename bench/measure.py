"""What the classifier's benchmark counts beside intents: languages, crises, what is out of scope, cost, confusions."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import sets
from components.classify import Model, Outcome
from components.examples import Example
from figures import percentile, share, table

CRISIS = ("emergency_danger", "self_harm")
OUTSIDE = "out_of_scope"
_WORST = 12  # pairs shown a language


@dataclass(frozen=True)
class Told:
    """What the model made of one sentence; `alarm` is the lexicon's or the classifier's, `lexicon` the lexicon's."""

    intent: str
    language: str | None
    outcome: Outcome
    seconds: float
    alarm: bool
    lexicon: bool

    @property
    def rejected(self) -> bool:
        """Sent away from the intents that are answered."""
        return self.intent == OUTSIDE or self.outcome is Outcome.REFUSE


def _lexicon(text: str) -> bool:
    """Whether the product's safety lexicon, if it is beside us, sees a crisis."""
    try:
        from bot.core.safety import find
    except ImportError:
        return False
    return find(text) is not None


def told(model: Model, example: Example, prior: bool) -> Told:
    """Ask the model, with the conversation's language or without."""
    began = time.perf_counter()
    found = model.understand(example.text, example.language if prior else None)
    seconds = time.perf_counter() - began
    seen = _lexicon(example.text)
    alarm = seen or (found.intent in CRISIS and found.outcome is not Outcome.REFUSE)
    return Told(found.intent, found.language, found.outcome, seconds, alarm, seen)


def language(test: Sequence[Example], alone: Sequence[Told], told_: Sequence[Told]) -> str:
    """How often the language is right, without and with the language of the conversation."""
    rows = []
    for kind in (*sorted({e.kind for e in test}), "all"):
        chosen = [n for n, e in enumerate(test) if kind in (e.kind, "all")]
        rows.append(
            [
                kind,
                len(chosen),
                share(alone[n].language == test[n].language for n in chosen),
                share(told_[n].language == test[n].language for n in chosen),
            ]
        )
    return "Language right:\n\n" + table(("kind", "sentences", "first message", "in a conversation"), rows)


def crisis(test: Sequence[Example], found: Sequence[Told]) -> str:
    """Recall and false alarms of lexicon and classifier."""
    rows = []
    for one in (*sorted({e.language for e in test}), "all"):
        pairs = [(e, t) for e, t in zip(test, found) if one in (e.language, "all")]
        yes, no = ([t for e, t in pairs if (e.intent in CRISIS) is want] for want in (True, False))
        rows.append(
            [
                one,
                len(yes),
                share(t.alarm for t in yes),
                share(t.lexicon for t in yes),
                share(t.intent in CRISIS and t.outcome is not Outcome.REFUSE for t in yes),
                share(t.alarm for t in no),
                share(t.lexicon for t in no),
            ]
        )
    head = ("language", "crises", "recall", "lexicon alone", "classifier alone", "false alarms", "lexicon's")
    return "Crises (`emergency_danger`, `self_harm`):\n\n" + table(head, rows)


def outside(test: Sequence[Example], found: Sequence[Told]) -> str:
    """What is out of scope and rejected, and what is in scope and yet refused."""
    rows = []
    for one in (*sorted({e.language for e in test}), "all"):
        pairs = [(e, t) for e, t in zip(test, found) if one in (e.language, "all")]
        out, within = ([t for e, t in pairs if (e.intent == OUTSIDE) is want] for want in (True, False))
        answered = [(e, t) for e, t in pairs if t.outcome is Outcome.ANSWER]
        rows.append(
            [
                one,
                len(out),
                share(t.rejected for t in out),
                share(t.rejected for t in within),
                share(t.outcome is Outcome.REFUSE for t in within),
                share(t.outcome is Outcome.OFFER for t in within),
                share(e.intent == t.intent for e, t in answered),
            ]
        )
    head = (
        "language",
        "out of scope",
        "rejected or routed",
        "in scope, sent away",
        "of these refused",
        "in scope, offered",
        "answers right",
    )
    return "Out of scope:\n\n" + table(head, rows)


def cost(found: Sequence[Told]) -> str:
    """Time of one message in this process."""
    seconds = [one.seconds for one in found]
    return (
        f"One message: p50 {1e3 * percentile(seconds, 0.5):.1f} ms, p95 {1e3 * percentile(seconds, 0.95):.1f} ms, "
        f"p99 {1e3 * percentile(seconds, 0.99):.1f} ms."
    )


def foreign(model: Model, data: Path) -> str:
    """How much of other domains is rejected; these sentences are only measured on."""
    rows = []
    for name, path, spoken in (
        ("CLINC150 out of scope", "clinc150/en.oos_train.tsv", "en"),
        ("MASSIVE dev", "massive/en-US.dev.tsv", "en"),
        ("MASSIVE dev", "massive/zh-CN.dev.tsv", "zh"),
    ):
        lines = sets.texts(data / path)
        found = [model.understand(line, spoken) for line in lines]
        rejected = [f.intent == OUTSIDE or f.outcome is Outcome.REFUSE for f in found]
        if lines:
            rows.append(
                [
                    name,
                    spoken,
                    len(lines),
                    share(rejected),
                    share(f.outcome is Outcome.ANSWER and not r for f, r in zip(found, rejected)),
                ]
            )
    head = ("set", "language", "sentences", "rejected or routed", "answered as something else")
    return "## Other domains\n\n" + table(head, rows) + "\n"


def public_sets(data: Path, each: int) -> Iterator[tuple[str, list[Example], list[Example]]]:
    """Name, sentences to learn from and to measure on, of every public set that is there."""
    for code, spoken in sets.SIB.items():
        train, dev = (
            sets.labelled(data / "sib200" / f"{code}.{part}.tsv", spoken, "plain") for part in ("train", "dev")
        )
        if train and dev:
            yield f"SIB-200 {code}", sets.sample(train, 3 * each), dev
    for code, spoken in (("en-US", "en"), ("zh-CN", "zh")):
        train, dev = (
            sets.labelled(data / "massive" / f"{code}.{part}.tsv", spoken, "plain") for part in ("train", "dev")
        )
        if train and dev:
            yield f"MASSIVE {code}", sets.sample(train, each), sets.sample(dev, 10)
    calls = sets.labelled(data / "truevoice" / "th.destination.train.tsv", "th", "plain")
    if calls:
        yield "TrueVoice", sets.sample(calls[2000:], 5 * each), calls[:500]


def confusions(test: Sequence[Example], guesses: Sequence[str]) -> str:
    """The worst pairs of every language, with an example each."""
    parts = [
        "# Confusions",
        "",
        "The pairs confused most often on held-out sentences, by language; written by `make bench-nlu`.",
        "",
    ]
    for one in sorted({e.language for e in test}):
        wrong = [(e, guess) for e, guess in zip(test, guesses) if e.language == one and e.intent != guess]
        pairs = Counter((e.intent, guess) for e, guess in wrong)
        rows = []
        for (true, guess), times in pairs.most_common(_WORST):
            shown = next(e for e, g in wrong if (e.intent, g) == (true, guess))
            rows.append([f"`{true}`", f"`{guess}`", times, shown.kind, shown.text[:80].replace("|", "/")])
        parts += [
            f"## {one}",
            "",
            f"{len(wrong)} wrong of {sum(e.language == one for e in test)}.",
            "",
            table(("meant", "taken for", "times", "kind", "for example"), rows),
            "",
        ]
    return "\n".join(parts)
