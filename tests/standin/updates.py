"""Why: a product's durability rests on what confirms an update: nothing but the next call's higher offset."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from .bell import Bell
from .fields import TABLE
from .limits import Json, RefusalError, bad

ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LONGEST_POLL = 50
OTHER_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


@dataclass(eq=False, slots=True)
class Pending:
    update_id: int
    payload: Any  # any JSON, for malformed updates too
    again: bool = False  # to be handed out once, whatever the offset


@dataclass(slots=True)
class Webhook:
    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error: Json = field(default_factory=dict)


class Updates:
    """The queue of one bot, its confirmation rule, and who may read it."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self._ids = count(100_000_001)
        self._poller = object()
        self._sent: dict[int, Any] = {}
        self.pending: list[Pending] = []
        self.allowed: list[str] = []
        self.webhook = Webhook()
        self.closing = False

    def emit(self, kind: str, body: Json) -> int:
        """An update of a kind nobody asked for uses up its id and is not queued."""
        update_id = next(self._ids)
        if kind in self.allowed or (not self.allowed and kind not in ON_REQUEST):
            self._queue(Pending(update_id, {"update_id": update_id, kind: body}))
        return update_id

    def emit_raw(self, payload: Any, add_id: bool) -> int:
        update_id = next(self._ids)
        self._queue(Pending(update_id, {**payload, "update_id": update_id} if add_id else payload))
        return update_id

    def again(self, update_id: int) -> None:
        if update_id not in self._sent:
            raise ValueError(f"no update {update_id} was ever queued")
        self._queue(Pending(update_id, self._sent[update_id], again=True), at=0)

    def _queue(self, item: Pending, at: int | None = None) -> None:
        with self._bell.lock:
            self._sent[item.update_id] = item.payload
            self.pending.insert(len(self.pending) if at is None else at, item)
        self._bell.ring()

    def allow(self, kinds: list[str] | None) -> None:
        """Absent means: as before. Kinds are checked because a misspelt one silently brings nothing."""
        for kind in kinds or []:
            if kind not in TABLE["update_kinds"]:
                raise bad(f'stand-in: "{kind}" is no kind of update')
        if kinds is not None:
            self.allowed = kinds

    async def poll(self, params: Json) -> list[Any]:
        ticket = object()
        with self._bell.lock:
            if self.webhook.url:
                raise RefusalError(409, WEBHOOK_ACTIVE)
            self._poller = ticket
            self.allow(params.get("allowed_updates"))
            self._confirm(params.get("offset", 0))
        self._bell.ring()
        limit = min(max(params.get("limit", 100), 1), 100)
        timeout = min(max(params.get("timeout", 0), 0), LONGEST_POLL)
        # A timeout of exactly 0 would cancel before the first look at the queue.
        return await self._bell.until(lambda: self._ready(ticket, limit), timeout or 0.001) or []

    def _ready(self, ticket: object, limit: int) -> list[Any] | None:
        if self.webhook.url:
            raise RefusalError(409, BY_WEBHOOK)
        if self._poller is not ticket:
            raise RefusalError(409, OTHER_POLLER)
        chosen = self.pending[:limit]
        for item in chosen:
            item.again = False
        if chosen or self.closing:
            return [item.payload for item in chosen]
        return None

    def _confirm(self, offset: int) -> None:
        fresh = [item.update_id for item in self.pending if not item.again]
        if offset < 0:
            offset = min(fresh[offset:], default=0)
        self.pending = [item for item in self.pending if item.again or item.update_id >= offset]

    def drop(self, item: Pending | None = None) -> None:
        """One delivered update, or all of them."""
        self.pending = [] if item is None else [other for other in self.pending if other is not item]
        self._bell.ring()
