"""The exam of the counters: they add up by day, and hold nothing but what they are named for."""

from __future__ import annotations

import asyncio

import redis.asyncio as redis

from bot.adapters import keys
from bot.adapters.redis_statistics import RedisStatistics
from bot.core import statistics as st
from bot.core.statistics import Ended, Helped, Tally, What
from tests.conftest import KEPT, Ports

PLACE = st.place("km", "", 7)
EVERY = (
    *st.conversation(PLACE),
    *st.question(PLACE, "ask_injury", Ended.HANDED),
    *st.handoff(PLACE, "assistant_down"),
    *st.wait(What.CLAIM, PLACE, "asked", 61_000),
    *st.wait(What.REPLY, PLACE, "asked", 90_000),
    *st.helped(PLACE, "ask_injury", Helped.YES),
)


async def test_every_counter_is_read_back_as_it_was_counted(ports: Ports) -> None:
    await ports.statistics.add("2026-11-30", EVERY)
    await ports.statistics.add("2026-11-30", EVERY[:1])
    assert await ports.statistics.read(["2026-11-30"]) == [{**dict.fromkeys(EVERY, 1), EVERY[0]: 2}]


async def test_days_are_apart_and_an_unknown_one_is_empty(ports: Ports) -> None:
    await ports.statistics.add("2026-11-30", EVERY[:1])
    await ports.statistics.add("2026-12-01", EVERY[1:2])
    await ports.statistics.add("2026-12-01", ())
    assert await ports.statistics.read(["2026-12-01", "2026-12-02", "2026-11-30"]) == [{EVERY[1]: 1}, {}, {EVERY[0]: 1}]


async def test_counts_at_once_are_all_kept(ports: Ports) -> None:
    await asyncio.gather(*(ports.statistics.add("2026-11-30", EVERY[:1]) for _ in range(50)))
    assert await ports.statistics.read(["2026-11-30"]) == [{Tally(What.CONVERSATION): 50}]


async def test_a_day_goes_when_its_time_is_over(client: redis.Redis) -> None:
    await RedisStatistics(client, KEPT).add("2026-11-30", EVERY)
    assert 0 < await client.pttl(keys.statistics("2026-11-30")) <= KEPT
