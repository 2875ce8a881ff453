"""The check of a job offer before leaving: eight questions; the signs are those recruiters' victims report."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.questions import Check, respond

JOB_OFFER_CHECK = Check(
    intent="job_offer_check",
    signs={
        1: "offer_online",
        2: "offer_fee",
        3: "offer_papers",
        4: "offer_pay",
        5: "offer_contract",
        6: "offer_border",
        7: "offer_unknown",
        8: "offer_secret",
    },
)


class ActionJobOfferCheck(Action):
    """Asks about the offer, keeps the answers, and says what they can mean."""

    def name(self) -> str:
        """As domain.yml names it."""
        return "action_job_offer_check"

    # Any: rasa_sdk's events are plain dicts.
    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[Any]:
        """What follows from the pressed button."""
        return respond(JOB_OFFER_CHECK, dispatcher, tracker)
