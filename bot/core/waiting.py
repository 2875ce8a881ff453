"""What a person who waits is told, and what follows when they come back after an operator closed."""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import (
    CANCEL,
    LATER,
    AssistantReply,
    Conversation,
    Decision,
    Enqueue,
    Facts,
    Outcome,
    Say,
    State,
)
from bot.core.duty_hours import clock_of, local
from bot.core.handoff import HOUR, MINUTE, Priority, Reason
from bot.core.message import MEDIA_KINDS, Arg, Channel, Inbound, Kind

# After a close these are good manners, or wishes of their own, and no reason to call an operator again.
_NOT_AGAIN = frozenset(
    {"greet", "goodbye", "thank", "affirm", "deny", "quick_exit", "delete_my_data", "change_language"}
)


def wait_said(conversation: Conversation, facts: Facts) -> Say:
    """What is true of the wait: somebody with the language, somebody without it, or nobody on duty."""
    if facts.on_duty or facts.anyone:
        phrase = "waiting.on_duty" if facts.on_duty else "waiting.other_language"
        usual = facts.prospect.usual
        if not usual:
            return Say(phrase, buttons=(CANCEL,))
        unit, ms = ("minutes", MINUTE) if usual <= HOUR else ("hours", HOUR)
        return Say(f"{phrase}.{unit}", args={"count": usual // ms}, buttons=(CANCEL,))
    phrase, args = _opening(conversation, facts)
    buttons = (CANCEL, LATER) if conversation.channel is Channel.TELEGRAM else (CANCEL,)
    return Say(phrase, args=args, buttons=buttons, numbers=("trafficking", "labour"))


def writes_again(conversation: Conversation, inbound: Inbound, now: int, window: int) -> bool:
    """Whether these are the person's own words soon after an operator closed."""
    own = inbound.kind is Kind.TEXT or inbound.kind in MEDIA_KINDS
    free = conversation.state in (State.CLOSED, State.ASSISTANT)
    return own and free and bool(conversation.helper) and now - conversation.ended <= window


def comes_back(reply: AssistantReply) -> bool:
    """Whether what the person wrote is more than good manners; what was not understood well is."""
    return reply.outcome is not Outcome.ANSWER or reply.intent not in _NOT_AGAIN


def reopen(conversation: Conversation, facts: Facts) -> Decision:
    """Back in line, for the same operator first if they are here; the person is told in either case."""
    kept = conversation.helper if facts.helper_here else ""
    waiting = replace(conversation, state=State.WAITING, helper="", claimed=False, replied=False)
    request = Enqueue(Reason.REOPENED, Priority.NORMAL, reserved_for=kept)
    if kept:
        return Decision(waiting, (request, Say("waiting.again.same", buttons=(CANCEL,))))
    return Decision(waiting, (request, Say("waiting.again"), wait_said(conversation, facts)))


def _opening(conversation: Conversation, facts: Facts) -> tuple[str, dict[str, Arg]]:
    """The hours of the desk on the person's own clock."""
    opening = facts.prospect.opening
    if opening is None:
        return "waiting.nobody", {}
    zone, clock = clock_of(conversation.country, opening.zone, opening.at)
    args: dict[str, Arg] = {"when": local(opening.at, zone), "country": clock}
    if not opening.speaker:
        return "waiting.nobody.other", args
    if opening.speaker == opening.at:
        return "waiting.nobody.speaker", args
    return "waiting.nobody.later", {**args, "later": local(opening.speaker, zone)}
