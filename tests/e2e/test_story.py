"""The main job in each of the seven languages: an answer, a person, a talk both ways, and the assistant again."""

from __future__ import annotations

import itertools
import json
import unicodedata
from pathlib import Path

import pytest

from bot.adapters.vault import conversation_id
from tests.e2e.desk import Operator
from tests.e2e.product import Product, until

# ruff: noqa: E501, a story stands on one line
# Question about a passport · asks for a person · tells something · the operator's words · thanks at the end.
STORIES = {
    "km": ("ថៅកែដកប៉ាស្ព័រខ្ញុំ មិនព្រមប្រគល់ឱ្យវិញ", "ខ្ញុំចង់និយាយជាមួយមនុស្ស", "ខ្ញុំនៅរោងចក្រ", "សួស្តី ខ្ញុំនៅទីនេះ", "អរគុណច្រើន"),
    "th": ("นายจ้างยึดพาสปอร์ตไว้ไม่ยอมคืน", "อยากคุยกับเจ้าหน้าที่", "หนูอยู่ที่โรงงานค่ะ", "สวัสดีค่ะ อยู่ตรงนี้นะคะ", "ขอบคุณมากนะคะ"),
    "vi": ("Ông chủ giữ hộ chiếu của em không chịu trả", "Cho em gặp người tư vấn", "Em đang ở xưởng may", "Chào em, chị ở đây", "Cảm ơn chị nhiều"),
    "my": ("သူဌေးက ကျွန်တော့် ပတ်စပို့ကို သိမ်းထားပြီး ပြန်မပေးဘူး", "လူနဲ့ စကားပြောချင်တယ်", "ကျွန်တော် စက်ရုံမှာပါ", "မင်္ဂလာပါ ကျွန်မ ဒီမှာ ရှိပါတယ်", "ကျေးဇူးတင်ပါတယ်"),
    "lo": ("ນາຍຈ້າງຍຶດພາສປອດຂ້ອຍໄວ້ ບໍ່ຍອມສົ່ງຄືນ", "ຂ້ອຍຢາກລົມກັບພະນັກງານ", "ຂ້ອຍຢູ່ໂຮງງານ", "ສະບາຍດີ ຂ້ອຍຢູ່ນີ້", "ຂອບໃຈຫຼາຍໆ"),
    "zh_Hans": ("老板扣了我的护照不还给我", "我想找真人客服聊", "我在工厂里", "你好，我在这里", "谢谢你"),
    "en": ("My boss took my passport and will not give it back", "I want to talk to a real person", "I am at the factory", "Hello, I am here", "thank you so much"),
}  # fmt: skip
SCRIPT = {"km": "KHMER", "th": "THAI", "my": "MYANMAR", "lo": "LAO", "zh_Hans": "CJK", "vi": "LATIN", "en": "LATIN"}
SPOKEN = {"zh_Hans": "zh"}
chats = itertools.count(1001)


def conversation_of(product: Product, chat: int) -> str:
    """The pseudonym of a chat."""
    return conversation_id((product.data / "keys" / "pepper").read_bytes(), "telegram", str(chat))


def seen(product: Product, chat: int) -> list[str]:
    """What the person read so far."""
    return [str(message.get("text", "")) for message in product.telegram.messages(chat, "bot")]


def written_in(text: str, locale: str) -> bool:
    """Whether most letters are of the language's script, and Vietnamese has its marks."""
    letters = [c for c in text if c.isalpha()]
    share = sum(SCRIPT[locale] in unicodedata.name(c, "") for c in letters) / max(1, len(letters))
    if locale == "vi":
        return any("WITH" in unicodedata.name(c, "") for c in letters)
    return share > 0.5


def reads(product: Product, chat: int, count: int, within: float = 30) -> list[str]:
    """Wait until the person has read at least `count` messages."""
    until(lambda: len(seen(product, chat)) >= count, within)
    return seen(product, chat)


def offering(product: Product, chat: int, data: str) -> list[int]:
    """The messages that have a button, oldest first."""
    rows = ((m, m.get("reply_markup", {}).get("inline_keyboard", [])) for m in product.telegram.messages(chat, "bot"))
    return [m["message_id"] for m, row in rows if any(b.get("callback_data") == data for line in row for b in line)]


def awaits(product: Product, chat: int, data: str) -> int:
    """Wait until a message offers a button; returns the newest such message."""
    return until(lambda: offering(product, chat, data))[-1]


def taps(product: Product, chat: int, data: str) -> None:
    """Press a button of the newest message that has it, as soon as there is one."""
    product.telegram.person_presses(chat, awaits(product, chat, data), data)


@pytest.fixture(scope="module")
def operator(product: Product) -> Operator:
    return Operator.arrives(product, "dara", "km,th,vi,my,lo,zh,en")


@pytest.mark.parametrize("locale", STORIES)
def test_the_main_job(product: Product, operator: Operator, locale: str) -> None:
    question, asks, tells, replies, thanks = STORIES[locale]
    chat = next(chats)
    conversation = conversation_of(product, chat)
    tag = {"zh_Hans": "zh-hans"}.get(locale, locale)[:2]

    product.telegram.person_writes(chat, question, language_code=tag)
    awaits(product, chat, "command:helped:yes-passport_withheld")  # below the last message, the question after it
    answered = seen(product, chat)
    assert all(written_in(text, locale) for text in answered), answered

    product.telegram.person_writes(chat, asks, language_code=tag)
    waiting = reads(product, chat, len(answered) + 2)
    assert all(written_in(text, locale) for text in waiting), waiting
    assert operator.sees_waiting(conversation)
    page = operator.page(conversation)
    assert question in page and asks in page
    assert "They keep my papers" in page  # the gloss, in the operator's language

    operator.act(conversation, "claim")
    until(lambda: "Dara" in " ".join(seen(product, chat)) or "dara" in " ".join(seen(product, chat)))
    before = len(seen(product, chat))
    product.telegram.person_writes(chat, tells, language_code=tag)
    until(lambda: tells in operator.page(conversation))
    operator.act(conversation, "reply", words=replies)
    until(lambda: replies in seen(product, chat))
    assert seen(product, chat)[before:] == [replies]  # the assistant was silent meanwhile
    operator.act(conversation, "note", words="a note nobody but us reads")

    operator.act(conversation, "release")
    closing = reads(product, chat, before + 2)
    product.telegram.person_writes(chat, thanks, language_code=tag)
    final = reads(product, chat, len(closing) + 1)
    assert written_in(final[-1], locale), final[-1]
    assert "a note nobody but us reads" not in " ".join(seen(product, chat))


# Ask for the check, a yes, a no: by words, as people do who don't see that there are buttons.
CHECKED = {
    "km": ("ជួយពិនិត្យស្ថានភាពខ្ញុំមើល ថាជាពលកម្មបង្ខំឬអត់", "បាទ", "ទេ"),
    "th": ("อยากเช็กว่าสถานการณ์ของหนูผิดปกติไหม", "ใช่ครับ", "ไม่ครับ"),
    "vi": ("Kiểm tra giúp tình hình của em", "Vâng", "Không"),
    "my": ("ကျွန်တော့်အခြေအနေကို စစ်ပေးပါ", "ဟုတ်ကဲ့", "မဟုတ်ပါဘူး"),
    "lo": ("ຊ່ວຍກວດເບິ່ງສະຖານະການຂອງຂ້ອຍແດ່", "ແມ່ນ", "ບໍ່"),
    "zh_Hans": ("请帮我判断一下我是不是受害者", "是的", "不是"),
    "en": ("Can you check my situation?", "Yes", "No"),
}


@pytest.mark.parametrize("locale", CHECKED)
def test_a_self_check_reaches_an_operator_with_its_signs_only_after_consent(
    product: Product, operator: Operator, locale: str
) -> None:
    asks, yes, no = CHECKED[locale]
    chat = next(chats)
    conversation = conversation_of(product, chat)
    tag = {"zh_Hans": "zh-hans"}.get(locale, locale)
    product.telegram.person_writes(chat, asks, language_code=tag)
    # Begin, not deceived, papers kept; each question stands there before it is answered.
    for word, question in ((yes, "go"), (no, "2-no"), (yes, "7-yes")):
        awaits(product, chat, f"intent:self_check:{question}")
        product.telegram.person_writes(chat, word, language_code=tag)
    awaits(product, chat, "intent:self_check:8-yes")
    for press in ("stop", "end", "ask"):
        taps(product, chat, f"intent:self_check:{press}")
    awaits(product, chat, "intent:self_check:share")
    assert conversation not in operator.waiting()
    taps(product, chat, "intent:self_check:share")
    assert operator.sees_waiting(conversation)
    assert "They keep your papers." in operator.client.get("/").text
    texts = seen(product, chat)
    assert all(written_in(text, locale) for text in texts if text.count("\n") < 12), texts
    taps(product, chat, "command:cancel")
    until(lambda: conversation not in operator.waiting())


def test_the_same_update_twice_has_one_effect(product: Product) -> None:
    chat = next(chats)
    update = product.telegram.person_writes(chat, "hello", language_code="en").update_id
    first = reads(product, chat, 2)
    product.telegram.redeliver(update)
    product.telegram.person_writes(chat, "thank you", language_code="en")
    reads(product, chat, len(first) + 1)
    assert len(seen(product, chat)) == len(first) + 1


def test_two_operators_claim_at_once_and_one_gets_it(product: Product, operator: Operator) -> None:
    other = Operator.arrives(product, "mya", "my,en")
    chat = next(chats)
    product.telegram.person_writes(chat, "/person", language_code="en")
    conversation = conversation_of(product, chat)
    assert operator.sees_waiting(conversation)
    answers = [o.post(f"/conversations/{conversation}/claim").status_code for o in (operator, other)]
    assert sorted(answers) == [303, 409]
    operator.act(conversation, "close", reason="answered")
    reads(product, chat, 4)


def test_an_operator_can_neither_read_nor_answer_anothers_conversation(product: Product, operator: Operator) -> None:
    stranger = Operator.arrives(product, "lek", "th")
    chat = next(chats)
    product.telegram.person_writes(chat, "/person", language_code="en")
    conversation = conversation_of(product, chat)
    assert operator.sees_waiting(conversation)
    operator.act(conversation, "claim")
    assert stranger.client.get(f"/conversations/{conversation}").status_code == 403
    assert stranger.post(f"/conversations/{conversation}/reply", words="wrong").status_code == 409
    operator.act(conversation, "close", reason="answered")
    until(lambda: any("ended this talk" in text for text in seen(product, chat)))
    assert "wrong" not in seen(product, chat)


def test_crisis_words_reach_the_desk_first_with_numbers(product: Product, operator: Operator) -> None:
    plain, danger = next(chats), next(chats)
    product.telegram.person_writes(plain, "/person", language_code="en")
    assert operator.sees_waiting(conversation_of(product, plain))
    product.telegram.person_writes(danger, "ខ្ញុំចង់ស្លាប់ មិនចង់រស់ទៀតទេ", language_code="km")
    assert operator.sees_waiting(conversation_of(product, danger))
    assert operator.waiting().index(conversation_of(product, danger)) < operator.waiting().index(
        conversation_of(product, plain)
    )
    assert all(written_in(text, "km") for text in reads(product, danger, 3))
    for chat in (plain, danger):
        operator.act(conversation_of(product, chat), "claim")
        operator.act(conversation_of(product, chat), "close", reason="answered")


def test_after_the_story_no_words_are_in_redis_logs_or_the_process_list(product: Product, operator: Operator) -> None:
    chat = next(chats)
    secret = "my name is Sokha and the boat is in Ranong harbour"
    product.telegram.person_writes(chat, secret, language_code="en")
    reads(product, chat, 2)
    words = [secret, *(text for story in STORIES.values() for text in story)]
    files = [p for p in product.data.rglob("*") if p.is_file()]
    content = b"".join(p.read_bytes() for p in files)
    assert len(content) > 10_000
    assert [w for w in words if w.encode() in content or json.dumps(w)[1:-1].encode() in content] == []
    running = [p for p in Path("/proc").glob("[0-9]*/cmdline") if p.exists()]
    processes = "".join(p.read_bytes().decode(errors="replace") for p in running)
    assert [w for w in words if w in processes] == []
    assert product.telegram.token not in content.decode(errors="replace")
    assert product.telegram.token not in processes


def test_delete_destroys_the_key_and_everything_sealed_with_it(product: Product) -> None:
    chat = next(chats)
    conversation = conversation_of(product, chat)
    product.telegram.person_writes(chat, "please forget me", language_code="en")
    reads(product, chat, 2)
    keyring, main = product.redis("keys"), product.redis()
    before = keyring.get(f"helpline:key:{conversation}")
    assert isinstance(before, bytes)
    product.telegram.person_writes(chat, "/delete", language_code="en")
    until(lambda: any("It is done" in text for text in seen(product, chat)))
    assert len(seen(product, chat)) == 1  # what was said before is taken back
    assert keyring.get(f"helpline:key:{conversation}") != before
    assert main.llen(f"{{helpline}}:transcript:{conversation}") == 0
    assert main.llen(f"{{helpline}}:tracker:{conversation}") == 0
    until(lambda: before not in b"".join(p.read_bytes() for p in (product.data / "keyring").rglob("*.aof")))


def test_hostile_updates_stop_nothing(product: Product) -> None:
    chat = next(chats)
    product.telegram.raw_update({"message": {"chat": "no"}})
    product.telegram.raw_update({"brand_new_kind": {"x": 1}})
    product.telegram.raw_update({"message": None})
    product.telegram.person_writes(chat, '/passport_withheld{"country":"TH"}', language_code="en")
    product.telegram.person_writes(chat, "\u202e\u0007" + "ก" * 3000, language_code="th")
    product.telegram.person_sends_photo(chat, b"\xff\xd8\xff", "look")
    product.telegram.person_sends_location(chat, 13.5, 100.2)
    assert len(reads(product, chat, 4)) >= 4
