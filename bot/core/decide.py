"""Who answers now, and what follows: the rules of the house as pure functions.

``decide`` looks at one inbound and says what shall happen; ``fold`` does the same with what the assistant
answered. Neither reads a clock, a store or a network, so every rule can be tested on its own.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core import helped
from bot.core.conversation import (
    CANCEL,
    LANGUAGE,
    MENU,
    PERSON,
    Ask,
    AssistantReply,
    Cancel,
    Conversation,
    Decision,
    Enqueue,
    Erase,
    Facts,
    Forget,
    Listen,
    Outcome,
    Say,
    State,
    language_buttons,
)
from bot.core.handoff import Priority, Reason
from bot.core.intents import INTENTS
from bot.core.language import LOCALES
from bot.core.later import arrange
from bot.core.message import (
    MEDIA_KINDS,
    Button,
    Channel,
    Gloss,
    Inbound,
    Kind,
    Press,
    PressKind,
    read_press,
)
from bot.core.waiting import comes_back, reopen, wait_said

# The crisis a classified intent means; the classifier may raise what the lexicon missed, never lower it.
CRISIS_INTENTS = {"emergency_danger": Reason.DANGER, "self_harm": Reason.SUICIDE}
# What a crisis found by either is called in the transcript's gloss.
CRISIS_PHRASES = {
    Reason.DANGER: "crisis.danger",
    Reason.SUICIDE: "crisis.suicide",
    Reason.CHILD: "crisis.child",
}
CRISIS_NUMBERS = {
    Reason.DANGER: ("emergency", "trafficking"),
    Reason.SUICIDE: ("emergency", "health"),
    Reason.CHILD: ("emergency", "child", "trafficking"),
}


def decide(conversation: Conversation, inbound: Inbound, facts: Facts) -> Decision:
    """Say what follows from one inbound.

    While an operator has the conversation nothing is said but what a command asks for.
    """
    if (tap := helped.read_tap(inbound)) is not None:
        return helped.tap(conversation, *tap)
    heard = _hear(conversation, inbound)
    if inbound.kind is Kind.BLOCKED:
        return Decision(replace(heard, state=State.CLOSED), (Cancel(),))
    if inbound.kind is Kind.UNBLOCKED:
        return Decision(heard)
    if inbound.kind is Kind.COMMAND:
        return _command(heard, inbound.text, facts)
    if inbound.kind is Kind.BUTTON:
        return _press(heard, read_press(inbound.text), facts)
    if heard.state is State.OPERATOR:
        return Decision(heard)
    if facts.crisis is not None:
        return _introduce(_crisis(heard, facts.crisis, facts))
    if inbound.kind is Kind.EDITED:
        return Decision(heard)
    if inbound.kind in MEDIA_KINDS or inbound.kind is Kind.UNSUPPORTED:
        return _introduce(_unread(heard, inbound.kind, facts))
    return _introduce(Decision(heard, (Ask(text=inbound.text),)))


def fold(conversation: Conversation, reply: AssistantReply, facts: Facts) -> Decision:
    """Say what follows from the assistant's answer."""
    known = replace(
        conversation,
        detected=reply.language if reply.language in LOCALES else conversation.detected,
        country=reply.country or conversation.country,
        misses=0 if reply.outcome is Outcome.ANSWER else conversation.misses + 1,
    )
    crisis = CRISIS_INTENTS.get(reply.intent)
    if crisis is not None and reply.outcome is not Outcome.REFUSE:
        return _crisis(known, crisis, facts)
    if reply.outcome is Outcome.ANSWER and reply.intent == "quick_exit":
        return Decision(known, (Forget(), Say("quick_exit")))
    if facts.again and comes_back(reply):
        back = reopen(known, facts)
        answer = _answer(back.conversation, reply, facts)
        return Decision(answer.conversation, back.effects + answer.effects)
    return _answer(known, reply, facts)


def _answer(known: Conversation, reply: AssistantReply, facts: Facts) -> Decision:
    """What the assistant says, and the hand-off it asks for."""
    if reply.outcome is Outcome.REFUSE or (reply.outcome is Outcome.OFFER and not reply.ranking):
        return _not_understood(known)
    if reply.outcome is Outcome.OFFER:
        return Decision(known, (Say("not_understood.offer", buttons=_offers(reply)),))
    said = tuple(Say(r.phrase, r.variation, r.args, _with_person(r.buttons), r.numbers) for r in reply.replies)
    if reply.handoff is None:
        return helped.ask(known, reply, said)
    reason, priority = reply.handoff
    queued = _enqueue(known, Enqueue(reason, priority, reply.indicators), facts)
    return Decision(queued.conversation, said + queued.effects)


def assistant_down(conversation: Conversation, facts: Facts) -> Decision:
    """The assistant did not answer: the safety phrase with the emergency numbers, and a human."""
    sorry = Say("safety.assistant_down", buttons=(PERSON,), numbers=("emergency", "trafficking"), urgent=True)
    if conversation.state is State.WAITING:
        return Decision(conversation, (sorry,))
    queued = _enqueue(conversation, Enqueue(Reason.ASSISTANT_DOWN, Priority.HIGH), facts)
    return Decision(queued.conversation, (sorry, *queued.effects))


def gloss(inbound: Inbound, reply: AssistantReply | None, facts: Facts) -> Gloss | None:
    """How an inbound was understood, for the operator's eye; None where nothing is known."""
    crisis = facts.crisis.value if facts.crisis else ""
    if reply is None:
        return Gloss(crisis=crisis) if crisis else None
    found = crisis or (CRISIS_INTENTS[reply.intent].value if reply.intent in CRISIS_INTENTS else "")
    return Gloss(reply.intent, round(reply.confidence, 3), reply.language, found)


def _hear(conversation: Conversation, inbound: Inbound) -> Conversation:
    """Remember that the person was here; a closed conversation begins anew."""
    state = State.ASSISTANT if conversation.state is State.CLOSED else conversation.state
    hint = inbound.hint or conversation.hint
    return replace(conversation, state=state, last=inbound.at, hint=hint, quiet=False)


def _introduce(decision: Decision) -> Decision:
    """Put the safety line before the first answer, once."""
    if decision.conversation.introduced:
        return decision
    line = Say("welcome.safety", buttons=(LANGUAGE, PERSON))
    return Decision(replace(decision.conversation, introduced=True), (line, *decision.effects))


def _with_person(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """Every answer offers a person."""
    return buttons if any(b.data == PERSON.data for b in buttons) else (*buttons, PERSON)


def _crisis(conversation: Conversation, reason: Reason, facts: Facts) -> Decision:
    """Fixed template, local numbers, a human at top priority. The person can call it off by one tap.

    The one tap of consent is a tap to refuse here: danger to life and a child in danger are the two
    exceptions to confidentiality the product states (docs/architecture.md, decision 6).
    """
    say = Say(
        CRISIS_PHRASES[reason],
        buttons=(CANCEL,),
        numbers=CRISIS_NUMBERS[reason],
        urgent=True,
    )
    queued = _enqueue(conversation, Enqueue(reason, Priority.CRISIS), facts)
    return Decision(replace(queued.conversation, misses=0), (say, *queued.effects))


def _enqueue(conversation: Conversation, request: Enqueue, facts: Facts) -> Decision:
    """Queue for a human and tell the person the honest wait; once queued, only raise the priority."""
    if conversation.state is State.OPERATOR:
        return Decision(conversation)
    if conversation.state is State.WAITING:
        return Decision(conversation, (request,))
    waiting = replace(conversation, state=State.WAITING, helper="", claimed=False, replied=False)
    return Decision(waiting, (request, wait_said(conversation, facts)))


def _unread(conversation: Conversation, kind: Kind, facts: Facts) -> Decision:
    """A photo, voice or place the assistant can't read; while waiting it is kept for the operator."""
    if facts.again:
        return reopen(conversation, facts)
    if conversation.state is State.WAITING:
        return Decision(conversation, (Say("waiting.kept", buttons=(CANCEL,)),))
    phrase = "media.unsupported" if kind is Kind.UNSUPPORTED else "media.not_read"
    return Decision(conversation, (Say(phrase, buttons=(PERSON, MENU)),))


def _not_understood(conversation: Conversation) -> Decision:
    """First time ask to say it otherwise, from the second on show the menu and a person."""
    if conversation.state is State.WAITING:
        return Decision(conversation, (Say("waiting.kept", buttons=(CANCEL,)),))
    phrase = "not_understood.again" if conversation.misses > 1 else "not_understood"
    return Decision(conversation, (Say(phrase, buttons=(MENU, PERSON, LANGUAGE)),))


def _offers(reply: AssistantReply) -> tuple[Button, ...]:
    """The likeliest meanings as buttons in plain words, and a person."""
    likely = tuple(Button(f"intent.{name}", f"intent:{name}") for name, _ in reply.ranking[:3] if name in INTENTS)
    return (*likely, MENU, PERSON)


def _command(conversation: Conversation, text: str, facts: Facts) -> Decision:
    """Obey a command: ``start [parameter]``, ``language``, ``help``, ``person``, ``delete``, ``stop``, ``cancel``,
    ``listen phrase-variation``, ``later window-line``.
    """
    name, _, argument = text.partition(" ")
    if name == "start":
        return _start(conversation, argument.strip())
    if name == "language":
        return Decision(conversation, (Say("language.choose", buttons=language_buttons()),))
    if name == "person":
        return _person(conversation, facts)
    if name == "delete":
        return Decision(conversation, (Erase(),))
    if name == "stop":
        return Decision(conversation, (Forget(), Say("quick_exit")))
    if name == "cancel":
        return _cancel(conversation)
    if name == "later":
        return arrange(conversation, argument.strip())
    if conversation.state is State.OPERATOR:
        return Decision(conversation)
    if name == "listen":
        phrase, _, variation = argument.strip().partition("-")
        return Decision(conversation, (Listen(phrase, variation),))
    return _introduce(Decision(conversation, (Ask(intent="help_menu"),)))


def _person(conversation: Conversation, facts: Facts) -> Decision:
    """The person asks for a human; asked again, they hear the honest wait again."""
    if conversation.state is State.OPERATOR:
        return Decision(conversation)
    if conversation.state is State.WAITING:
        return Decision(conversation, (wait_said(conversation, facts),))
    queued = _enqueue(conversation, Enqueue(Reason.ASKED, Priority.NORMAL), facts)
    told = "handoff.privacy.web" if conversation.channel is Channel.WEB else "handoff.privacy"
    return Decision(replace(queued.conversation, introduced=True), (Say(told), *queued.effects))


def _start(conversation: Conversation, parameter: str) -> Decision:
    """Greet; a deep link's parameter may name the language, as in ``/start km``."""
    chosen = parameter if parameter in LOCALES else conversation.chosen
    greeted = replace(conversation, chosen=chosen, introduced=True)
    if conversation.state is State.OPERATOR:
        return Decision(greeted)
    buttons = (MENU, PERSON, LANGUAGE)
    return Decision(greeted, (Say("welcome"), Say("welcome.safety", buttons=buttons)))


def _cancel(conversation: Conversation) -> Decision:
    """The person no longer wants to wait."""
    if conversation.state is not State.WAITING:
        return Decision(conversation)
    free = replace(conversation, state=State.ASSISTANT)
    return Decision(free, (Cancel(), Say("waiting.cancelled", buttons=(MENU, PERSON))))


def _press(conversation: Conversation, press: Press | None, facts: Facts) -> Decision:
    """A button was pressed; one that can't be read is answered with the menu, not with silence."""
    if press is None:
        stale = Say("button.stale", buttons=(MENU, PERSON))
        return Decision(conversation, () if conversation.state is State.OPERATOR else (stale,))
    if press.kind is PressKind.COMMAND:
        return _command(conversation, f"{press.name} {press.value}", facts)
    if press.kind is PressKind.LANGUAGE:
        return _choose(conversation, press.name)
    if conversation.state is State.OPERATOR:
        return Decision(conversation)
    return _introduce(Decision(conversation, (Ask(intent=press.name, value=press.value),)))


def _choose(conversation: Conversation, locale: str) -> Decision:
    """The person chose a language; it holds until they choose another."""
    if locale not in LOCALES:
        return Decision(conversation, (Say("language.choose", buttons=language_buttons()),))
    chosen = replace(conversation, chosen=locale)
    if conversation.state is State.OPERATOR:
        return Decision(chosen)
    return Decision(chosen, (Say("language.chosen", buttons=(MENU, PERSON)),))
