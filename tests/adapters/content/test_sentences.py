"""Training sentences in files: changed by lines, refused where they may not be, the same in every script."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.adapters.content.example_text import HEAD, ExampleText
from bot.adapters.content.sentences import Cell, change, grid, read_sentences, weigh
from bot.core.content.sentences import Edit, Fault, Sentence
from bot.core.errors import Conflict, ContentError
from tests.adapters.content.writing import ALPHABETS, line

ROOT = Path(__file__).parents[3]
SMALL = """\
# what the desk may not lose
version: "3.1"
nlu:

- intent: greet  # first
  metadata:
    kind: plain
  examples: |
    - ສະບາຍດີ
    - ສະບາຍດີເອື້ອຍ

- intent: greet
  metadata: {kind: latin}
  examples: |-
      - sabaidee
# between
- intent: 'thank'
  examples: |
    - ຂອບໃຈ

    - ຂອບໃຈຫຼາຍໆ
  metadata:
    kind: plain
"""


def nobody(text: str) -> bool:
    return False


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "nlu_data" / "nlu" / "lo"
    folder.mkdir(parents=True)
    (folder / "conversation.yml").write_text(SMALL, "utf-8")
    return tmp_path


def held(root: Path) -> str:
    return (root / "nlu_data" / "nlu" / "lo" / "conversation.yml").read_text("utf-8")


def named(root: Path, text: str) -> Sentence:
    return next(s for s in read_sentences(root) if s.text == text)


def new(text: str, intent: str = "greet", kind: str = "plain", language: str = "lo") -> Edit:
    return Edit(None, Sentence(text, intent, language, kind))


def lines_that_differ(before: str, after: str) -> tuple[list[str], list[str]]:
    gone, came = Counter(before.splitlines()), Counter(after.splitlines())
    return list((gone - came).elements()), list((came - gone).elements())


def test_sentences_come_with_place_intent_kind(root: Path) -> None:
    assert [(s.text, s.intent, s.kind, s.place.rpartition("/")[2]) for s in read_sentences(root)] == [
        ("ສະບາຍດີ", "greet", "plain", "conversation.yml:9"),
        ("ສະບາຍດີເອື້ອຍ", "greet", "plain", "conversation.yml:10"),
        ("sabaidee", "greet", "latin", "conversation.yml:15"),
        ("ຂອບໃຈ", "thank", "plain", "conversation.yml:19"),
        ("ຂອບໃຈຫຼາຍໆ", "thank", "plain", "conversation.yml:21"),
    ]


def test_the_shipped_sentences_are_all_read() -> None:
    assert len(read_sentences(ROOT)) > 20_000
    assert len({s.place for s in read_sentences(ROOT, "my")}) == len(read_sentences(ROOT, "my"))


def test_the_grid_counts_kinds_and_knows_empty_cells(root: Path) -> None:
    cells = {(cell.intent, cell.language): cell for cell in grid(root)}
    assert cells["greet", "lo"].kinds["plain"] == 2 and cells["greet", "lo"].total == 3
    assert cells["greet", "th"] == Cell("greet", "th", dict.fromkeys(cells["greet", "th"].kinds, 0))


def test_the_grid_of_a_repository_knows_the_age() -> None:
    assert all(cell.changed is not None for cell in grid(ROOT))


def test_an_added_sentence_is_one_new_line(root: Path) -> None:
    change(root, [new("ສະບາຍດີອ້າຍ")], nobody)
    assert lines_that_differ(SMALL, held(root)) == ([], ["    - ສະບາຍດີອ້າຍ"])
    assert named(root, "ສະບາຍດີອ້າຍ").place.endswith(":11")


def test_a_new_kind_gets_a_block_beside_its_intent(root: Path) -> None:
    change(root, [new("ສະບາຍດີ hello", kind="mixed")], nobody)
    gone, came = lines_that_differ(SMALL, held(root))
    assert gone == [] and "    kind: mixed" in came
    assert held(root).index("kind: mixed") < held(root).index("# between") or "# between" in held(root)


def test_a_language_without_a_file_gets_one(root: Path) -> None:
    change(root, [new("สวัสดี", language="th")], nobody)
    assert (root / "nlu_data/nlu/th/conversation.yml").read_text("utf-8").startswith(HEAD)
    assert named(root, "สวัสดี").language == "th"


def test_learners_english_is_called_so_in_the_file(root: Path) -> None:
    change(root, [new("helo sir", kind="latin", language="en")], nobody)
    assert "kind: learner" in (root / "nlu_data/nlu/en/conversation.yml").read_text()
    assert named(root, "helo sir").kind == "latin"


def test_an_edit_changes_one_line(root: Path) -> None:
    old = named(root, "ສະບາຍດີເອື້ອຍ")
    change(root, [Edit(old, Sentence("ສະບາຍດີອ້າຍ", "greet", "lo", "plain"))], nobody)
    assert lines_that_differ(SMALL, held(root)) == (["    - ສະບາຍດີເອື້ອຍ"], ["    - ສະບາຍດີອ້າຍ"])


def test_a_moved_sentence_is_in_its_new_intent_alone(root: Path) -> None:
    old = named(root, "ສະບາຍດີເອື້ອຍ")
    change(root, [Edit(old, Sentence(old.text, "thank", "lo", "plain"))], nobody)
    assert [s.intent for s in read_sentences(root) if s.text == old.text] == ["thank"]


def test_many_changes_at_once(root: Path) -> None:
    gone = [Edit(s, None) for s in read_sentences(root) if s.intent == "greet"]
    change(root, [*gone, new("ມື້ນີ້ຂ້ອຍຢາກຖາມ", "thank"), new("ຊ່ວຍຂ້ອຍແດ່", "thank")], nobody)
    assert [s.text for s in read_sentences(root)] == ["ຂອບໃຈ", "ຂອບໃຈຫຼາຍໆ", "ມື້ນີ້ຂ້ອຍຢາກຖາມ", "ຊ່ວຍຂ້ອຍແດ່"]
    assert "greet" not in held(root) and "# what the desk may not lose" in held(root)


def test_a_page_out_of_date_changes_nothing(root: Path) -> None:
    old = named(root, "ຂອບໃຈ")
    change(root, [new("ສະບາຍດີອ້າຍ")], nobody)
    before = held(root)
    with pytest.raises(Conflict, match="no longer there"):
        change(root, [new("ຊ່ວຍຂ້ອຍແດ່"), Edit(old, None)], nobody)
    assert held(root) == before


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (new(" "), Fault.EMPTY),
        (new("a" * 1001, kind="latin"), Fault.LONG),
        (new("ສະ\nບາຍ"), Fault.UNSEEN),
        (new("ສະ\u202eບາຍ"), Fault.UNSEEN),
        (new("ຂ້ອຍຢູ່ [ວຽງຈັນ](country)"), Fault.MARKS),
        (new("ໂທ 020 5555 1234"), Fault.PERSONAL),
        (new("sabaidee der"), Fault.SCRIPT),
        (new("sabaideeສ", kind="latin"), Fault.FOREIGN),
        (new("ສະບາຍດີ!"), Fault.SAME),
        (new("ສະບາຍດີອ້າຍ", intent="no_such"), Fault.INTENT),
        (new("ສະບາຍດີອ້າຍ", kind="loud"), Fault.KIND),
        (new("ສະບາຍດີອ້າຍ", language="xx"), Fault.LANGUAGE),
        (new("မင်္ဂလာပါ", language="my"), Fault.ZAWGYI),
    ],
)
def test_what_may_not_be_is_found_and_not_written(root: Path, edit: Edit, fault: Fault) -> None:
    assert fault in [finding.fault for _, finding in weigh(root, [edit], lambda text: True)]
    with pytest.raises(ContentError):
        change(root, [edit], lambda text: True)
    assert held(root) == SMALL and list(root.rglob("*.yml")) == [root / "nlu_data/nlu/lo/conversation.yml"]


def test_nearly_the_same_is_a_hint_within_an_intent_and_refused_across(root: Path) -> None:
    long = "ເຈົ້ານາຍເອົາໜັງສືຜ່ານແດນຂອງຂ້ອຍໄປແລ້ວບໍ່ສົ່ງຄືນໃຫ້ຈັກເທື່ອ"
    change(root, [new(long, "passport_withheld")], nobody)
    change(root, [new(long + "ໆ", "passport_withheld")], nobody)
    with pytest.raises(ContentError, match="another intent"):
        change(root, [new(long + "ນໍ", "wages_withheld")], nobody)


def test_the_same_line_twice_in_a_paste_is_found(root: Path) -> None:
    found = weigh(root, [new("ຊ່ວຍຂ້ອຍແດ່"), new("ຊ່ວຍຂ້ອຍແດ່.")], nobody)
    assert [finding.fault for _, finding in found] == [Fault.SAME]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("nlu: [\n", 2),
        ("nlu:\n- intent: greet\n", 2),
        ('nlu:\n- intent: greet\n  metadata: {kind: plain}\n  examples: "- a"\n', 2),
        ("nlu:\n- intent: greet\n  metadata: {kind: plain}\n  examples: |\n    no dash\n", 2),
        ("nlu:\r\n", 1),
        ("nlu:\n# \u2028\n", 2),
        ("[" * 5000, 1),
    ],
)
def test_a_file_out_of_form_is_refused_by_line(root: Path, text: str, number: int) -> None:
    path = root / "nlu_data/nlu/lo/other.yml"
    path.write_bytes(text.encode())
    with pytest.raises(ContentError, match=f"other.yml:{number}: "):
        read_sentences(root)


def test_a_file_of_another_encoding_is_refused(root: Path) -> None:
    (root / "nlu_data/nlu/lo/other.yml").write_bytes(b"nlu:\n# \xff\xfe\n")
    with pytest.raises(ContentError, match="other.yml:2: is not UTF-8"):
        read_sentences(root)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_any_sentence_in_any_script_comes_back_as_it_was_written(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(ALPHABETS)))
    texts = data.draw(st.lists(line(language), min_size=1, max_size=8, unique=True))
    file = ExampleText.parse(Path(language) / "x.yml", SMALL)
    before = [s.text for s in file.sentences()]
    for text in texts:
        file = file.add([Sentence(text, "thank", language, data.draw(st.sampled_from(("plain", "mixed"))))])
    assert sorted(s.text for s in file.sentences()) == sorted([*before, *texts])
    blocks = yaml.safe_load(file.text)["nlu"]
    assert sorted(t[2:].strip() for b in blocks for t in b["examples"].splitlines() if t.strip()) == sorted(
        [*before, *texts]
    )
    for text in texts:
        file = file.remove(next(s for s in file.sentences() if s.text == text and s.intent == "thank"))
    assert file.text == SMALL


@settings(max_examples=150)
@given(line("", 60), st.integers(0, 4))
def test_any_sentence_can_take_the_place_of_another(text: str, number: int) -> None:
    file = ExampleText.parse(Path("lo") / "x.yml", SMALL)
    old = list(file.sentences())[number]
    changed = file.replace(old, text)
    assert len(lines_that_differ(SMALL, changed.text)[1]) == (text != old.text)
    assert list(changed.sentences())[number].text == text
