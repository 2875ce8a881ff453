"""Why: whether a product loses updates shows only against a server that redelivers them as Telegram does."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx

from . import Standin
from .conftest import PERSON, Ask


def texts(answer: Any) -> list[str]:  # Any: the answer's JSON
    return [update["message"]["text"] for update in answer["result"]]


def test_update_is_redelivered_until_a_higher_offset(standin: Standin, ask: Ask) -> None:
    second = standin.person_writes(PERSON, "second").update_id
    assert [texts(ask("getUpdates")) for _ in range(2)] == [["hello", "second"]] * 2
    assert texts(ask("getUpdates", offset=second)) == ["second"]
    assert texts(ask("getUpdates")) == ["second"]
    assert texts(ask("getUpdates", offset=second + 1)) == []
    assert standin.unconfirmed() == []


def test_negative_offset_forgets_the_older_ones(standin: Standin, ask: Ask) -> None:
    standin.person_writes(PERSON, "second")
    assert texts(ask("getUpdates", offset=-1)) == ["second"]
    assert texts(ask("getUpdates")) == ["second"]


def test_limit_takes_the_oldest(standin: Standin, ask: Ask) -> None:
    standin.person_writes(PERSON, "second")
    assert texts(ask("getUpdates", limit=1)) == ["hello"]


def test_confirmed_update_can_be_handed_out_once_more(standin: Standin, ask: Ask) -> None:
    first = standin.unconfirmed()[0]
    ask("getUpdates", offset=first + 1)
    standin.redeliver(first)
    assert texts(ask("getUpdates", offset=first + 1)) == ["hello"]
    assert texts(ask("getUpdates", offset=first + 1)) == []


def test_malformed_update_goes_out_as_given(standin: Standin, ask: Ask) -> None:
    standin.raw_update({"message": "no object"})
    standin.raw_update({"update_id": "no number"}, add_id=False)
    first, second = ask("getUpdates")["result"][1:]
    assert (first["message"], second) == ("no object", {"update_id": "no number"})


def test_allowed_updates_are_kept(standin: Standin, ask: Ask) -> None:
    ask("getUpdates", allowed_updates=["message"])
    standin.person_edits(PERSON, 1, "edited")
    assert texts(ask("getUpdates")) == ["hello"]
    ask("getUpdates", allowed_updates=[])
    standin.person_edits(PERSON, 1, "edited again")
    assert ask("getUpdates")["result"][-1]["edited_message"]["text"] == "edited again"


async def poll(standin: Standin, **params: object) -> Any:  # Any: the answer's JSON
    async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
        return (await client.post(f"{standin.base_url}{standin.token}/getUpdates", json=params)).json()


async def test_long_poll_ends_with_the_first_update(standin: Standin) -> None:
    after = standin.unconfirmed()[-1] + 1
    waiting = asyncio.create_task(poll(standin, offset=after, timeout=8))
    await asyncio.to_thread(standin.wait_confirmed, after - 1)
    standin.person_writes(PERSON, "now")
    assert texts(await waiting) == ["now"]


async def test_older_poller_is_terminated(standin: Standin) -> None:
    after = standin.unconfirmed()[-1] + 1
    older = asyncio.create_task(poll(standin, offset=after, timeout=8))
    await asyncio.to_thread(standin.wait_for_calls, "getUpdates")
    newer = asyncio.create_task(poll(standin, offset=after, timeout=8))
    refused = await older
    standin.person_writes(PERSON, "for the newer")
    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: terminated by other getUpdates request")
    assert texts(await newer) == ["for the newer"]


async def test_killed_poller_uses_up_nothing(standin: Standin) -> None:
    first = standin.unconfirmed()[0]
    dead = asyncio.create_task(poll(standin, offset=first + 1, timeout=8))
    await asyncio.to_thread(standin.wait_confirmed, first)
    dead.cancel()
    await asyncio.gather(dead, return_exceptions=True)
    await asyncio.sleep(0.05)
    standin.redeliver(first)
    assert texts(await poll(standin, offset=first + 1)) == ["hello"]


class Receiver(BaseHTTPRequestHandler):
    """A webhook that answers the given statuses in turn, then 200."""

    statuses: list[int]
    got: list[tuple[str | None, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.headers["X-Telegram-Bot-Api-Secret-Token"], body))
        self.send_response(self.statuses.pop(0) if self.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, type[Receiver]]]:
    handler = type("Handler", (Receiver,), {"statuses": list(statuses), "got": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", handler
        server.shutdown()
        thread.join()


def test_webhook_is_retried_in_order_with_its_secret(standin: Standin, ask: Ask) -> None:
    second = standin.person_writes(PERSON, "second").update_id
    with receiver(500, 500) as (url, handler):
        assert ask("setWebhook", url=url, secret_token="s3cret")["result"] is True
        standin.wait_confirmed(second)
        info = ask("getWebhookInfo")["result"]
        ask("deleteWebhook")
    assert {secret for secret, _ in handler.got} == {"s3cret"}
    assert [b"second" in body for _, body in handler.got] == [False, False, False, True]
    assert (info["pending_update_count"], info["url"]) == (0, url)
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"


def test_polling_is_409_while_a_webhook_is_set(ask: Ask) -> None:
    ask("setWebhook", url="https://127.0.0.1:1/hook")
    refused = ask("getUpdates")
    ask("deleteWebhook", drop_pending_updates=True)
    assert refused["error_code"] == 409
    assert refused["description"].startswith("Conflict: can't use getUpdates method while webhook is active")
    assert ask("getUpdates")["result"] == []
