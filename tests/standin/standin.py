"""Why: a test drives everything from one object: what people do, what they see, and what goes wrong."""

from collections.abc import Callable
from copy import deepcopy
from secrets import token_urlsafe
from typing import Any, Literal

from .faults import Fault, Faults, Hold, When
from .limits import Json, Limits
from .people import Happened, People
from .world import Call, World

type Sender = Literal["bot", "person", "any"]

TOKEN = "7000000001:STANDIN-not-a-real-token-0000000000"


class Standin(People):
    """The stand-in's state and control; its methods may be called from any thread.

    The waits block the caller: in a test whose own event loop runs the product, use await_for.
    """

    def __init__(self, token: str = TOKEN, limits: Limits | None = None, control_token: str | None = None) -> None:
        super().__init__(World(token, limits or Limits()))
        self.token = token
        self.control_token = control_token or token_urlsafe()
        self.faults = Faults(self.world.bell)
        self.url = ""  # set by the server

    @property
    def base_url(self) -> str:
        """For python-telegram-bot, which appends the token itself."""
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    # What is seen

    def messages(self, chat_id: int, sender: Sender = "any") -> list[Json]:
        """What the person sees in the chat now, after edits and deletions, oldest first."""
        with self.world.bell.lock:
            chat = self.world.chats.get(chat_id)
            shown = deepcopy(list(chat.messages.values())) if chat else []
        return [one for one in shown if sender == "any" or one["from"]["is_bot"] == (sender == "bot")]

    def calls(self, method: str | None = None, chat_id: int | None = None) -> list[Call]:
        with self.world.bell.lock:
            made = list(self.world.calls)
        return [call for call in made if method in (None, call.method) and chat_id in (None, call.chat_id)]

    def profile(self) -> dict[str, Json]:
        """Names and descriptions by language ("" is everyone's), commands by scope and language."""
        with self.world.bell.lock:
            return deepcopy(self.world.profile)

    def unconfirmed(self) -> list[int]:
        with self.world.bell.lock:
            return [item.update_id for item in self.world.updates.pending]

    # Waiting

    def wait_for(self, chat_id: int, predicate: Callable[[Json], bool], timeout: float = 5.0) -> Json:
        """The first message of the bot in this chat that the person sees and that fits."""
        found = self.world.bell.wait(lambda: self._first(chat_id, predicate), timeout)
        return self._found(found, chat_id, timeout)

    async def await_for(self, chat_id: int, predicate: Callable[[Json], bool], within: float = 5.0) -> Json:
        found = await self.world.bell.until(lambda: self._first(chat_id, predicate), within)
        return self._found(found, chat_id, within)

    def _first(self, chat_id: int, predicate: Callable[[Json], bool]) -> Json | None:
        return next((one for one in self.messages(chat_id, "bot") if predicate(one)), None)

    def _found(self, found: Json | None, chat_id: int, timeout: float) -> Json:
        if found is None:
            seen = len(self.messages(chat_id, "bot"))
            raise TimeoutError(f"none of the bot's {seen} messages in this chat fitted within {timeout} s")
        return found

    def wait_for_calls(self, method: str, calls: int = 1, timeout: float = 5.0) -> list[Call]:
        """Until so many calls of the method came in, whether or not they took effect."""

        def enough() -> list[Call] | None:
            made = self.calls(method)
            return made if len(made) >= calls else None

        found = self.world.bell.wait(enough, timeout)
        if found is None:
            raise TimeoutError(f"{len(self.calls(method))} of {calls} calls of {method} within {timeout} s")
        return found

    def wait_confirmed(self, update_id: int, timeout: float = 5.0) -> None:
        """Until the product confirmed the update by a higher offset, or its webhook by a 2xx."""
        if self.world.bell.wait(lambda: update_id not in self.unconfirmed() or None, timeout) is None:
            raise TimeoutError(f"update {update_id} was not confirmed within {timeout} s")

    # Updates beyond what people do

    def raw_update(self, payload: Any, add_id: bool = True) -> Happened:  # Any: also what is no update at all
        """Queues anything; without add_id the payload goes out exactly as given."""
        return Happened(self.world.updates.emit_raw(payload, add_id))

    def redeliver(self, update_id: int) -> None:
        """Hands an update out once more under its old id, confirmed or not."""
        self.world.updates.again(update_id)

    def advance_clock(self, seconds: float) -> None:
        """Ages all messages and file links; the limits of sending stay in true time."""
        self.world.clock_offset += seconds

    # What goes wrong: for the next `calls` calls of a method ("*": of any), in every chat or in one

    def fail_with_retry_after(
        self, method: str, retry_after: int = 1, calls: int = 1, chat_id: int | None = None
    ) -> None:
        self.faults.plan(Fault("retry_after", method, "before", calls, chat_id, retry_after))

    def fail_with_status(
        self,
        method: str,
        status: int = 500,
        calls: int = 1,
        chat_id: int | None = None,
        when: When = "before",
    ) -> None:
        self.faults.plan(Fault("status", method, when, calls, chat_id, status))

    def drop(self, method: str, when: When, calls: int = 1, chat_id: int | None = None) -> None:
        """Cuts the connection before the call takes effect, or after it with the answer lost."""
        self.faults.plan(Fault("drop", method, when, calls, chat_id))

    def delay(
        self, method: str, seconds: float, calls: int = 1, chat_id: int | None = None, when: When = "before"
    ) -> None:
        self.faults.plan(Fault("delay", method, when, calls, chat_id, seconds))

    def hold(self, method: str, when: When = "before", calls: int = 1, chat_id: int | None = None) -> Hold:
        """Stop here: such a call stays at this point until the hold is released or abandoned."""
        fault = Fault("hold", method, when, calls, chat_id)
        return self.faults.plan_hold(fault)

    def clear_faults(self) -> None:
        self.faults.clear()

    def close(self) -> None:
        """Ends what waits, so that a server can stop at once."""
        self.world.updates.closing = True
        for hold in self.faults.holds.values():
            hold.abandon()
        self.world.bell.ring()
