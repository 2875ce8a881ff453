"""Did this help? One tap after an operator leaves, and one quiet pair of buttons after an answer, once a day.

A button says what it is about (``command:helped:yes-ask_injury``), so that an old one changes nothing: it counts only
while the conversation still waits for exactly this, and once.
"""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import MENU, PERSON, AssistantReply, Conversation, Decision, Outcome, Rated, Say, State
from bot.core.intents import INTENTS
from bot.core.message import Button, Inbound, Kind, PressKind, read_press
from bot.core.statistics import OPERATOR, Helped

DAY = 24 * 60 * 60 * 1000
# The most buttons below one message, for more are not read on a small screen: six, with one that reads it aloud.
MOST_BUTTONS = 5

# Never asked about: steps on the way, what is no subject, checks that are still going on, and words said in or near
# danger, where the question would be an insult.
_NOT_ASKED = frozenset({
    "greet", "goodbye", "thank", "affirm", "deny", "unsure", "bot_challenge", "help_menu", "change_language",
    "inform_country", "out_of_scope", "emergency_danger", "self_harm", "quick_exit", "delete_my_data", "talk_to_person",
    "threats_violence", "sexual_abuse", "job_offer_check", "self_check",
})  # fmt: skip
_ASKED = frozenset(INTENTS) - _NOT_ASKED


def _button(title: str, said: Helped, about: str) -> Button:
    return Button(title, f"command:helped:{said.value}-{about}")


# Below the words with which an operator leaves.
LEAVING = (
    _button("button.helped_yes", Helped.YES, OPERATOR),
    _button("button.helped_little", Helped.LITTLE, OPERATOR),
    _button("button.helped_no", Helped.NO, OPERATOR),
    MENU,
    PERSON,
)


def title(value: str) -> str:
    """The title of the button a tap such as ``yes-operator`` came from."""
    said, _, about = value.partition("-")
    if about == OPERATOR:
        return next((b.title for b in LEAVING if b.data.endswith(f":{value}")), "")
    return "button.this_helped" if said == Helped.YES else "button.not_needed"


def left(conversation: Conversation, now: int) -> Conversation:
    """The conversation after an operator left and asked; nothing else is asked on this day."""
    return replace(conversation, asked_about=OPERATOR, asked_day=now // DAY)


def ask(conversation: Conversation, reply: AssistantReply, said: tuple[Say, ...]) -> Decision:
    """What was said, with the quiet question after it where it may be asked: below its last message if there is room,
    else below a short one of its own, for what leads on to other subjects must not give way.
    """
    day = conversation.last // DAY
    if not said or not _may_ask(conversation, reply) or conversation.asked_day == day:
        return Decision(conversation, said)
    after = replace(conversation, asked_about=reply.intent, asked_day=day)
    quiet = (
        _button("button.this_helped", Helped.YES, reply.intent),
        _button("button.not_needed", Helped.NO, reply.intent),
        PERSON,
    )
    others = tuple(button for button in said[-1].buttons if button != PERSON)
    if len(others) + len(quiet) > MOST_BUTTONS:
        return Decision(after, (*said, Say("helped.ask", buttons=quiet)))
    return Decision(after, (*said[:-1], replace(said[-1], buttons=(*others, *quiet))))


def _may_ask(conversation: Conversation, reply: AssistantReply) -> bool:
    answered = reply.outcome is Outcome.ANSWER and reply.handoff is None
    return answered and conversation.state is State.ASSISTANT and reply.intent in _ASKED


def read_tap(inbound: Inbound) -> tuple[str, Helped] | None:
    """What a tap says about what; None for any other press."""
    press = read_press(inbound.text) if inbound.kind is Kind.BUTTON else None
    if press is None or press.kind is not PressKind.COMMAND or press.name != "helped":
        return None
    said, _, about = press.value.partition("-")
    return (about, Helped(said)) if said in {one.value for one in Helped} else ("", Helped.NO)


def tap(conversation: Conversation, about: str, said: Helped) -> Decision:
    """Thank once. A tap is no message: it brings nobody back into a queue and wakes no closed conversation."""
    if not about or about != conversation.asked_about:
        return Decision(conversation)
    known = replace(conversation, asked_about="")
    if conversation.state is State.OPERATOR:
        return Decision(known, (Rated(about, said),))
    thanks = (
        Say("helped.thanks", buttons=(PERSON,)) if said is Helped.YES else Say("helped.not_yet", buttons=(MENU, PERSON))
    )
    return Decision(known, (Rated(about, said), thanks))
