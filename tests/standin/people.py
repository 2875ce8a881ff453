"""Why: a test tells what a person does; what Telegram makes of it is written once, here."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from . import entities
from .files import photo_sizes
from .limits import Json
from .world import Chat, World, without_nothing


@dataclass(frozen=True, slots=True)
class Happened:
    """What a test needs to name the thing again: the update, its message, its press of a button."""

    update_id: int
    message_id: int = 0
    callback_query_id: str = ""


class People:
    """Everything persons do; what no client offers (pressing a button that isn't there) is a ValueError."""

    def __init__(self, world: World) -> None:
        self.world = world

    def person_writes(
        self, chat_id: int, text: str, *, reply_to: int | None = None, language_code: str | None = None,
        first_name: str | None = None, last_name: str | None = None, username: str | None = None,
    ) -> Happened:  # fmt: skip
        """The first message makes the chat known to the bot. A name or language not given stays as it was."""
        given = {"language_code": language_code, "first_name": first_name, "last_name": last_name}
        body = {"text": text} | without_nothing(entities=entities.commands(text))
        return self._sends(chat_id, body, reply_to, given | {"username": username})

    def person_sends_photo(self, chat_id: int, content: bytes, caption: str = "") -> Happened:
        return self._sends(chat_id, {"photo": photo_sizes(self.world.files, content)} | _captioned(caption))

    def person_sends_voice(self, chat_id: int, content: bytes, duration: int = 3) -> Happened:
        facts = self.world.files.keep("voice", content, "", "audio/ogg").facts()
        return self._sends(chat_id, {"voice": facts | {"duration": duration, "mime_type": "audio/ogg"}})

    def person_sends_document(
        self, chat_id: int, content: bytes, file_name: str, mime_type: str, caption: str = ""
    ) -> Happened:
        facts = self.world.files.keep("document", content, file_name, mime_type).facts()
        document = facts | {"file_name": file_name, "mime_type": mime_type}
        return self._sends(chat_id, {"document": document} | _captioned(caption))

    def person_sends_location(self, chat_id: int, latitude: float, longitude: float) -> Happened:
        return self._sends(chat_id, {"location": {"latitude": latitude, "longitude": longitude}})

    def person_sends_sticker(self, chat_id: int, emoji: str, content: bytes = b"sticker") -> Happened:
        facts = self.world.files.keep("sticker", content).facts()
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._sends(chat_id, {"sticker": facts | shape | {"emoji": emoji}})

    def person_edits(self, chat_id: int, message_id: int, text: str) -> Happened:
        with self.world.bell.lock:
            message = self._chat(chat_id).messages.get(message_id)
            if message is None or message["from"]["id"] != chat_id or "text" not in message:
                raise ValueError("a person edits only texts of their own that are still there")
            message.pop("entities", None)
            message |= {"text": text, "edit_date": int(self.world.now())}
            message |= without_nothing(entities=entities.commands(text))
            return Happened(self.world.updates.emit("edited_message", deepcopy(message)), message_id)

    def person_presses(self, chat_id: int, message_id: int, data: str, *, unseen: bool = False) -> Happened:
        """`unseen` presses a button that is no longer shown, as an old screen or a hostile client does."""
        with self.world.bell.lock:
            chat = self._chat(chat_id)
            message = chat.messages.get(message_id)
            if not unseen and data not in _offered(message):
                raise ValueError("no such button is shown under this message")
            gone = {"message_id": message_id, "chat": chat.facts(), "date": 0}
            query_id = str(uuid4().int >> 64)
            self.world.queries[query_id] = chat_id
            query = {"id": query_id, "from": chat.person, "chat_instance": f"{chat_id}0", "data": data}
            body = deepcopy(query | {"message": message or gone})
            return Happened(self.world.updates.emit("callback_query", body), message_id, query_id)

    def person_blocks(self, chat_id: int) -> Happened:
        return self._member(chat_id, blocked=True)

    def person_unblocks(self, chat_id: int) -> Happened:
        return self._member(chat_id, blocked=False)

    def _member(self, chat_id: int, blocked: bool) -> Happened:
        with self.world.bell.lock:
            chat = self._chat(chat_id)
            chat.blocked = blocked
            inside = {"user": self.world.bot(), "status": "member"}
            outside = {"user": self.world.bot(), "status": "kicked", "until_date": 0}
            old, new = (inside, outside) if blocked else (outside, inside)
            head = {"chat": chat.facts(), "from": dict(chat.person), "date": int(self.world.now())}
            body = head | {"old_chat_member": old, "new_chat_member": new}
            return Happened(self.world.updates.emit("my_chat_member", body))

    def _sends(self, chat_id: int, body: Json, reply_to: int | None = None, given: Json | None = None) -> Happened:
        with self.world.bell.lock:
            newcomer = Chat({"id": chat_id, "is_bot": False, "first_name": "Person", "language_code": "en"})
            chat = self.world.chats.setdefault(chat_id, newcomer)
            if chat.blocked:
                raise ValueError("who blocked the bot has to unblock it before writing")
            chat.person |= without_nothing(**(given or {}))
            if reply_to is not None:
                body["reply_to_message"] = deepcopy(chat.messages[reply_to])
            message = self.world.post(chat, dict(chat.person), body)
            return Happened(self.world.updates.emit("message", message), message["message_id"])

    def _chat(self, chat_id: int) -> Chat:
        if chat_id not in self.world.chats:
            raise ValueError("this person has not written yet")
        return self.world.chats[chat_id]


def _captioned(caption: str) -> Json:
    return without_nothing(caption=caption, caption_entities=entities.commands(caption))


def _offered(message: Any) -> set[str]:  # Any: a message or None
    rows = (message or {}).get("reply_markup", {}).get("inline_keyboard", [])
    return {button["callback_data"] for row in rows for button in row if "callback_data" in button}
