"""Drafts on git: collected, shown, merged without loss, taken in, discarded."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.content.drafts import Drafts
from bot.adapters.content.git import Git
from bot.adapters.content.sentences import change, read_sentences
from bot.adapters.content.translations import Standing, Wording, approve, read_translations, set_translations
from bot.core.content.merging import Clash, merge_sentences, sentence_edits
from bot.core.content.sentences import Edit, Sentence
from bot.core.errors import Conflict, ContentError
from tests.adapters.content.test_sentences import SMALL, named, new, nobody
from tests.adapters.content.test_translations import GREET
from tests.adapters.content.test_translations import SMALL as CATALOG

LO = "nlu_data/nlu/lo/conversation.yml"
PO = "locales/lo/LC_MESSAGES/messages.po"
DAY = date(2026, 11, 24)


@pytest.fixture(params=["checkout", "bare"])
def drafts(request: pytest.FixtureRequest, tmp_path: Path, commit: Callable[[Path], None]) -> Drafts:
    """Drafts over a small repository, checked out or bare."""
    repository = tmp_path / "content"
    for path, text in ((LO, SMALL), (PO, CATALOG), ("nlu_data/directory.yml", "entries:\n  a:\n    name: A\n")):
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text, "utf-8")
    (repository / "locales/lo/audio").mkdir()
    (repository / "locales/lo/audio/x.ogg").write_bytes(b"OggS\xff\xfe")
    commit(repository)
    if request.param == "bare":
        Git(tmp_path).run("clone", "--quiet", "--bare", str(repository), "bare.git")
        repository = tmp_path / "bare.git"
    return Drafts(repository, tmp_path / "drafts")


def edit(drafts: Drafts, name: str, *edits: Edit, author: str = "noy") -> None:
    with drafts.editing(name, author, "Change sentences") as root:
        change(root, edits, nobody)


def live(drafts: Drafts, path: str = LO) -> str:
    return Git(drafts.repository).file(drafts.live, path) or ""


def land(drafts: Drafts, name: str) -> None:
    assert drafts.refresh(name, "noy", {}) == []
    drafts.land(name, "noy", f"Take in {name}")


def shown(drafts: Drafts, name: str) -> list[tuple[str, str, str]]:
    return [(one.about, one.before, one.after) for one in drafts.changes(name)]


def test_edits_collect_in_a_draft_and_touch_nothing_else(drafts: Drafts) -> None:
    drafts.open("lao", "noy")
    edit(drafts, "lao", new("ສະບາຍດີອ້າຍ"))
    edit(drafts, "lao", new("ຊ່ວຍຂ້ອຍແດ່", "thank"), author="ດາລາ")
    assert live(drafts) == SMALL
    draft = drafts.find("lao")
    assert (draft.author, draft.behind, len(draft.commits)) == ("noy", 0, 3)
    assert [c.author for c in draft.commits] == ["ດາລາ", "noy", "noy"]
    assert [one.name for one in drafts.all()] == ["lao"]


def test_a_commit_names_an_account_and_nobodys_address(drafts: Drafts) -> None:
    drafts.open("lao", "noy <noy@example.org>\nx")
    raw = Git(drafts.repository).text("cat-file", "commit", "draft/lao")
    assert "author noy noy@example.orgx <content@helpline.invalid>" in raw


def test_a_difference_is_shown_sentence_by_sentence(drafts: Drafts) -> None:
    tree = drafts.open("lao", "noy")
    old, moved = named(tree, "ສະບາຍດີເອື້ອຍ"), named(tree, "ຂອບໃຈຫຼາຍໆ")
    edit(
        drafts, "lao",
        Edit(old, Sentence("ສະບາຍດີອ້າຍ", "greet", "lo", "plain")),
        Edit(moved, Sentence(moved.text, "goodbye", "lo", "plain")),
        Edit(named(tree, "sabaidee"), None),
        new("ຊ່ວຍຂ້ອຍແດ່", "thank"),
    )  # fmt: skip
    with drafts.editing("lao", "noy", "Translate") as root:
        set_translations(root, "lo", [Wording("welcome", "Hello.", "ສະບາຍດີເດີ.")])
    found = shown(drafts, "lao")
    assert found[:4] == [
        ("lo thank plain → lo goodbye plain", "ຂອບໃຈຫຼາຍໆ", "ຂອບໃຈຫຼາຍໆ"),
        ("lo greet plain", "ສະບາຍດີເອື້ອຍ", "ສະບາຍດີອ້າຍ"),
        ("lo greet latin", "sabaidee", ""),
        ("lo thank plain", "", "ຊ່ວຍຂ້ອຍແດ່"),
    ]
    assert [about for about, _, _ in found[4:]] == ["welcome Hello."]


def test_after_an_error_a_draft_is_as_it_was(drafts: Drafts) -> None:
    tree = drafts.open("lao", "noy")
    with pytest.raises(ContentError, match="half"), drafts.editing("lao", "noy", "x") as root:
        change(root, [new("ສະບາຍດີອ້າຍ"), new("สวัสดี", language="th")], nobody)
        raise ContentError("half done")
    assert (tree / LO).read_text("utf-8") == SMALL and not (tree / "nlu_data/nlu/th").exists()
    assert len(drafts.find("lao").commits) == 1


def test_a_change_that_changes_nothing_is_no_commit(drafts: Drafts) -> None:
    drafts.open("lao", "noy")
    with drafts.editing("lao", "noy", "x"):
        pass
    assert len(drafts.find("lao").commits) == 1


@pytest.mark.parametrize("name", ["", "Lao", "-x", "x-", "../x", "a b", "x" * 41, "ລາວ", "a.lock", "x\n"])
def test_a_draft_has_a_plain_name(drafts: Drafts, name: str) -> None:
    with pytest.raises(ContentError, match="can't name a draft"):
        drafts.open(name, "noy")


def test_a_name_is_taken_once(drafts: Drafts) -> None:
    drafts.open("lao", "noy")
    with pytest.raises(Conflict, match="already"):
        drafts.open("lao", "dara")
    with pytest.raises(ContentError, match="there is no draft"):
        drafts.find("other")


def test_a_tree_that_is_gone_comes_back(drafts: Drafts) -> None:
    tree = drafts.open("lao", "noy")
    edit(drafts, "lao", new("ສະບາຍດີອ້າຍ"))
    for path in sorted(tree.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    tree.rmdir()
    assert named(drafts.tree("lao"), "ສະບາຍດີອ້າຍ")


def test_a_draft_is_taken_in_with_its_author_and_ends(drafts: Drafts) -> None:
    drafts.open("lao", "noy")
    edit(drafts, "lao", new("ສະບາຍດີອ້າຍ"))
    made = drafts.land("lao", "dara", "Thirty Lao sentences")
    assert "ສະບາຍດີອ້າຍ" in live(drafts) and drafts.all() == []
    newest = Git(drafts.repository).commits(drafts.live)[0]
    assert (newest.id, newest.author, newest.subject) == (made, "dara", "Thirty Lao sentences")
    if (drafts.repository / LO).exists():
        assert "ສະບາຍດີອ້າຍ" in (drafts.repository / LO).read_text("utf-8")


def test_a_discarded_draft_changes_nothing_and_git_keeps_it(drafts: Drafts) -> None:
    drafts.open("lao", "noy")
    edit(drafts, "lao", new("ສະບາຍດີອ້າຍ"))
    last = drafts.discard("lao")
    assert drafts.all() == [] and live(drafts) == SMALL
    assert last in Git(drafts.repository).text("for-each-ref", "refs/discarded")
    drafts.open("lao", "noy")


def test_unfinished_work_of_a_developer_is_not_overwritten(drafts: Drafts) -> None:
    if not (drafts.repository / LO).exists():
        return
    drafts.open("lao", "noy")
    edit(drafts, "lao", new("ສະບາຍດີອ້າຍ"))
    (drafts.repository / LO).write_text("# in the middle of something\n")
    with pytest.raises(ContentError):
        drafts.land("lao", "noy", "x")
    assert (drafts.repository / LO).read_text() == "# in the middle of something\n"
    assert live(drafts) == SMALL and drafts.find("lao")


def test_a_draft_that_is_behind_is_brought_up_to_date_first(drafts: Drafts) -> None:
    for name, text in (("one", "ສະບາຍດີອ້າຍ"), ("two", "ຊ່ວຍຂ້ອຍແດ່")):
        drafts.open(name, "noy")
        edit(drafts, name, new(text))
    land(drafts, "one")
    assert drafts.find("two").behind == 2 + 1
    with pytest.raises(Conflict, match="up to date"):
        drafts.land("two", "noy", "x")
    land(drafts, "two")
    assert "ສະບາຍດີອ້າຍ" in live(drafts) and "ຊ່ວຍຂ້ອຍແດ່" in live(drafts)


def test_neighbouring_lines_merge_where_git_would_not(drafts: Drafts) -> None:
    for name, old, text in (("one", "ສະບາຍດີ", "ສະບາຍດີອ້າຍ"), ("two", "ສະບາຍດີເອື້ອຍ", "ຊ່ວຍຂ້ອຍແດ່")):
        tree = drafts.open(name, "noy")
        edit(drafts, name, Edit(named(tree, old), Sentence(text, "greet", "lo", "plain")))
    land(drafts, "one")
    land(drafts, "two")
    assert live(drafts) == SMALL.replace("ສະບາຍດີເອື້ອຍ", "ຊ່ວຍຂ້ອຍແດ່").replace("- ສະບາຍດີ\n", "- ສະບາຍດີອ້າຍ\n")


def two_edits(drafts: Drafts) -> list[Clash]:
    """Two drafts that word the same sentence in their own ways, one of them taken in already."""
    for name, text in (("one", "ສະບາຍດີອ້າຍ"), ("two", "ຊ່ວຍຂ້ອຍແດ່")):
        tree = drafts.open(name, "noy")
        edit(drafts, name, Edit(named(tree, "ສະບາຍດີເອື້ອຍ"), Sentence(text, "greet", "lo", "plain")))
    land(drafts, "one")
    return drafts.refresh("two", "noy", {})


def test_a_conflict_shows_both_sides_and_changes_nothing_until_one_is_chosen(drafts: Drafts) -> None:
    (clash,) = two_edits(drafts)
    head = Git(drafts.repository).head("draft/two")
    assert (clash.about, clash.both) == ("lo greet plain", True)
    assert [text.partition(": ")[2] for text in (clash.base, clash.live, clash.draft)] == [
        "ສະບາຍດີເອື້ອຍ",
        "ສະບາຍດີອ້າຍ",
        "ຊ່ວຍຂ້ອຍແດ່",
    ]
    with pytest.raises(ContentError, match="can't be chosen"):
        drafts.refresh("two", "noy", {clash.id: "mine"})
    assert drafts.refresh("two", "noy", {"another": "draft"}) == [clash]
    assert Git(drafts.repository).head("draft/two") == head and drafts.find("two").behind == 3


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("live", {"ສະບາຍດີອ້າຍ"}), ("draft", {"ຊ່ວຍຂ້ອຍແດ່"}), ("both", {"ສະບາຍດີອ້າຍ", "ຊ່ວຍຂ້ອຍແດ່"})],
)
def test_what_was_chosen_is_kept(drafts: Drafts, choice: str, kept: set[str]) -> None:
    (clash,) = two_edits(drafts)
    assert drafts.refresh("two", "noy", {clash.id: choice}) == []
    drafts.land("two", "noy", "x")
    assert {text for text in ("ສະບາຍດີອ້າຍ", "ຊ່ວຍຂ້ອຍແດ່", "ສະບາຍດີເອື້ອຍ") if f"- {text}\n" in live(drafts)} == kept


def test_a_sentence_moved_to_two_intents_is_asked_about(drafts: Drafts) -> None:
    for name, intent in (("one", "goodbye"), ("two", "thank")):
        tree = drafts.open(name, "noy")
        edit(drafts, name, Edit(named(tree, "ສະບາຍດີເອື້ອຍ"), Sentence("ສະບາຍດີເອື້ອຍ", intent, "lo", "plain")))
    land(drafts, "one")
    (clash,) = drafts.refresh("two", "noy", {})
    assert clash.live.startswith("lo goodbye") and clash.draft.startswith("lo thank")
    drafts.refresh("two", "noy", {clash.id: "draft"})
    assert [s.intent for s in read_sentences(drafts.tree("two")) if s.text == "ສະບາຍດີເອື້ອຍ"] == ["thank"]


def test_an_added_sentence_survives_that_its_block_went(drafts: Drafts) -> None:
    for name in ("one", "two"):
        drafts.open(name, "noy")
    edit(drafts, "one", Edit(named(drafts.tree("one"), "sabaidee"), None))
    edit(drafts, "two", new("sabaidee der ai", kind="latin"))
    land(drafts, "one")
    land(drafts, "two")
    assert [s.intent for s in read_sentences(drafts.tree(_again(drafts)), "lo") if s.text == "sabaidee der ai"] == [
        "greet"
    ]


def _again(drafts: Drafts) -> str:
    drafts.open("look", "noy")
    return "look"


def test_a_review_never_ends_up_on_another_text(drafts: Drafts) -> None:
    for name in ("one", "two"):
        drafts.open(name, "noy")
    with drafts.editing("one", "noy", "x") as root:
        set_translations(root, "lo", [Wording(*GREET, "ສະບາຍດີ.\nຂຽນຫາຂ້ອຍ.")])
    with drafts.editing("two", "dara", "x") as root:
        words = next(t.text for t in read_translations(root, "lo") if t.context == "utter_greet")
        approve(root, "lo", [Wording(*GREET, words)], "Dara", DAY)
        set_translations(root, "lo", [Wording("welcome", "Hello.", "ສະບາຍດີເດີ.")])
    land(drafts, "one")
    (clash,) = drafts.refresh("two", "noy", {})
    assert not clash.both and "reviewed: Dara" in clash.draft and "reviewed" not in clash.live
    assert drafts.refresh("two", "noy", {clash.id: "live"}) == []
    found = {t.context: t for t in read_translations(drafts.tree("two"), "lo")}
    assert found["utter_greet"].standing is Standing.DRAFT and found["welcome"].text == "ສະບາຍດີເດີ."


def test_a_recording_goes_along_unharmed_and_two_of_them_are_asked_about(drafts: Drafts) -> None:
    for name, raw in (("one", b"OggS\xff1"), ("two", b"OggS\xff2")):
        drafts.open(name, "noy")
        with drafts.editing(name, "noy", "x") as root:
            (root / "locales/lo/audio/x.ogg").write_bytes(raw)
            (root / f"locales/lo/audio/{name}.ogg").write_bytes(raw)
    land(drafts, "one")
    (clash,) = drafts.refresh("two", "noy", {})
    assert drafts.refresh("two", "noy", {clash.id: "draft"}) == []
    tree = drafts.tree("two")
    assert (tree / "locales/lo/audio/x.ogg").read_bytes() == b"OggS\xff2"
    assert (tree / "locales/lo/audio/one.ogg").read_bytes() == b"OggS\xff1"


def test_two_edit_one_draft_at_once_and_neither_is_lost(drafts: Drafts) -> None:
    drafts.open("lao", "noy")
    texts = ["ສະບາຍດີອ້າຍ", "ຊ່ວຍຂ້ອຍແດ່", "ຂ້ອຍຢາກຖາມເລື່ອງໜຶ່ງ", "ມີໃຜຢູ່ບໍ່"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: edit(drafts, "lao", new(text)), texts))
    assert set(texts) <= {s.text for s in read_sentences(drafts.tree("lao"))}


def test_without_a_repository_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="HELPLINE_CONTENT"):
        Drafts(tmp_path, tmp_path / "drafts").all()


WORDS = st.sampled_from([f"w{n}" for n in range(8)])
SENTENCES = st.lists(
    st.builds(Sentence, WORDS, st.sampled_from(("greet", "thank")), st.just("lo"), st.just("latin")),
    max_size=8, unique_by=lambda s: s.text,
)  # fmt: skip


def slots(sentences: list[Sentence]) -> Counter[tuple[object, ...]]:
    return Counter((s.slot, s.text) for s in sentences)


def applied(sentences: list[Sentence], edits: list[Edit]) -> Counter[tuple[object, ...]]:
    gone = slots([e.before for e in edits if e.before])
    return slots(sentences) - gone + slots([e.after for e in edits if e.after])


@settings(max_examples=300)
@given(SENTENCES, SENTENCES)
def test_edits_lead_from_one_state_to_the_other(before: list[Sentence], after: list[Sentence]) -> None:
    assert applied(before, sentence_edits(before, after)) == slots(after)


@settings(max_examples=300)
@given(SENTENCES, SENTENCES, SENTENCES, st.randoms(use_true_random=False))
def test_a_merge_loses_no_sentence_either_side_added(
    base: list[Sentence], here: list[Sentence], there: list[Sentence], chance: random.Random
) -> None:
    _, clashes = merge_sentences(base, here, there, {})
    choices = {clash.id: chance.choice(["live", "draft", "both"]) for clash in clashes}
    edits, left = merge_sentences(base, here, there, choices)
    merged = {text for _, text in applied(here, edits)}
    asked = {part.partition(": ")[2] for c in clashes for part in (c.live, c.draft)}
    known = {s.text for s in base}
    assert left == []
    for sentence in [*here, *there]:
        assert sentence.text in merged | known | asked


@given(SENTENCES, SENTENCES)
def test_a_merge_with_one_side_unchanged_is_the_other_side(base: list[Sentence], other: list[Sentence]) -> None:
    edits, clashes = merge_sentences(base, base, other, {})
    assert (applied(base, edits), clashes) == (slots(other), [])
    edits, clashes = merge_sentences(base, other, base, {})
    assert (edits, clashes) == ([], [])
