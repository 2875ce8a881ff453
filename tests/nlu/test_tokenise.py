"""Words of seven languages, each where it says it is."""

from __future__ import annotations

import time

import pytest
from components.tokenise import tokenise
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" ?!… ", []),
        ("my boss's phone, 123", ["my", "boss's", "phone", "123"]),
        ("ฉันรู้สึกเครียดและอยากคุยกับใคร", ["ฉัน", "รู้สึก", "เครียด", "และ", "อยาก", "คุย", "กับ", "ใคร"]),
        ("ខ្ញុំមានអារម្មណ៍ថាតានតឹង", ["ខ្ញុំ", "មាន", "អារម្មណ៍", "ថា", "តានតឹង"]),
        ("ຂ້ອຍຮູ້ສຶກເຄັ່ງຕຶງ", ["ຂ້ອຍ", "ຮູ້ສຶກ", "ເຄັ່ງ", "ຕຶງ"]),
        ("ကျွန်တော်စိတ်ဖိစီးနေပြီး", ["ကျွန်တော်", "စိတ်", "ဖိစီး", "နေ", "ပြီး"]),
        ("我最近压力很大，想找人聊聊", ["我", "最近", "压力", "很大", "想", "找人", "聊聊"]),
        ("tôi bị giữ hộ chiếu", ["tôi", "bị", "giữ", "hộ", "chiếu"]),
        ("passportถูกยึด", ["passport", "ถูก", "ยึด"]),
        ("help👨\u200d👩\u200d👧👍🏽🇹🇭🇲🇲", ["help", "👨\u200d👩\u200d👧", "👍🏽", "🇹🇭", "🇲🇲"]),
    ],
)
def test_tokenise_finds_words(text: str, expected: list[str]) -> None:
    assert [token for token, _ in tokenise(text)] == expected


def test_offsets_after_an_emoji_count_code_points() -> None:
    assert tokenise("😀 สวัสดี a") == [("😀", 0), ("สวัสดี", 2), ("a", 9)]


@given(st.text(st.characters(exclude_categories=()), max_size=100))
@settings(max_examples=500, deadline=None)
def test_every_token_stands_at_its_offset(text: str) -> None:
    tokens = tokenise(text)
    assert all(text[at : at + len(token)] == token for token, at in tokens)
    assert [at for _, at in tokens] == sorted({at for _, at in tokens})


@pytest.mark.parametrize("unit", ["ขอความช่วยเหลือ", "a b ", "ေက"])
def test_tokenise_takes_a_megabyte(unit: str) -> None:
    start = time.perf_counter()
    assert tokenise(unit * (1_000_000 // len(unit)))
    assert time.perf_counter() - start < 5
