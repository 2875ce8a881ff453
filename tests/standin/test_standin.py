"""Why: a rule the stand-in gets wrong is a bug it hides; each one is tried as Telegram documents it."""

import json
import subprocess
import sys
from typing import Any

import httpx
import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from . import Limits, Standin, as_process, in_thread
from .conftest import PERSON, Ask

DAY = 86_400
YES_NO: dict[str, Any] = {  # Any: JSON
    "inline_keyboard": [[{"text": "Yes", "callback_data": "yes"}, {"text": "No", "callback_data": "no"}]]
}


def said(answer: Any) -> tuple[int, str]:  # Any: the answer's JSON
    return answer["error_code"], answer["description"]


def seen(standin: Standin) -> list[str]:
    return [message["text"] for message in standin.messages(PERSON, "bot")]


def test_unknown_token_is_401(standin: Standin) -> None:
    answer = httpx.post(f"{standin.base_url}1:wrong/getMe", trust_env=False)
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


def test_unknown_method_is_404(ask: Ask) -> None:
    assert said(ask("sendMesage")) == (404, "Not Found: method not found")


REFUSED: list[tuple[str, dict[str, Any], str]] = [  # Any: JSON
    ("sendMessage", {"text": "x"}, "chat_id is empty"),
    ("sendMessage", {"chat_id": 1, "text": "x"}, "chat not found"),
    ("sendMessage", {"chat_id": PERSON}, "message text is empty"),
    ("sendMessage", {"chat_id": PERSON, "text": " \n"}, "message text is empty"),
    ("sendMessage", {"chat_id": PERSON, "text": "x" * 4097}, "message is too long"),
    ("sendMessage", {"chat_id": PERSON, "text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    (
        "sendMessage",
        {"chat_id": PERSON, "text": "<b>x", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    ("sendMessage", {"chat_id": PERSON, "text": "x", "txt": 1}, 'stand-in: "txt" is no field of sendMessage'),
    (
        "sendMessage",
        {"chat_id": PERSON, "text": "x", "reply_markup": {"inline_keyboard": [{"text": "a"}]}},
        "stand-in: can't parse reply_markup: ForceReply needs force_reply",
    ),
    (
        "sendMessage",
        {"chat_id": PERSON, "text": "x", "reply_parameters": {"message_id": 99}},
        "message to be replied not found",
    ),
    ("sendMessage", {"chat_id": PERSON, "text": 5}, "stand-in: can't parse text: String expected"),
    ("sendPhoto", {"chat_id": PERSON, "photo": "abc"}, "wrong file identifier/HTTP URL specified"),
    ("sendChatAction", {"chat_id": PERSON, "action": "sing"}, "wrong parameter action in request"),
    ("editMessageText", {"chat_id": PERSON, "message_id": 99, "text": "x"}, "message to edit not found"),
    ("editMessageText", {"chat_id": PERSON, "message_id": 1, "text": "x"}, "message can't be edited"),
    ("deleteMessage", {"chat_id": PERSON, "message_id": 99}, "message to delete not found"),
    (
        "deleteMessages",
        {"chat_id": PERSON, "message_ids": list(range(101))},
        "too many message identifiers specified",
    ),
    (
        "answerCallbackQuery",
        {"callback_query_id": "0"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("setMyCommands", {"commands": [{"command": "Help", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    (
        "setMyCommands",
        {"commands": [{"command": "help", "description": "x" * 257}]},
        "BOT_COMMAND_DESCRIPTION_INVALID",
    ),
    ("setMyName", {"name": "x", "language_code": "zh-hans"}, "invalid language code specified"),
    ("setWebhook", {"url": "http://example.org"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("getFile", {"file_id": "x"}, "invalid file_id"),
]


@pytest.mark.parametrize(("method", "params", "reason"), REFUSED)
def test_refusal_is_worded_as_telegram_words_it(ask: Ask, method: str, params: dict[str, Any], reason: str) -> None:
    assert said(ask(method, **params)) == (400, f"Bad Request: {reason}")


@pytest.mark.parametrize(("data", "ok"), [("", False), ("ก" * 21, True), ("ก" * 22, False)])
def test_callback_data_is_1_to_64_bytes(ask: Ask, data: str, ok: bool) -> None:
    keyboard = {"inline_keyboard": [[{"text": "a", "callback_data": data}]]}
    answer = ask("sendMessage", chat_id=PERSON, text="x", reply_markup=keyboard)
    assert answer["ok"] or answer["description"] == "Bad Request: BUTTON_DATA_INVALID"
    assert answer["ok"] == ok


def test_length_counts_after_markup(ask: Ask) -> None:
    text = "<b>" + "&amp;" * 4096 + "</b>"
    sent = ask("sendMessage", chat_id=PERSON, text=text, parse_mode="HTML")["result"]
    assert sent["text"] == "&" * 4096
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


def test_caption_is_at_most_1024(standin: Standin) -> None:
    address = f"{standin.base_url}{standin.token}/sendPhoto"
    form = {"chat_id": str(PERSON), "caption": "x" * 1025}
    answer = httpx.post(address, data=form, files={"photo": b"jpeg"}, trust_env=False)
    assert said(answer.json()) == (400, "Bad Request: message caption is too long")


def test_form_carries_objects_as_json(standin: Standin) -> None:
    address = f"{standin.base_url}{standin.token}/sendMessage"
    form = {
        "chat_id": str(PERSON),
        "text": "sure?",
        "reply_markup": json.dumps(YES_NO),
        "protect_content": "true",
    }
    sent = httpx.post(address, data=form, trust_env=False).json()["result"]
    assert (sent["reply_markup"], sent["has_protected_content"]) == (YES_NO, True)


def test_edit_drops_the_keyboard_unless_given_again(standin: Standin, ask: Ask) -> None:
    sent = ask("sendMessage", chat_id=PERSON, text="sure?", reply_markup=YES_NO)["result"]
    which = {"chat_id": PERSON, "message_id": sent["message_id"]}
    same = ask("editMessageText", **which, text="sure?", reply_markup=YES_NO)
    ask("editMessageText", **which, text="sure?")
    assert same["description"].startswith("Bad Request: message is not modified")
    assert "reply_markup" not in standin.messages(PERSON)[-1]


def test_delete_is_refused_after_48_hours(standin: Standin, ask: Ask) -> None:
    ask("sendMessage", chat_id=PERSON, text="old")
    standin.advance_clock(2 * DAY + 1)
    young = ask("sendMessage", chat_id=PERSON, text="young")["result"]["message_id"]
    refused = ask("deleteMessages", chat_id=PERSON, message_ids=[1, 2, young])
    assert said(refused) == (400, "Bad Request: message can't be deleted for everyone")
    assert ask("deleteMessages", chat_id=PERSON, message_ids=[young, 77])["result"] is True
    assert seen(standin) == ["old"]


def test_blocked_chat_is_403_until_unblocked(standin: Standin, ask: Ask) -> None:
    standin.person_blocks(PERSON)
    blocked = ask("sendMessage", chat_id=PERSON, text="x")
    standin.person_unblocks(PERSON)
    assert said(blocked) == (403, "Forbidden: bot was blocked by the user")
    assert ask("sendMessage", chat_id=PERSON, text="x")["ok"]
    kinds = [update.get("my_chat_member", {}).get("new_chat_member") for update in ask("getUpdates")["result"]]
    assert [member["status"] for member in kinds if member] == ["kicked", "member"]


def test_one_message_a_second_in_a_chat_and_a_total() -> None:
    with in_thread(Standin(limits=Limits(overall_per_second=2))) as standin:
        address = f"{standin.base_url}{standin.token}/sendMessage"
        for person in (1, 2, 3):
            standin.person_writes(person, "hello")
        answers = [httpx.post(address, json={"chat_id": p, "text": "x"}, trust_env=False) for p in (1, 1, 2, 3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200, 429]
    assert answers[1].json()["parameters"] == {"retry_after": 1}


def test_same_bytes_have_the_same_file_id(standin: Standin, ask: Ask) -> None:
    for _ in range(2):
        standin.person_sends_voice(PERSON, b"ogg")
    first, second = (update["message"]["voice"] for update in ask("getUpdates")["result"][1:])
    path = ask("getFile", file_id=first["file_id"])["result"]["file_path"]
    address = f"{standin.base_file_url}{standin.token}/{path}"
    assert first == second
    assert httpx.get(address, trust_env=False).content == b"ogg"
    standin.advance_clock(3601)
    assert httpx.get(address, trust_env=False).status_code == 404


def test_commands_belong_to_scope_and_language(ask: Ask) -> None:
    commands, chat = [{"command": "help", "description": "ช่วยเหลือ"}], {"type": "chat", "chat_id": PERSON}
    ask("setMyCommands", commands=commands, scope=chat, language_code="th")
    assert ask("getMyCommands", scope=chat, language_code="th")["result"] == commands
    assert ask("getMyCommands", scope=chat)["result"] == []


async def test_python_telegram_bot_works_unmodified(standin: Standin) -> None:
    async with telegram.Bot(
        standin.token, base_url=standin.base_url, base_file_url=standin.base_file_url,
        request=HTTPXRequest(httpx_kwargs={"trust_env": False}),
    ) as bot:  # fmt: skip
        buttons = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
        sent = await bot.send_message(PERSON, "sure?", reply_markup=buttons, protect_content=True)
        press = standin.person_presses(PERSON, sent.message_id, "yes")
        updates = await bot.get_updates(timeout=1, allowed_updates=["message", "callback_query"])
        assert [update.update_id for update in updates][-1] == press.update_id
        assert await bot.answer_callback_query(press.callback_query_id)
        assert await bot.edit_message_reply_markup(PERSON, sent.message_id)
        photo = (await bot.send_photo(PERSON, b"jpeg", caption="map")).photo[-1]
        assert await (await photo.get_file()).download_as_bytearray() == b"jpeg"
        again = await bot.send_document(PERSON, b"%PDF", filename="rights.pdf")
        assert again.document is not None
        assert again.document.file_name == "rights.pdf"
        assert await bot.set_my_commands([("help", "Help")], language_code="th")
        assert await bot.delete_messages(PERSON, [sent.message_id, again.message_id])
        assert [message["caption"] for message in standin.messages(PERSON, "bot")] == ["map"]


async def test_python_telegram_bot_raises_its_own_errors(standin: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it the library warns of its own RetryAfter
    standin.fail_with_retry_after("sendMessage", 7)
    standin.fail_with_status("sendMessage", 502)
    standin.drop("sendMessage", "before")
    async with telegram.Bot(
        standin.token, base_url=standin.base_url, request=HTTPXRequest(httpx_kwargs={"trust_env": False})
    ) as bot:
        for kind in (telegram.error.RetryAfter, telegram.error.NetworkError, telegram.error.NetworkError):
            with pytest.raises(kind):
                await bot.send_message(PERSON, "x")
        standin.person_blocks(PERSON)
        with pytest.raises(telegram.error.Forbidden):
            await bot.send_message(PERSON, "x")


def test_process_is_driven_over_http_and_prints_no_text(capfd: pytest.CaptureFixture[str]) -> None:
    with as_process("--per-chat-seconds", "0") as remote:
        remote.control("person_writes", chat_id=PERSON, text="a secret", language_code="km")
        held = remote.control("hold", method="sendMessage", when="after")
        child = [sys.executable, "-c", SENDER, f"{remote.base_url}{remote.token}/sendMessage"]
        with subprocess.Popen(child) as product:
            remote.control("wait_held", hold_id=held)
            product.kill()
        remote.control("release", hold_id=held)
        assert remote.control("wait_for", chat_id=PERSON, contains="answ")["text"] == "answer"
        assert remote.control("calls", method="sendMessage")[0]["took_effect"]
        with pytest.raises(TimeoutError):
            remote.control("wait_for", chat_id=PERSON, text="other", timeout=0.01)
        with pytest.raises(ValueError, match="no such button"):
            remote.control("person_presses", chat_id=PERSON, message_id=1, data="x")
    assert capfd.readouterr() == ("", "")


SENDER = f"""
import sys, httpx
httpx.post(sys.argv[1], json={{"chat_id": {PERSON}, "text": "answer"}}, timeout=30, trust_env=False)
"""
