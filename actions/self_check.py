"""The check of one's own situation: eleven questions after the ILO's indicators of forced labour (2012).

It counts signs and judges nobody. Numbers are those of the ILO's list; asked first are things that are easy to say,
violence last.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.questions import Check, kept, respond, signs

# A sign bears the name of an intent where there is one, so that the operator's console shows its title.
SELF_CHECK = Check(
    intent="self_check",
    signs={
        2: "deceptive_job",
        7: "passport_withheld",
        8: "wages_withheld",
        9: "debt_bondage",
        11: "excessive_hours",
        10: "poor_conditions",
        3: "movement_restricted",
        4: "isolation",
        1: "vulnerability",
        6: "threats",
        5: "violence",
    },
    handed=True,
)


def shown(tracker: Tracker) -> list[str]:
    """The signs the person agreed to show to a human; none before that."""
    answers = kept(SELF_CHECK, tracker.get_slot(SELF_CHECK.slot))
    return signs(SELF_CHECK, answers) if answers.shared else []


class ActionSelfCheck(Action):
    """Asks, keeps the answers, and says what they can mean."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_self_check"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """What follows from the pressed button."""
        return respond(SELF_CHECK, dispatcher, tracker)
