"""A person writes yes, no or "I don't know" instead of pressing a button: it answers what was asked last."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.history import last_said
from actions.job_offer_check import JOB_OFFER_CHECK
from actions.questions import Check, respond
from actions.self_check import SELF_CHECK

_CHECKS = {check.intent: check for check in (SELF_CHECK, JOB_OFFER_CHECK)}
_WORDS = {"affirm": "yes", "deny": "no", "unsure": "unsure"}
_QUESTION = re.compile(f"utter_({'|'.join(_CHECKS)})(?:_q([0-9]+)|_(resume|consent))?")


def meant(phrase: str, word: str) -> tuple[Check, str] | None:
    """The check and the button a written word stands for after a phrase; None where it answers no question."""
    asked = _QUESTION.fullmatch(phrase)
    if asked is None:
        return None
    check = _CHECKS[asked[1]]
    if asked[2]:
        return check, f"{asked[2]}-{word}"
    if asked[3] == "consent":
        return check, "share" if word == "yes" else "keep"
    return (check, "go") if word == "yes" else None


class ActionSaid(Action):
    """Takes a written yes or no for the button of the last question, else asks what it is about."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_said"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """The next question, or the plain answer."""
        intent = str((tracker.latest_message.get("intent") or {}).get("name") or "unsure")
        found = meant(last_said(tracker), _WORDS.get(intent, "unsure"))
        if found is None:
            dispatcher.utter_message(response=f"utter_{intent}")
            return []
        check, value = found
        return respond(check, dispatcher, tracker, value)
