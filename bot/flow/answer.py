"""From one inbound to everything that follows from it: the pure rules, with the assistant asked in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.core.conversation import Ask, AssistantReply, Conversation, Decision, Effect, Facts
from bot.core.decide import assistant_down, decide, fold
from bot.core.errors import AssistantUnavailable
from bot.core.handoff import Reason, Rules
from bot.core.language import LOCALES, guess_by_script, speech
from bot.core.message import Inbound, Kind
from bot.core.ports import Assistant, Clock, Duty, Question, Vault
from bot.core.waiting import writes_again
from bot.flow.prospects import Prospects

# Finds a crisis in a person's words, whatever the assistant says.
Safety = Callable[[str], Reason | None]

# Seconds before another try, and the faults that may pass.
PATIENCE = (0.3, 1.0, None)
PASSING = ("http_503",)

_SPOKEN = (Kind.TEXT, Kind.EDITED)


@dataclass(frozen=True)
class Outcome:
    """What was decided: the conversation, the effects in order, and what the decision rested on.

    `asked` is whether the assistant was asked, though it may not have answered.
    """

    conversation: Conversation
    effects: tuple[Effect, ...]
    facts: Facts
    reply: AssistantReply | None = None
    asked: bool = False


@dataclass(frozen=True)
class Answerer:
    """Decides, asks the assistant where the rules say so, and decides again with its answer."""

    assistant: Assistant
    duty: Duty
    vault: Vault
    clock: Clock
    safety: Safety
    prospects: Prospects
    reopen_within: int = Rules().reopen
    # Answers already asked for this inbound, so that a decision taken again does not ask again.
    asked: dict[str, AssistantReply | None] = field(default_factory=dict)

    async def answer(self, conversation: Conversation, inbound: Inbound) -> Outcome:
        """Everything that follows from an inbound. Never raises for the assistant's sake."""
        if inbound.kind in _SPOKEN and not conversation.detected:
            conversation = replace(conversation, detected=_guess(conversation, inbound.text))
        facts = await self._facts(conversation, inbound)
        decision = decide(conversation, inbound, facts)
        return await self._resolve(decision, inbound, facts)

    async def _facts(self, conversation: Conversation, inbound: Inbound) -> Facts:
        now = self.clock.now()
        present = await self.duty.present(now)
        language = speech(conversation.locale)
        return Facts(
            crisis=self.safety(inbound.text) if inbound.kind in _SPOKEN else None,
            on_duty=any(language in p.languages for p in present),
            anyone=bool(present),
            prospect=await self.prospects.of(conversation, now, anyone=bool(present)),
            again=writes_again(conversation, inbound, now, self.reopen_within),
            helper_here=any(p.operator == conversation.helper for p in present),
        )

    async def _resolve(self, decision: Decision, inbound: Inbound, facts: Facts) -> Outcome:
        """Replace an Ask by what follows from its answer."""
        conversation, effects = decision.conversation, decision.effects
        reply: AssistantReply | None = None
        done: list[Effect] = []
        for effect in effects:
            if not isinstance(effect, Ask):
                done.append(effect)
                continue
            reply = await self._ask(conversation, effect, inbound)
            after = fold(conversation, reply, facts) if reply else assistant_down(conversation, facts)
            conversation = after.conversation
            done += after.effects
        asked = any(isinstance(effect, Ask) for effect in effects)
        return Outcome(conversation, tuple(done), facts, reply, asked)

    async def _ask(self, conversation: Conversation, ask: Ask, inbound: Inbound) -> AssistantReply | None:
        """The assistant's answer, or None where it can't give one."""
        key = f"{inbound.channel.value}:{inbound.update}"
        if key not in self.asked:
            question = Question(
                conversation=conversation.id,
                locale=conversation.locale,
                country=conversation.country,
                text=ask.text,
                intent=ask.intent,
                value=ask.value,
                key=await self.vault.derive(conversation.id, "tracker"),
            )
            self.asked[key] = await self._answer(question)
        return self.asked[key]

    async def _answer(self, question: Question) -> AssistantReply | None:
        """Ask; a fault that passes by itself, such as a store that is just back, gets a second and a third try."""
        for pause in PATIENCE:
            try:
                return await self.assistant.ask(question)
            except AssistantUnavailable as exc:
                if pause is None or exc.code not in PASSING:
                    return None
                await asyncio.sleep(pause)
        return None


def _guess(conversation: Conversation, text: str) -> str:
    """A first guess by script, so that even the safety phrase comes in the person's language."""
    guess = guess_by_script(text)
    if guess == "zh_Hans" and conversation.hint.lower().replace("-", "_").startswith("zh"):
        return ""  # the client's own tag knows which Chinese it is
    return guess if guess in LOCALES else ""
