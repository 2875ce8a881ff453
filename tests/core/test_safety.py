"""Crisis words: found in every language and spelling, idioms left alone, and never a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import safety
from bot.core.errors import ContentError
from bot.core.handoff import Reason
from bot.core.safety import find, load

DANGER = """
en: they are kicking the new boy to death in the next room, hurry
en: he has a gun and he is outside my door
en: pls help they selling us tonite
en: I'm hiding in the rice store, the guards are looking for me
en: he is beatng me now, blood everywhere
vi: Ông chủ say rượu đang cầm dao rượt em, cứu em với
vi: Sáng mai bọn nó bán tôi sang khu khác
vi: em dang tron trong rung, bao ve dang duoi theo
vi: bạn cùng phòng em bị đánh bất tỉnh, máu chảy nhiều lắm
vi: no dang pha cua phong e, cuu voi
th: ผัวเมากำลังถือมีดไล่ฟันแม่ ช่วยด้วยค่ะ
th: พรุ่งนี้เช้ามืดมันจะพาพวกเราข้ามแม่น้ำไปขายต่อ
th: ชว่ยด้วย มันล๊อกห้องแล้วจุดไฟ
th: เพิ่งหนีออกมา ยามขี่มอไซค์ตามหาอยู่
th: chuay duay kha man tue meed yoo na hong
zh: 两个男的拿着铁棍在砸我们宿舍的门
zh: 主管說今晚把我轉賣去另一個園區，救我
zh: 佢哋而家打緊我個同鄉，流晒血呀
zh: 我刚从三楼跳下来，腿断了，他们开车在找我
zh: tamen na dao yao sha wo kuai bao jing
km: ថៅកែស្រវឹង កំពុងកាន់កាំបិតដេញកាប់ខ្ញុំ
km: យប់នេះគេលក់ពួកយើងទៅក្រុមហ៊ុនផ្សេង ជួយផង
km: ខ្ញុំពួននៅក្រោយផ្ទះ គេជិះម៉ូតូរកខ្ញុំ
km: ឥលូវគេកំពុងឆក់ភ្លើងមិត្តញុំ
km: juy phong ke mean kambet mok rok knhom
lo: ເຖົ້າແກ່ເມົາ ກຳລັງຖືມີດໄລ່ຂ້ອຍ ຊ່ວຍແດ່
lo: ຄືນນີ້ເຂົາຊິຂາຍພວກຂ້ອຍໃຫ້ບໍລິສັດອື່ນ
lo: ຂ້ອຍລີ້ຢູ່ໃນປ່າ ຍາມຂີ່ລົດຊອກຫາຂ້ອຍ
lo: ຊວ່ຍແດ ເຂົາກໍາລັງຕິໝູ່ຂ້ອຍ
lo: soi dae khao thue meed ma na hong khoy
my: သူဌေးမူးပြီး ဓားနဲ့ လိုက်ခုတ်နေတယ် ကယ်ပါ
my: ဒီည တခြားကုမ္ပဏီကို ရောင်းစားတော့မယ်တဲ့
my: တောထဲမှာ ပုန်းနေတယ် အစောင့်တွေ လိုက်ရှာနေတယ်
my: အခုရိုတ်နေပီ ကူညီပါ
my: kal par thu doe yite nay tal akhu
"""

SUICIDE = """
en: I want to kill myself tonight
en: my friend here says she wants to hang herself
en: i dont wana live anymore
en: bought rat poison, goodbye everyone
vi: Em không muốn sống nữa
vi: tui tính nhảy cầu cho xong
vi: e mún chết quá, chán sống rồi
vi: uong het vi thuoc ngu la het khổ
th: ไม่อยากมีชีวิตอยู่ต่อไปแล้วค่ะ
th: คืนนี้ผมจะโดดจากดาดฟ้า
th: กรีดแขนตัวเองทุกคืน
th: mai yak yoo laew yak tai
zh: 我真的不想活了
zh: 活著好累，想燒炭
zh: 佢話想跳樓，點算
zh: wo xiang zi sha
km: ខ្ញុំមិនចង់រស់ទៀតទេ
km: យប់នេះខ្ញុំនឹងចងក
km: ចង់លោតទឹកឲ្យងាប់
km: knhom jong slab bong
lo: ຂ້ອຍບໍ່ຢາກມີຊີວິດຢູ່ແລ້ວ
lo: ຄືນນີ້ຊິຜູກຄໍຕາຍ
lo: ຢາກຕາຽ ເບື່ອຊີວິດ
lo: bo yak yu leo yak tai
my: သေချင်တယ် ဘဝကို အဆုံးသတ်ချင်ပြီ
my: ဒီည ကြိုးဆွဲချတော့မယ်
my: အသတ်မရှင်ချင်တော့ဘူး
my: thay chin tal a thet ma shin chin tot bu
"""

CHILD = """
en: a girl of 13 is being raped in the room next to mine
en: they sold my daughter, she is only twelve
vi: bé gái mười ba tuổi bị ép tiếp khách ở quán này
vi: con toi 7 tuoi bi bat coc
th: เด็กผู้หญิงอายุสิบสามโดนบังคับรับแขก
th: ลูกสาวแปดขวบถูกพ่อเลี้ยงข่มขืน
zh: 有人要把一个十三岁的女孩卖去接客
zh: 佢打到個細路流血
km: ក្មេងស្រីអាយុដប់បីត្រូវគេបង្ខំឲ្យទទួលភ្ញៀវ
km: គេចាប់ពង្រត់កូនស្រីខ្ញុំ
lo: ເດັກຍິງອາຍຸສິບສາມຖືກບັງຄັບຮັບແຂກ
lo: ມີຄົນລັກພາຫຼານຂ້ອຍໄປ
my: ၁၃ နှစ် ကလေးမလေးကို မုဒိမ်းကျင့်နေတယ်
my: ကလေးကို ပြန်ပေးဆွဲသွားတယ်
"""

HARMLESS = """
en: that video was so funny I'm dying of laughter
en: I'm so hungry I could die
en: my phone is dead
en: The boss kept my passport and has not paid me for three months
vi: buồn cười muốn chết
vi: trời nóng muốn chết luôn
vi: Chủ giữ hộ chiếu của tôi hai tháng nay
vi: tôi muốn gặp tư vấn viên
th: ตลกจะตาย
th: หิวจะตายแล้วค่ะ
th: นายจ้างไม่จ่ายเงินเดือนสองเดือนแล้ว
th: เป็นหนี้นายหน้าสามหมื่น
zh: 笑死我了
zh: 餓死喇，食飯先
zh: 老板扣了我的护照，工资也没发
km: ឃ្លានបាយចង់ងាប់ហើយ
km: ថៅកែមិនបើកប្រាក់ខែឲ្យខ្ញុំពីរខែហើយ
lo: ຫິວຊິຕາຍແລ້ວ
lo: ນາຍຈ້າງບໍ່ຈ່າຍເງິນເດືອນ
my: ဗိုက်ဆာလို့သေတော့မယ်
my: သူဌေးက လစာ မပေးတာ နှစ်လရှိပြီ
my: မင်္ဂလာပါ
"""

# As a Zawgyi keyboard stores: "they are coming to kill me, save me", "I want to die", "they will sell me tonight".
ZAWGYI = {
    "သူတို႔ သတ္ေတာ့မယ္ ကယ္ပါ": Reason.DANGER,
    "ေသခ်င္တယ္": Reason.SUICIDE,
    "ဒီည ကြၽန္မကို ေရာင္းေတာ့မယ္": Reason.DANGER,
}

LANGUAGES = {"en", "km", "lo", "my", "th", "vi", "zh"}
RULES = Path(safety.__file__).with_name("crisis")


def lines(block: str) -> list[str]:
    return block.strip().splitlines()


@pytest.mark.parametrize("line", lines(DANGER))
def test_danger_now_is_found_in_every_spelling(line: str) -> None:
    assert find(line[4:]) is Reason.DANGER


@pytest.mark.parametrize("line", lines(SUICIDE))
def test_the_wish_to_die_is_found_in_every_spelling(line: str) -> None:
    assert find(line[4:]) is Reason.SUICIDE


@pytest.mark.parametrize("line", lines(CHILD))
def test_a_child_in_danger_comes_before_other_reasons(line: str) -> None:
    assert find(line[4:]) is Reason.CHILD


@pytest.mark.parametrize("line", lines(HARMLESS))
def test_idioms_and_ordinary_troubles_are_left_alone(line: str) -> None:
    assert find(line[4:]) is None


@pytest.mark.parametrize("text", ZAWGYI)
def test_burmese_typed_for_zawgyi_is_found(text: str) -> None:
    assert find(text) is ZAWGYI[text]


def test_every_language_has_golden_lines_of_each_kind() -> None:
    for block in (DANGER, SUICIDE, CHILD, HARMLESS):
        assert {line[:2] for line in lines(block)} == LANGUAGES


def test_every_language_has_rules_of_each_kind() -> None:
    for language in LANGUAGES:
        kinds = {
            line.split(":")[0].split()[0] for line in lines((RULES / f"{language}.txt").read_text("utf-8")) if line
        }
        assert kinds >= {"danger", "suicide", "child", "harmless"}


def test_a_denied_wish_to_die_is_still_heard() -> None:
    assert find("I don't want to die but I am so tired of living") is Reason.SUICIDE


@pytest.mark.parametrize(
    "text",
    ["🆘🆘🆘", "HE\u200bLP me he has a KNIFE", "kiiiill myself", "ｋｉｌｌ ｍｙｓｅｌｆ", "k\u0336i\u0336ll me now"],
)
def test_disguises_do_not_hide_a_crisis(text: str) -> None:
    assert find(text) is not None


@pytest.mark.parametrize(
    "text", ["", " ", "^", "\ud800\udfff", "\x00\x07\x1b[2J", "\u0301" * 5000, "ก" * 5000, "{|}*~%="]
)
def test_strange_text_is_no_crisis_and_no_failure(text: str) -> None:
    assert find(text) is None


def test_of_a_huge_text_beginning_and_end_are_read() -> None:
    assert find("a " * 500_000) is None
    assert find("a " * 500_000 + "I want to kill myself") is Reason.SUICIDE


@given(st.text(st.characters(), max_size=200))
def test_no_text_raises(text: str) -> None:
    assert find(text) in (None, Reason.DANGER, Reason.SUICIDE, Reason.CHILD)


@given(st.text(st.sampled_from("aăạbe ^*>+-|{}$'\u0e40\u0e01\u0e48\u1031\u1000\u103a\u17d2\u1780 死杀\u200b🆘")))
def test_no_text_of_the_rules_own_signs_raises(text: str) -> None:
    assert find(text) in (None, Reason.DANGER, Reason.SUICIDE, Reason.CHILD)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("panic: a", "neither a rule"),
        ("danger a", "neither a rule"),
        ("danger: $NOW", "$NOW is not defined"),
        ("danger: a || b", "is empty"),
        ("danger: {a,b", "odd brace"),
        ("danger: " + "{a,b,c,d,e,f,g} " * 3 + "x", "spellings"),
        ("let now = a", "in capitals"),
        ("fold: a", "written > meant"),
        ("window: wide", "wide"),
    ],
)
def test_a_bad_rule_is_refused_with_file_and_line(tmp_path: Path, rule: str, why: str) -> None:
    (tmp_path / "xx.txt").write_text(f"# comment\n\ndanger: good\n{rule}\n", "utf-8")
    with pytest.raises(ContentError, match=r"^xx\.txt, line 4: ") as caught:
        load(tmp_path)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "hit", "miss"),
    [
        ("danger 5: red + blue", "blue red", "red, a long way off, blue"),
        ("danger 5: red > blue", "red blue", "blue red"),
        ("danger: red - blue", "red", "red blue"),
        ("danger: re{d,ad}", "read", "reader"),
        ("danger: read*", "reader", "bread"),
        ("danger: *read", "bread", "reader"),
        ("danger: ^red^", "Red!", "a red"),
        ("danger: ~orange", "oragne", "range"),
        ("danger: bán", "ban", "bạn"),
        ("danger: =bán", "bán", "ban"),
        ("danger: %bán", "bạn", "be"),
        ("fold: x > red\ndanger: red", "x", "y"),
        ("let COLOUR = red|blue\ndanger: $COLOUR", "blue", "green"),
        ("danger: red\nharmless: red wine", "a red", "red wine"),
    ],
)
def test_the_language_of_the_rules(tmp_path: Path, rule: str, hit: str, miss: str) -> None:
    (tmp_path / "xx.txt").write_text(rule, "utf-8")
    lexicon = load(tmp_path)
    assert (lexicon.find(hit), lexicon.find(miss)) == (Reason.DANGER, None)
