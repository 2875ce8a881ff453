"""Erase a conversation: the key first, then what it sealed; then take back what was said, and say that it is done."""

from __future__ import annotations

from dataclasses import replace

from bot.core.conversation import Conversation
from bot.core.message import Channel, Deed, Outbound
from bot.core.ports import Conversations

_PHRASES = {Channel.TELEGRAM: "erased", Channel.WEB: "erased.web"}


async def erase(conversations: Conversations, conversation: Conversation, entry: str, now: int) -> Conversation:
    """Erase, and return the conversation as it is now: new, but for the language. `entry` names the inbound."""
    forget = Outbound(f"{entry}.e0", conversation.id, conversation.channel, now, conversation.locale, deed=Deed.FORGET)
    said = replace(forget, id=f"{entry}.e1", deed=Deed.SAY, phrase=_PHRASES[conversation.channel])
    await conversations.erase(conversation, (forget, said))
    return await conversations.load(conversation.id, conversation.channel)
