"""What messages mean, learnt from a few sentences; and what a model refuses to be."""

from __future__ import annotations

import json
import tarfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from components.archive import load_classifier
from components.classify import BadModel, Model, Outcome, Understanding
from components.examples import BadExamples, Example, read
from components.features import Weights, letters
from components.normalise import LIMIT
from components.smoke import SmokeTestFailed, smoke_test
from helpers import HOME

INTENTS = {"greet", "wages_withheld", "passport_withheld", "self_harm", "inform_country", "out_of_scope"}
LANGUAGES = {"th", "vi", "km"}


def some() -> list[Example]:
    """Sentences of a few intents in a few languages."""
    return [e for e in read(HOME / "nlu") if e.intent in INTENTS and e.language in LANGUAGES]


@pytest.fixture(scope="module")
def trained() -> Model:
    """A model of them."""
    return Model.fit(some(), use_embedding=False)


@pytest.fixture
def saved(trained: Model, tmp_path: Path) -> Iterator[Path]:
    """A folder with the model."""
    trained.save(tmp_path)
    yield tmp_path


def test_what_was_learnt_is_known(trained: Model) -> None:
    sentences = some()
    right = [trained.understand(e.text).intent == e.intent for e in sentences]
    assert sum(right) / len(right) > 0.95


@pytest.mark.parametrize(
    ("text", "language", "intent"),
    [
        ("สวัสดีครับ", "th", "greet"),
        ("เขายึดพาสปอร์ตของผม", "th", "passport_withheld"),
        ("chủ giữ hộ chiếu của tôi", "vi", "passport_withheld"),
        ("chu giu ho chieu cua toi", "vi", "passport_withheld"),
        ("ថៅកែមិនបើកប្រាក់ខែ", "km", "wages_withheld"),
    ],
)
def test_plain_sentences_are_understood(trained: Model, text: str, language: str, intent: str) -> None:
    understood = trained.understand(text)
    assert (understood.language, understood.intent, understood.outcome) == (language, intent, Outcome.ANSWER)


@pytest.mark.parametrize(
    "text", ["", " ", "😀", "...", "12345", "안녕하세요 도와주세요", "bonjour je suis perdu dans la rue"]
)
def test_what_holds_nothing_known_is_refused(trained: Model, text: str) -> None:
    understood = trained.understand(text)
    assert (understood.intent, understood.outcome, understood.ranking) == ("", Outcome.REFUSE, ())


@pytest.mark.parametrize(
    "text",
    [
        *(
            "\ud800\udfff",
            "\x00\x07\x1b[2J",
            "ส\ud800วัส\x00ดี",
            "😀👨\u200d👩\u200d👧" * 40,
            "\u200b\ufeff",
            "passport ถูกยึด 护照",
        ),
        *("ឃ" * 1_000_000, "สวัสดี" * 200_000, "giup toi " * 120_000, "\u0301" * 5_000, "/greet", "{}[](country)"),
    ],
)
def test_any_text_is_understood_somehow(trained: Model, text: str) -> None:
    understood = trained.understand(text)
    assert understood.outcome in Outcome
    assert len(understood.normalised) <= LIMIT and 0 <= understood.confidence <= 1


def test_two_languages_in_one_sentence_are_read_together(trained: Model) -> None:
    assert trained.understand("boss ยึด passport ผม ไม่คืน").intent == "passport_withheld"
    assert trained.understand("សួស្តី hello").intent == "greet"


def test_an_understanding_is_ranked_and_adds_up(trained: Model) -> None:
    understood = trained.understand("สวัสดีครับ")
    chances = [chance for _, chance in understood.ranking]
    assert (len(chances), chances) == (3, sorted(chances, reverse=True))
    assert understood.ranking[0] == (understood.intent, understood.confidence)
    assert 0 < sum(chances) <= 1.0001


def test_places_are_told(trained: Model) -> None:
    assert trained.understand("ผมอยู่มาเลเซีย").countries == ("MY",)


def test_the_language_before_decides_where_nothing_tells(trained: Model) -> None:
    assert trained.understand("ok", prior="km").language == "km"
    assert trained.understand("ok").language is None


def test_a_saved_model_understands_the_same(trained: Model, saved: Path) -> None:
    again = Model.load(saved)
    for example in some()[::50]:
        before, after = trained.understand(example.text), again.understand(example.text)
        assert (before.intent, before.language, before.outcome) == (after.intent, after.language, after.outcome)
        assert before.confidence == pytest.approx(after.confidence, abs=0.01)


def test_training_twice_gives_the_same() -> None:
    few = [e for e in some() if e.language == "vi"]
    one, two = (Model.fit(few, use_embedding=False) for _ in range(2))
    for example in few[::10]:
        first, second = one.understand(example.text), two.understand(example.text)
        assert (first.intent, first.outcome) == (second.intent, second.outcome)
        assert first.confidence == pytest.approx(second.confidence, abs=0.001)


def test_nothing_in_a_saved_model_can_run(saved: Path) -> None:
    assert {path.suffix for path in saved.iterdir()} == {".json", ".npz"}
    for path in saved.glob("*.npz"):
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind in "fiu" for name in arrays)


def test_an_answer_takes_a_few_milliseconds(trained: Model) -> None:
    texts = [example.text for example in some()[::10]]
    began = time.perf_counter()
    for text in texts:
        trained.understand(text)
    assert (time.perf_counter() - began) / len(texts) < 0.02


@pytest.mark.parametrize("kind", ["plain", "latin"])
@pytest.mark.parametrize("text", ["สวัสดีครับ", "sawatdee krap", "xin chào"])
def test_a_model_of_one_script_answers_in_any(kind: str, text: str) -> None:
    few = [e for e in some() if e.language == "th" and e.kind == kind]
    understood = Model.fit(few, use_embedding=False).understand(text, prior="th")
    assert understood.outcome in Outcome


def test_training_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    Model.fit([e for e in some() if e.language == "km"])
    assert not recwarn.list


def test_progress_only_grows_and_ends() -> None:
    told: list[float] = []
    few = [e for e in some() if e.language == "km"]
    Model.fit(few, lambda what, share: told.append(share), use_embedding=False)
    assert told[-1] == 1.0 and told == sorted(told) and min(told) >= 0


@pytest.mark.parametrize("examples", [[], [Example("hi", "greet", "en", "plain")]])
def test_too_little_to_learn_from_is_refused(examples: list[Example]) -> None:
    with pytest.raises(BadModel):
        Model.fit(examples, use_embedding=False)


def test_a_model_with_a_part_missing_is_refused(saved: Path) -> None:
    for path in sorted(saved.iterdir()):
        content = path.read_bytes()
        path.unlink()
        with pytest.raises(BadModel):
            Model.load(saved)
        path.write_bytes(content)


def test_a_model_with_a_part_cut_off_is_refused(saved: Path) -> None:
    for path in sorted(saved.iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(BadModel):
            Model.load(saved)
        path.write_bytes(content)


def test_a_model_of_another_version_is_refused(saved: Path) -> None:
    content = json.loads((saved / "model.json").read_text())
    (saved / "model.json").write_text(json.dumps({**content, "version": 0}))
    with pytest.raises(BadModel, match="version 0"):
        Model.load(saved)


def test_a_model_with_parts_of_another_is_refused(saved: Path) -> None:
    one, other = sorted(saved.glob("*.npz"))[:2]
    one.write_bytes(other.read_bytes())
    with pytest.raises(BadModel):
        Model.load(saved)


def test_a_model_that_greets_nobody_fails_the_smoke_test(trained: Model) -> None:
    with pytest.raises(SmokeTestFailed, match="en, my, lo, zh"):
        smoke_test(trained)


@pytest.mark.parametrize("word", ["เครียด", "រឿង", "ကျွန်တော်", "ຮູ້ສຶກ"])
def test_words_keep_their_vowels(word: str) -> None:
    assert "\t" + word in letters(word)


def test_runs_of_letters_do_not_cross_spaces() -> None:
    assert "b c" not in letters("ab cd") and {"ab", "cd", "\tab cd"} <= set(letters("ab cd"))


def test_a_text_of_unknown_features_has_an_empty_vector() -> None:
    columns, values = Weights.fit([["a", "b"], ["a", "b"]]).vector(["x"])
    assert (len(columns), len(values)) == (0, 0)


def test_an_archive_is_read_without_rasa(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    archive = tmp_path_factory.mktemp("archive") / "m.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(saved, arcname="components/train_classifier")
    assert isinstance(load_classifier(archive).understand("สวัสดี"), Understanding)


def test_an_archive_without_a_classifier_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "m.tar.gz", "w:gz") as tar:
        tar.add(HOME / "config.yml", arcname="config.yml")
    with pytest.raises(BadModel, match="no classifier"):
        load_classifier(tmp_path / "m.tar.gz")
    (tmp_path / "n.tar.gz").write_bytes(b"not an archive")
    with pytest.raises(BadModel, match="not an archive"):
        load_classifier(tmp_path / "n.tar.gz")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("nlu: [", "not a training file"),
        ("other: []", "not a training file"),
        ("nlu:\n- intent: greet\n  examples: |\n    - hi", "no metadata kind"),
        ("nlu:\n- intent: greet\n  metadata: {kind: plain}\n  examples: |\n    hi", "start with a dash"),
    ],
)
def test_a_bad_training_file_is_named(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "x.yml").write_text(content)
    with pytest.raises(BadExamples, match=f"x.yml: .*{complaint}"):
        read(tmp_path)
