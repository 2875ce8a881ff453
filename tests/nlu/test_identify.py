"""The language of a message, and the reluctance to leave a conversation's language."""

from __future__ import annotations

from pathlib import Path

import pytest
from components.identify import LANGUAGES, Guess, LatinModel, identify, script_of_chinese, train
from components.latin import plain, read_examples
from components.normalise import normalise
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("สวัสดี", "th"),
        ("หัวหน้าไม่จ่ายเงินเดือน", "th"),
        ("ສະບາຍດີ", "lo"),
        ("ជួយខ្ញុំផង", "km"),
        ("ကူညီပါ", "my"),
        ("我要回家", "zh"),
        ("passport ถูกยึด", "th"),
        ("my boss took my passport and won't give it back", "en"),
        ("chủ giữ hộ chiếu của tôi", "vi"),
        ("toi khong duoc tra luong", "vi"),
    ],
)
def test_identify_knows_our_languages(text: str, language: str) -> None:
    assert identify(text).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("knhom ot mean luy tov phteah te", "km"),
        ("alote shin ka lakha ma pay bu", "my"),
        ("nai jang yeut passport chan wai", "th"),
        ("khoy yak mua ban bor dai ngern deuan", "lo"),
        ("laoban bu gei wo gongzi", "zh"),
    ],
)
def test_identify_knows_romanised_languages(text: str, language: str) -> None:
    guess = identify(text)
    assert (guess.language, guess.romanised) == (language, True)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "hello",
        "Help",
        "passport",
        "Sok Dara",
        "Bangkok",
        "123 456",
        "👍🏽",
        "https://example.org/en/help",
        "@somebody",
        "???",
        "thank you",
        "",
    ],
)
@pytest.mark.parametrize("prior", ["km", "my", "lo", "th", "vi", "zh"])
def test_weak_evidence_keeps_the_language_of_the_conversation(text: str, prior: str) -> None:
    assert identify(text, prior=prior).language == prior


@pytest.mark.parametrize(
    "text", ["boss no pay", "call police", "my salary", "ok help me please", "passport expired visa"]
)
def test_a_few_english_words_leave_a_khmer_conversation_khmer(text: str) -> None:
    assert identify(text, prior="km").language == "km"


def test_strong_evidence_changes_the_language() -> None:
    text = "please answer me in english because i do not understand this"
    assert identify(text, prior="km").language == "en"


@pytest.mark.parametrize("text", ["", "ok", "12345", "😀", "https://example.org"])
def test_no_evidence_and_no_prior_is_no_guess(text: str) -> None:
    assert identify(text) == Guess(None, 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "مرحبا كيف حالك",
        "नमस्ते आप कैसे हैं",
        "こんにちは助けてください",
        "안녕하세요 도와주세요",
        "ၵဵဝ်ႇၵပ်းလွင်ႈၼႆႉ ၸုမ်းတူင်ႇ",
        "ညးတံဂမၠိုၚ် အရေဝ်မန် ဂမၠိုၚ်",  # Mon
        "ပှၤကညီကျိာ် တၢ်ဘၣ်ယိၣ် တၢ်သဆၣ်ထီၣ်",  # S'gaw Karen
        "ၶဝ်ႈတိုၵ်ႉလူဝ်ႇလွင်ႈၸွႆႈထႅမ်",  # Shan
        "Привет, помогите",
        "saya tidak bisa pulang karena majikan menahan paspor saya",
        "hindi po ako binabayaran ng amo ko dito",
        "je ne peux pas rentrer chez moi",
    ],
)
def test_other_languages_are_not_ours(text: str) -> None:
    guess = identify(text)
    assert (guess.language, guess.other) == (None, True)


def test_thai_letters_in_a_lao_conversation_need_a_whole_phrase() -> None:
    assert identify("ครับ", prior="lo").language == "lo"
    assert identify("ขอความช่วยเหลือหน่อย", prior="lo").language == "th"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("我在泰国", "Hans"),
        ("我在泰國", "Hant"),
        ("你好", None),
        ("老闆扣護照", "Hant"),
    ],
)
def test_chinese_scripts_are_told_apart(text: str, script: str | None) -> None:
    assert script_of_chinese(text) == script
    assert identify(text).script == script


def test_a_model_is_the_same_after_saving(tmp_path: Path) -> None:
    model = train({"km-Latn": ["tver mech tov"], "vi": ["nhà máy không trả tiền"]})
    model.save(tmp_path / "latin.json")
    loaded = LatinModel.load(tmp_path / "latin.json")
    assert loaded.posterior(["tver", "mech"]) == pytest.approx(model.posterior(["tver", "mech"]))
    assert loaded.known("vi", [plain("nhà"), "nhà"]) == 2


def test_a_model_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.json"
    path.write_text('{"version": 0}')
    with pytest.raises(ValueError, match="train it again"):
        LatinModel.load(path)


def test_read_examples_takes_latin_lines_and_drops_entity_marks(tmp_path: Path) -> None:
    (tmp_path / "km").mkdir()
    (tmp_path / "km" / "a.yml").write_text(
        "nlu:\n- intent: greet\n  metadata:\n    kind: latin\n  examples: |\n    - nov [thai](country)\n"
        "- intent: greet\n  metadata:\n    kind: plain\n  examples: |\n    - សួស្តី\n",
        "utf-8",
    )
    assert read_examples(tmp_path)["km-Latn"] == ["nov thai"]


@given(st.text(st.characters(exclude_categories=()), max_size=80), st.sampled_from([None, *LANGUAGES]))
@settings(max_examples=300, deadline=None)
def test_identify_never_raises_and_knows_only_our_languages(text: str, prior: str | None) -> None:
    guess = identify(normalise(text), prior)
    assert guess.language in (None, *LANGUAGES)
    assert 0 <= guess.confidence <= 1
