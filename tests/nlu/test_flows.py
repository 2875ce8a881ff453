"""Whole conversations through the assistant's contract, in all seven languages: checks, guides, places, ways out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from helpers import Assistant

# ruff: noqa: E501, a language stands on one line
LANGUAGES = ("en", "th", "vi", "km", "my", "lo", "zh_Hans")
# What a person writes to begin, by intent, in the order of LANGUAGES.
OPENINGS = {
    "self_check": ("Can you check my situation?", "อยากเช็กว่าสถานการณ์ของหนูผิดปกติไหม", "Kiểm tra giúp tình hình của em", "ជួយពិនិត្យស្ថានភាពខ្ញុំមើល ថាជាពលកម្មបង្ខំឬអត់", "ကျွန်တော့်အခြေအနေကို စစ်ပေးပါ", "ຊ່ວຍກວດເບິ່ງສະຖານະການຂອງຂ້ອຍແດ່", "请帮我判断一下我是不是受害者"),
    "job_offer_check": ("I got a job offer on Facebook, is it real?", "มีคนชวนไปทำงานเกาหลี เงินเดือนหกหมื่น น่าเชื่อถือไหมครับ", "Có người trên Facebook rủ em đi làm ở Campuchia lương ba mươi triệu, có tin được không?", "មានគេបបួលទៅធ្វើការនៅថៃ តើជឿបានទេ?", "ဒူဘိုင်းမှာ လစာ သိန်း ၃၀ ပေးမယ်ဆိုတဲ့ အလုပ် ယုံရမလား", "ມີຄົນຊວນໄປເຮັດວຽກຢູ່ສາມຫຼ່ຽມຄຳ ດີບໍ່", "有人介绍我去柬埔寨做客服，月薪三万，可信吗？"),
    "worried_about_other": ("My sister went to Thailand and doesn't answer any more", "ติดต่อลูกสาวไม่ได้มาสองเดือนแล้วค่ะ", "Con trai tôi mất liên lạc từ khi sang Campuchia", "កូនខ្ញុំទៅធ្វើការនៅថៃ បាត់ដំណឹងពីរខែហើយ", "ညီမနဲ့ အဆက်အသွယ် ပြတ်သွားတာ နှစ်လရှိပြီ", "ຕິດຕໍ່ລູກສາວບໍ່ໄດ້ມາສອງເດືອນແລ້ວ", "我弟弟去了缅甸以后联系不上了"),
    "scam_compound": ("I'm forced to scam people online", "ผมอยู่ในตึกสแกมเมอร์ที่เมียวดี ออกไม่ได้", "Em bị bắt làm lừa đảo qua mạng ở Campuchia", "ខ្ញុំជាប់ក្នុងអគារឆបោកអនឡាញនៅក្រុងព្រះសីហនុ", "အွန်လိုင်းပေါ်မှာ လူတွေကို လိမ်ခိုင်းနေတယ်", "ຂ້ອຍຖືກບັງຄັບໃຫ້ຫຼອກລວງຄົນທາງອອນລາຍ", "我在园区里做电信诈骗，是被骗来的"),
    "fishing_vessel": ("I work on a fishing boat and can't get off", "ผมอยู่บนเรือประมง ขึ้นฝั่งไม่ได้มาสองปีแล้ว", "Tôi đi tàu cá Đài Loan đã mười tháng chưa được vào bờ", "ខ្ញុំធ្វើការលើទូកនេសាទ ចុះមិនបានជាងមួយឆ្នាំហើយ", "ကျွန်တော် ငါးဖမ်းလှေပေါ်မှာ လုပ်နေတာ ကမ်းမကပ်ရတာ တစ်နှစ်ရှိပြီ", "ຂ້ອຍເຮັດວຽກຢູ່ເຮືອຫາປາ ຂຶ້ນຝັ່ງບໍ່ໄດ້", "我在渔船上，想下船但船长不让"),
    "ask_minimum_wage": ("How much should a worker earn by law?", "ค่าแรงขั้นต่ำวันละเท่าไรครับ", "Giúp việc nhà có áp dụng lương tối thiểu không?", "មួយថ្ងៃកម្មករគួរបានប៉ុន្មានបាតតាមច្បាប់?", "အနည်းဆုံးလုပ်ခ ဘယ်လောက်လဲ", "ຄ່າແຮງຂັ້ນຕໍ່າເທົ່າໃດ", "最低工资是多少？"),
    "ask_privacy": ("Who can read this?", "ใครอ่านข้อความนี้ได้บ้างครับ", "Ai đọc được tin nhắn này?", "តើមានអ្នកណាអានសាររបស់ខ្ញុំខ្លះ?", "ဒီစာတွေကို ဘယ်သူတွေ ဖတ်လို့ရလဲ", "ໃຜອ່ານຂໍ້ຄວາມຂ້ອຍໄດ້ແດ່", "谁能看到我发的消息"),
    "talk_to_person": ("I want to talk to a real person", "ขอคุยกับเจ้าหน้าที่ครับ", "Tôi muốn nói chuyện với người thật", "ខ្ញុំចង់និយាយជាមួយមនុស្ស", "လူနဲ့ တိုက်ရိုက် ပြောချင်ပါတယ်", "ຂ້ອຍຢາກລົມກັບຄົນ", "我想跟真人说话"),
    "emergency_danger": ("Help me, he is beating me right now", "ช่วยด้วย เขากำลังตีผม", "Cứu tôi với, họ đang đánh tôi", "ជួយផង គេកំពុងវាយខ្ញុំ", "အခု ကျွန်မကို ရိုက်နေတယ် ကယ်ပါ", "ຊ່ວຍດ້ວຍ ເຂົາກຳລັງຕີຂ້ອຍ", "救命！他们正在打我"),
    "affirm": ("Yes", "ใช่ครับ", "Vâng", "បាទ", "ဟုတ်ကဲ့", "ແມ່ນ", "是的"),
    "deny": ("No", "ไม่ครับ", "Không", "ទេ", "မဟုတ်ပါဘူး", "ບໍ່", "不是"),
    "unsure": ("I don't know", "ไม่รู้ครับ", "Tôi không biết", "ខ្ញុំមិនដឹងទេ", "မသိပါဘူး", "ຂ້ອຍບໍ່ຮູ້", "不知道"),
}  # fmt: skip
everywhere = pytest.mark.parametrize("locale", LANGUAGES)


@dataclass
class Talk:
    """One person's conversation; `locale` is the language they write, and may change on the way."""

    assistant: Assistant
    locale: str = "en"
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    # Any: the contract's JSON.
    last: Any = None

    def writes(self, intent: str) -> list[str]:
        """Write what means this, in the person's language; returns the phrases."""
        text = OPENINGS[intent][LANGUAGES.index(self.locale)]
        self.last = self.assistant.say(self.id, text, locale=self.locale)
        assert (self.last["outcome"], self.last["intent"]) == ("answer", intent), self.last["ranking"]
        return self.said

    def taps(self, intent: str, value: str = "") -> list[str]:
        """Press a button; returns the phrases."""
        self.last = self.assistant.press(self.id, intent, value, locale=self.locale)
        return self.said

    @property
    def said(self) -> list[str]:
        return [reply["phrase"] for reply in self.last["replies"]]

    @property
    def offered(self) -> set[str]:
        return {button["data"] for reply in self.last["replies"] for button in reply["buttons"]}


@everywhere
def test_a_self_check_in_words_ends_in_signs_and_with_consent_at_a_person(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    assert talk.writes("self_check") == ["utter_self_check"]
    assert talk.writes("affirm") == ["utter_self_check_q2"]
    assert talk.writes("deny") == ["utter_self_check_q7"]
    assert talk.writes("affirm") == ["utter_self_check_q8"]
    assert talk.writes("unsure") == ["utter_self_check_q9"]
    assert talk.taps("self_check", "9-yes") == ["utter_self_check_q11"]
    assert talk.taps("self_check", "end") == ["utter_self_check_signs", "utter_self_check_next"]
    signs = ["utter_sign_passport_withheld", "utter_sign_debt_bondage"]
    assert talk.last["replies"][0]["args"] == {"signs": signs} and talk.last["handoff"] is None
    assert talk.taps("self_check", "ask") == ["utter_self_check_consent"] and talk.last["handoff"] is None
    assert talk.writes("affirm") == ["utter_self_check_shared"]
    told = {"reason": "self_check", "priority": 1, "indicators": ["passport_withheld", "debt_bondage"]}
    assert talk.last["handoff"] == told


@everywhere
def test_a_self_check_left_for_another_subject_is_taken_up_where_it_was(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    talk.taps("self_check", "go")
    talk.taps("self_check", "2-yes")
    assert talk.writes("ask_privacy") == ["utter_ask_privacy"]
    assert talk.writes("self_check") == ["utter_self_check_resume"]
    assert talk.writes("affirm") == ["utter_self_check_q7"]


@everywhere
def test_danger_in_the_middle_of_a_check_leaves_it_at_once(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    talk.taps("self_check", "go")
    assert talk.writes("emergency_danger") == ["utter_emergency_danger"]
    assert talk.taps("self_check", "3-now") == ["utter_self_check_danger"]
    assert talk.last["handoff"] == {"reason": "danger", "priority": 0, "indicators": ["movement_restricted"]}


def test_another_language_in_the_middle_keeps_the_answers(assistant: Assistant) -> None:
    talk = Talk(assistant, "km")
    talk.taps("self_check", "go")
    talk.writes("affirm")
    talk.locale = "th"
    assert talk.writes("deny") == ["utter_self_check_q8"]
    assert talk.last["language"] == "th"
    assert talk.taps("self_check", "end") == ["utter_self_check_signs", "utter_self_check_next"]
    assert talk.last["replies"][0]["args"] == {"signs": ["utter_sign_deceptive_job"]}


def test_a_button_pressed_twice_or_a_week_late_sets_its_own_answer_alone(assistant: Assistant) -> None:
    talk = Talk(assistant)
    talk.taps("self_check", "go")
    first = talk.taps("self_check", "2-no")
    assert talk.taps("self_check", "2-no") == first == ["utter_self_check_q7"]
    late = Talk(assistant)
    assert late.taps("self_check", "11-yes") == ["utter_self_check_q2"]
    assert late.taps("self_check", "share") == ["utter_self_check_shared"]  # answered, and asked to show it
    assert Talk(assistant).taps("self_check", "share") == ["utter_self_check"]


@everywhere
def test_an_offer_is_checked_before_leaving(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    assert talk.writes("job_offer_check") == ["utter_job_offer_check"]
    assert talk.writes("affirm") == ["utter_job_offer_check_q1"]
    assert talk.writes("affirm") == ["utter_job_offer_check_q2"]
    for number in range(2, 8):
        talk.taps("job_offer_check", f"{number}-no")
    assert talk.taps("job_offer_check", "8-skip") == ["utter_job_offer_check_signs", "utter_job_offer_check_next"]
    assert talk.last["replies"][0]["args"] == {"signs": ["utter_sign_offer_online"]}
    assert talk.last["handoff"] is None


@everywhere
@pytest.mark.parametrize(
    ("intent", "button"),
    [("worried_about_other", "missing"), ("worried_about_other", "trapped"), ("scam_compound", "friend"),
     ("fishing_vessel", "me"), ("fishing_vessel", "friend")],
)  # fmt: skip
def test_a_guide_asks_one_thing_and_answers_for_the_country(
    assistant: Assistant, locale: str, intent: str, button: str
) -> None:
    talk = Talk(assistant, locale)
    assert talk.writes(intent) == [f"utter_{intent}"]
    assert f"intent:{intent}:{button}" in talk.offered and len(talk.offered) <= 5
    assert talk.taps(intent, button) == [f"utter_{intent}_{button}"]


@everywhere
def test_a_scam_compound_in_a_country_has_an_answer_of_its_own(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    talk.writes("scam_compound")
    talk.taps("scam_compound", "me")
    assert talk.taps("inform_country", "KH") == ["utter_scam_compound_me"]
    assert talk.last["replies"][0]["variation"] == "KH"


@everywhere
def test_a_wage_is_told_once_the_place_is_known_and_the_place_can_be_changed(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    assert talk.writes("ask_minimum_wage") == ["utter_ask_minimum_wage"]
    assert talk.last["replies"][0]["variation"] == "" and "intent:inform_country" in talk.offered
    assert talk.taps("inform_country") == ["utter_ask_country"]
    assert talk.taps("inform_country", "more") == ["utter_ask_country_more"]
    assert talk.taps("inform_country", "TW") == ["utter_ask_minimum_wage"]
    assert talk.last["replies"][0]["variation"] == "TW"
    talk.taps("inform_country", "KR")
    assert talk.writes("ask_minimum_wage") == ["utter_ask_minimum_wage"]
    assert talk.last["replies"][0]["variation"] == "KR"


@everywhere
def test_a_person_is_one_sentence_away(assistant: Assistant, locale: str) -> None:
    talk = Talk(assistant, locale)
    assert talk.writes("talk_to_person") == ["utter_talk_to_person"]
    assert talk.last["handoff"] == {"reason": "asked", "priority": 2, "indicators": []}


def test_the_menu_leads_everywhere_in_two_taps(assistant: Assistant) -> None:
    talk = Talk(assistant)
    talk.taps("help_menu")
    screens = sorted(talk.offered)
    assert 0 < len(screens) <= 6
    for screen in screens:
        _, intent, value = screen.split(":")
        assert talk.taps(intent, value) == [f"utter_help_menu_{value}"]
        assert 0 < len(talk.offered) <= 6
