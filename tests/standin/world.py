"""Why: one place holds what Telegram would know, so that methods, people and faults act on the same truth."""

import time
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from .bell import Bell
from .files import Files
from .limits import Flood, Json, Limits, RefusalError, bad
from .updates import Updates


@dataclass(slots=True)
class Chat:
    """A private chat: what both sides see of it, and whether the person still lets the bot in."""

    person: Json
    blocked: bool = False
    last_id: int = 0
    messages: dict[int, Json] = field(default_factory=dict)

    def facts(self) -> Json:
        shown = {key: self.person[key] for key in ("first_name", "last_name", "username") if key in self.person}
        return {"id": self.person["id"], "type": "private"} | shown


@dataclass(slots=True)
class Call:
    """One request of the product, as it came in and as it ended."""

    method: str
    params: Json
    at: float
    took_effect: bool = False
    error: str | None = None

    @property
    def chat_id(self) -> int | None:
        given = str(self.params.get("chat_id", ""))
        return int(given) if given.lstrip("-").isdigit() else None


class World:
    def __init__(self, token: str, limits: Limits) -> None:
        self.token, self.limits = token, limits
        self.bell = Bell()
        self.updates = Updates(self.bell)
        self.files = Files(limits)
        self.flood = Flood(limits)
        self.started = time.time()
        self.clock_offset = 0.0
        self.chats: dict[int, Chat] = {}
        self.calls: list[Call] = []
        self.queries: dict[str, int] = {}
        self.profile: dict[str, Json] = {
            "name": {},
            "description": {},
            "short_description": {},
            "commands": {},
        }
        self.logged_out = False

    def now(self) -> float:
        return time.time() + self.clock_offset

    def bot(self) -> Json:
        name = self.profile["name"].get("", "Stand-in")
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": "standin_bot",
        }

    def chat(self, chat_id: int | str) -> Chat:
        found = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if found is None:
            raise bad("chat not found")
        return found

    def open_chat(self, chat_id: int | str) -> Chat:
        found = self.chat(chat_id)
        if found.blocked:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        return found

    def post(self, chat: Chat, sender: Json, body: Json) -> Json:
        """Puts a message in the chat; the copy that is returned no longer changes with it."""
        chat.last_id += 1
        head = {"message_id": chat.last_id, "from": sender, "chat": chat.facts(), "date": int(self.now())}
        chat.messages[chat.last_id] = head | body
        self.bell.ring()
        return deepcopy(chat.messages[chat.last_id])

    def begin(self, method: str, params: Json) -> Call:
        call = Call(method, params, self.now())
        with self.bell.lock:
            self.calls.append(call)
        self.bell.ring()
        return call


def without_nothing(**fields: Any) -> Json:
    """Telegram leaves out what is empty instead of sending null."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
