"""The door of the assistant, over real HTTP: answers, refusals, failures, and what must never get out."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis as redis_client
from components.channel import Queue
from helpers import KEY, Assistant, Redis

HELLO = {
    "en": "hello my dear friend, good evening",
    "th": "สวัสดี",
    "vi": "xin chào",
    "km": "សួស្តី",
    "my": "မင်္ဂလာပါ",
    "lo": "ສະບາຍດີ",
    "zh_Hans": "你好",
}


def anyone() -> str:
    """A conversation nobody had before."""
    return uuid.uuid4().hex


def records(redis: Redis, conversation: str) -> list[bytes]:
    """What is stored of a conversation."""
    with redis_client.Redis.from_url(redis.url) as client:
        return list(client.lrange(f"{{helpline}}:tracker:{conversation}", 0, -1))


def test_an_answer_is_as_the_contract_says(assistant: Assistant) -> None:
    answer = assistant.say(anyone(), "สวัสดี")
    assert answer | {"confidence": 1.0, "ranking": []} == {
        "language": "th",
        "intent": "greet",
        "confidence": 1.0,
        "outcome": "answer",
        "ranking": [],
        "replies": [
            {
                "phrase": "utter_greet",
                "variation": "",
                "args": {},
                "buttons": [
                    {"title": "What can I ask?", "data": "intent:help_menu", "args": {}},
                    {"title": "Check my situation", "data": "intent:self_check", "args": {}},
                    {"title": "Who can read this?", "data": "intent:ask_privacy", "args": {}},
                    {"title": "Another language", "data": "command:language", "args": {}},
                ],
                "numbers": [],
            }
        ],
        "slots": {"country": None, "sector": None},
        "handoff": None,
    }
    assert [set(guess) for guess in answer["ranking"]] == [{"intent", "confidence"}] * 3


@pytest.mark.parametrize("locale", HELLO)
def test_a_greeting_is_understood_in_every_language(assistant: Assistant, locale: str) -> None:
    answer = assistant.say(anyone(), HELLO[locale], locale=locale)
    assert (answer["language"], answer["intent"]) == (locale, "greet")


def test_a_button_names_its_intent_and_value(assistant: Assistant) -> None:
    answer = assistant.press(anyone(), "inform_country", "TH")
    assert (answer["intent"], answer["confidence"], answer["slots"]["country"]) == ("inform_country", 1.0, "TH")
    assert answer["replies"][0]["args"] == {"country": "TH"}


def test_the_country_is_remembered(assistant: Assistant) -> None:
    conversation = anyone()
    assistant.press(conversation, "inform_country", "TH")
    assert assistant.say(conversation, "hello")["slots"]["country"] == "TH"


def test_the_country_the_product_knows_is_taken_over(assistant: Assistant) -> None:
    assert assistant.press(anyone(), "greet", country="MM")["slots"]["country"] == "MM"


def test_a_situation_tells_the_sector(assistant: Assistant) -> None:
    assert assistant.press(anyone(), "fishing_vessel")["slots"]["sector"] == "fishing"


def test_kinds_of_numbers_come_with_the_reply(assistant: Assistant) -> None:
    reply = assistant.press(anyone(), "child_labour")["replies"][0]
    assert reply["numbers"] == ["child", "trafficking", "ngo"]


def test_a_question_waits_for_the_country(assistant: Assistant) -> None:
    conversation = anyone()
    assert assistant.press(conversation, "ask_hotline")["replies"][0]["phrase"] == "utter_ask_country"
    assert assistant.press(conversation, "inform_country", "TH")["replies"][0]["phrase"] == "utter_numbers"


def test_asking_for_a_person_hands_off(assistant: Assistant) -> None:
    answer = assistant.press(anyone(), "talk_to_person")
    assert answer["handoff"] == {"reason": "asked", "priority": 2, "indicators": []}
    assert [reply["phrase"] for reply in answer["replies"]] == ["utter_talk_to_person"]


@pytest.mark.parametrize("slash", ["/", "//", "\uff0f", "\u200b/", " / ", "/\u2060"])
def test_a_slash_forces_neither_intent_nor_slot(assistant: Assistant, slash: str) -> None:
    answer = assistant.say(anyone(), slash + 'inform_country{"country": "XX"}')
    assert answer["slots"] == {"country": None, "sector": None}
    assert answer["confidence"] < 1.0


def test_a_slash_erases_nothing(assistant: Assistant) -> None:
    conversation = anyone()
    assistant.press(conversation, "inform_country", "TH")
    assistant.say(conversation, "/restart")
    assert assistant.say(conversation, "hello")["slots"]["country"] == "TH"


@pytest.mark.parametrize("text", ["😀", "", "안녕하세요 도와주세요", "...", "0812345678"])
def test_what_is_not_understood_is_refused_and_says_nothing(assistant: Assistant, text: str) -> None:
    answer = assistant.say(anyone(), text)
    assert (answer["outcome"], answer["replies"], answer["handoff"]) == ("refuse", [], None)


def test_only_the_token_opens(assistant: Assistant) -> None:
    for token in ("", "wrong", "a token only for test", "ä"):
        refused = assistant.ask({"conversation": anyone(), "text": "hello"}, token=token)
        assert (refused.status, refused.body) == (401, {"code": "unauthorised"})


@pytest.mark.parametrize(
    ("body", "code"), [(b"{", "not_json"), (b"[]", "not_an_object"), (b"{}", "bad_conversation"), (b"", "not_json")]
)
def test_malformed_is_refused(assistant: Assistant, body: bytes, code: str) -> None:
    refused = assistant.ask(body)
    assert (refused.status, refused.body) == (400, {"code": code})


def test_a_huge_body_is_refused(assistant: Assistant) -> None:
    refused = assistant.ask({"conversation": anyone(), "text": "x" * 40_000})
    assert (refused.status, refused.body) == (413, {"code": "too_large"})


def test_an_intent_of_rasa_itself_is_refused(assistant: Assistant) -> None:
    for intent in ("restart", "back", "session_start", "nlu_fallback"):
        refused = assistant.ask({"conversation": anyone(), "intent": intent})
        assert (refused.status, refused.body) == (400, {"code": "unknown_intent"})


def test_a_request_without_a_key_is_refused(assistant: Assistant) -> None:
    refused = assistant.ask({"conversation": anyone(), "text": "hello"}, key="")
    assert (refused.status, refused.body) == (400, {"code": "bad_key"})


def test_one_conversations_requests_wait_for_each_other(assistant: Assistant, redis: Redis) -> None:
    conversation = anyone()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: assistant.say(conversation, "hello"), range(10)))
    assert [answer["intent"] for answer in answers] == ["greet"] * 10
    assert len(records(redis, conversation)) == 10


def test_an_erased_conversation_begins_anew(assistant: Assistant, redis: Redis) -> None:
    conversation = anyone()
    assistant.press(conversation, "inform_country", "TH")
    answered = assistant.ask({"conversation": conversation, "text": "hello", "locale": "en"}, key=b"n" * 32)
    assert answered.body["slots"]["country"] is None
    assert len(records(redis, conversation)) == 1


def test_a_store_that_is_down_is_said_and_comes_back(assistant: Assistant, redis: Redis) -> None:
    redis.stop()
    try:
        refused = assistant.ask({"conversation": anyone(), "text": "hello"})
    finally:
        redis.start()
    assert (refused.status, refused.body) == (503, {"code": "store_unavailable"})
    assert assistant.say(anyone(), "hello")["intent"] == "greet"


def test_an_action_that_fails_is_said(lonely: Assistant) -> None:
    refused = lonely.ask({"conversation": anyone(), "intent": "talk_to_person"})
    assert (refused.status, refused.body) == (503, {"code": "no_answer"})
    assert lonely.say(anyone(), "hello")["intent"] == "greet"


def test_words_and_keys_are_in_no_log_and_no_store(assistant: Assistant, redis: Redis, log: Path, folder: Path) -> None:
    conversation, words = anyone(), "the bluebird took my passport"
    assistant.say(conversation, words)
    assistant.say(conversation, "/bluebird{")
    assistant.press(conversation, "talk_to_person")
    assistant.ask({"conversation": conversation, "text": words, "intent": "greet"})
    redis.stop()
    assistant.ask({"conversation": conversation, "text": words})
    redis.start()
    assistant.say(conversation, words)
    kept = log.read_bytes() + (folder / "actions.log").read_bytes() + b"".join(records(redis, conversation))
    for secret in (b"bluebird", KEY, base64.b64encode(KEY), conversation.encode()):
        assert secret not in kept


def test_every_line_of_the_log_is_json(assistant: Assistant, log: Path) -> None:
    assistant.say(anyone(), "hello")
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert events[:2] == ["ready", "listening"] and "answered" in events


def test_the_queue_keeps_conversations_apart() -> None:
    queue, seen = Queue(), []

    async def work(conversation: str, name: str) -> None:
        async with queue.turn_of(conversation):
            seen.append(f"{name} begins")
            await asyncio.sleep(0.01)
            seen.append(f"{name} ends")

    async def everything() -> None:
        await asyncio.gather(work("one", "a"), work("one", "b"), work("two", "c"))

    asyncio.run(everything())
    assert seen.index("b begins") > seen.index("a ends")
    assert seen.index("c begins") < seen.index("a ends")
    assert queue._locks == {}
