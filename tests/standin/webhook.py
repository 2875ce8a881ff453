"""Why: a webhook that answers 500 must get the same update again, and the next one only after it."""

import asyncio
import logging

import httpx

from .limits import Json
from .updates import Pending
from .world import World

# httpx logs every address it calls.
logging.getLogger("httpx").setLevel(logging.WARNING)


async def deliver_forever(world: World) -> None:
    """The one delivery loop of a running server: in order, one update at a time."""
    failures = 0
    await world.bell.until(lambda: _next(world), None)  # most tests set no webhook; a client is slow to build
    async with httpx.AsyncClient(timeout=world.limits.webhook_timeout, trust_env=False) as client:
        while (item := await world.bell.until(lambda: _next(world), None)) is not None:
            problem = await _post(client, world, item)
            if problem is None:
                failures = 0
                world.updates.drop(item)
                continue
            world.updates.webhook.last_error = _error_facts(world, problem)
            steps = world.limits.webhook_backoff
            await asyncio.sleep(steps[min(failures, len(steps) - 1)])
            failures += 1


def _next(world: World) -> Pending | None:
    queue = world.updates.pending
    return queue[0] if queue and world.updates.webhook.url else None


async def _post(client: httpx.AsyncClient, world: World, item: Pending) -> str | None:
    """None when delivered, otherwise what went wrong in the words of getWebhookInfo."""
    secret = world.updates.webhook.secret_token
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret} if secret else {}
    try:
        answer = await client.post(world.updates.webhook.url, json=item.payload, headers=headers)
    except httpx.TimeoutException:
        return "Read timeout expired"
    except httpx.HTTPError:
        return "Connection failed"
    if answer.is_success:
        return None
    return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"


def _error_facts(world: World, problem: str) -> Json:
    return {"last_error_date": int(world.now()), "last_error_message": problem}
