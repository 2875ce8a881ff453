"""Questions answered by buttons, one a screen: what an answer does, as pure functions, and how it is said.

A button names its question (``3-yes``), so that nothing depends on where the conversation stands: a button pressed
twice, or one from last week, sets the answer to its own question and the next open question is asked. The answers
are kept in a slot, sealed with everything else of the conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.history import answer
from bot.core.handoff import Priority, Reason

# An answer that counts as a sign. "now" also says that it happens at this moment.
_SIGN = ("yes", "now")
_ANSWER = re.compile("([0-9]{1,2})-(yes|no|unsure|skip|now)")
# What is kept beside the answers once the person agreed to show them.
_SHARED = "shared"


@dataclass(frozen=True)
class Check:
    """A set of questions. `signs` names what a yes means, by number of the question; asked in the order given."""

    intent: str
    signs: Mapping[int, str]
    handed: bool = False  # whether the answers can be shown to a human

    @property
    def slot(self) -> str:
        """Where the answers are kept."""
        return f"{self.intent}_answers"


@dataclass(frozen=True)
class Kept:
    """What is kept of a check: the answer to each question, and whether the person agreed to show them."""

    answers: Mapping[int, str] = field(default_factory=dict)
    shared: bool = False

    def values(self) -> list[str]:
        """As the slot holds it."""
        return [f"{number}-{said}" for number, said in self.answers.items()] + [_SHARED] * self.shared


@dataclass(frozen=True)
class Step:
    """What follows from a button: what is kept, the phrases to say, and a hand-off."""

    kept: Kept
    say: tuple[str, ...]
    question: int = 0
    handoff: tuple[Reason, Priority] | None = None


def kept(check: Check, values: object) -> Kept:
    """What a slot holds; values nobody wrote this way are dropped."""
    listed = [str(value) for value in values] if isinstance(values, list) else []
    found = (_ANSWER.fullmatch(value) for value in listed)
    answers = {int(match[1]): match[2] for match in found if match and int(match[1]) in check.signs}
    return Kept(answers, _SHARED in listed)


def signs(check: Check, before: Kept) -> list[str]:
    """The signs the person said yes to, in the order of the questions."""
    return [sign for number, sign in check.signs.items() if before.answers.get(number) in _SIGN]


def follow(check: Check, before: Kept, value: str) -> Step:
    """What a button's value does; one nobody knows begins the check or offers to resume it."""
    match = _ANSWER.fullmatch(value)
    if match and int(match[1]) in check.signs:
        return _answered(check, before, int(match[1]), match[2])
    if value == "new":
        return _onward(check, Kept())
    if value == "forget":
        return Step(Kept(), (f"utter_{check.intent}_forgotten",))
    if value == "go":
        return _onward(check, before)
    if value == "stop":
        return Step(before, (f"utter_{check.intent}_stopped",))
    if not before.answers:
        return Step(before, (f"utter_{check.intent}",))
    if value == "end":
        return _result(check, before)
    return _consent(check, before, value)


def _consent(check: Check, before: Kept, value: str) -> Step:
    """Nothing is shown to a human before the person agreed, and never without answers."""
    if check.handed and value == "ask":
        return Step(before, (f"utter_{check.intent}_consent",))
    if check.handed and value == "keep":
        return Step(before, (f"utter_{check.intent}_kept",))
    if check.handed and value == "share":
        agreed = Kept(before.answers, shared=True)
        return Step(agreed, (f"utter_{check.intent}_shared",), handoff=(Reason.SELF_CHECK, Priority.HIGH))
    return Step(before, (f"utter_{check.intent}_resume",))


def _answered(check: Check, before: Kept, number: int, said: str) -> Step:
    """Keep an answer. Danger now leaves the questions at once."""
    after = Kept({**before.answers, number: said}, before.shared)
    if said == "now":
        return Step(after, (f"utter_{check.intent}_danger",), handoff=(Reason.DANGER, Priority.CRISIS))
    return _onward(check, after)


def _onward(check: Check, before: Kept) -> Step:
    """The next open question, or the result after the last."""
    number = next((number for number in check.signs if number not in before.answers), 0)
    return Step(before, (f"utter_{check.intent}_q{number}",), number) if number else _result(check, before)


def _result(check: Check, before: Kept) -> Step:
    """What the answers can mean; a doubt counts as a reason to look closer, for those most controlled know least."""
    if signs(check, before):
        return Step(before, (f"utter_{check.intent}_signs", f"utter_{check.intent}_next"))
    sure = all(before.answers.get(number) == "no" for number in check.signs)
    if sure:
        return Step(before, (f"utter_{check.intent}_none",))
    return Step(before, (f"utter_{check.intent}_unsure", f"utter_{check.intent}_next"))


# Any: rasa_sdk's events are plain dicts.
def respond(check: Check, dispatcher: CollectingDispatcher, tracker: Tracker, value: str | None = None) -> list[Any]:
    """Say what follows from the pressed button, or from `value`; returns the events that keep the answers."""
    before = kept(check, tracker.get_slot(check.slot))
    step = follow(check, before, answer(tracker) if value is None else value)
    found = signs(check, step.kept)
    for phrase in step.say:
        dispatcher.utter_message(response=phrase, args=_args(check, step, phrase, found))
    if step.handoff is not None:
        reason, priority = step.handoff
        handoff = {"reason": reason.value, "priority": int(priority), "indicators": found}
        dispatcher.utter_message(json_message={"handoff": handoff})
    return [] if step.kept == before else [SlotSet(check.slot, step.kept.values() or None)]


# Any: arguments of a phrase are text, numbers or lists of ids.
def _args(check: Check, step: Step, phrase: str, found: Iterable[str]) -> dict[str, Any]:
    if step.question:
        return {"number": list(check.signs).index(step.question) + 1, "total": len(check.signs)}
    # Each sign is a whole sentence of the domain; the product shows one a line.
    return {"signs": [f"utter_sign_{sign}" for sign in found]} if phrase.endswith("_signs") else {}
