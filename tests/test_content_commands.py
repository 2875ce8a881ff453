"""The command line of content staff, over a copy of the product's own content in a bare repository."""

from __future__ import annotations

import argparse
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot import content
from bot.adapters.content.git import Git
from bot.core.errors import ContentError
from bot.settings import Settings
from tests.test_command_line import ROOT, bot

Run = Callable[..., str]
PARTS = ("bot/core", "bot/console", "nlu_data/nlu", "nlu_data/domain.yml", "nlu_data/directory.yml",
         "nlu_data/facts.yml", "locales", "docs/review")  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository with the shipped content."""
    folder = tmp_path_factory.mktemp("content") / "work"
    for name in PARTS:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "-r", ROOT / name, folder / name], check=True)
    git = Git(folder)
    git.run("init", "--quiet", "--initial-branch=main")
    git.run("add", "--all")
    git.run("commit", "--quiet", "--message=Content")
    git.run("clone", "--quiet", "--bare", ".", "../content.git")
    return folder.parent / "content.git"


def said(settings: Settings, *words: str, status: int = 0) -> str:
    """What a command says, as main() would run it."""
    parser = argparse.ArgumentParser()
    content.add_commands(parser)
    lines: list[str] = []
    assert content.run(parser.parse_args(words), settings, lines.append) == status, lines
    return "\n".join(lines)


@pytest.fixture
def run(source: Path, tmp_path: Path) -> Run:
    """Runs a content command over a copy of the repository."""
    subprocess.run(["cp", "-r", source, tmp_path / "content.git"], check=True)
    return partial(said, Settings(content=str(tmp_path / "content.git"), data=tmp_path / "data"))


def test_lao_sentences_a_burmese_answer_and_a_number_in_one_draft(run: Run, tmp_path: Path) -> None:
    draft = ("--draft", "first", "--author", "noy")
    run("draft", "open", "first", "--author", "noy")
    run("add", "lo", "thank", "plain", "ຂອບໃຈເດີທີ່ຕອບຂ້ອຍໄວແທ້", "ຂອບໃຈທີ່ຢູ່ເປັນໝູ່ຂ້ອຍເດິກໆແບບນີ້", *draft)
    run("translate", "my", "utter_goodbye", "ဂရုစိုက်ပါ။ ဘယ်အချိန်မဆို ပြန်ရေးနိုင်ပါတယ်။", *draft)
    run("approve", "my", "utter_goodbye", "--reviewer", "Mya", *draft)
    run("checked", "th-police", "--source", "TH7", *draft)
    shown = run("draft", "show", "first")
    assert "lo thank plain" in shown and "+ # reviewed: Mya, " in shown and "checked: " in shown
    assert "first: noy" in run("draft", "list")
    live = Git(tmp_path / "content.git").file("main", "nlu_data/nlu/lo/conversation.yml") or ""
    assert live and "ເດິກໆແບບນີ້" not in live


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("add", "lo", "thank", "plain", "ໂທ 020 5555 1234"), "personal data"),
        (("translate", "km", "utter_goodbye", "1300"), "digits"),
        (("entry", "th-police", "country=UK"), "UK"),
        (("entry", "th-police", "country"), "field=value"),
        (("edit", "nlu_data/nlu/lo/none.yml:1", "x"), "no sentence"),
        (("read-sheet", "km", "/no/such/file"), "can't be read"),
    ],
)
def test_what_may_not_be_is_refused_and_changes_nothing(run: Run, words: tuple[str, ...], why: str) -> None:
    run("draft", "open", "first")
    with pytest.raises(ContentError, match=why):
        run(*words, "--draft", "first")
    assert run("draft", "show", "first") == ""


def test_a_draft_that_does_not_pass_the_checks_is_not_taken_in(run: Run, tmp_path: Path) -> None:
    run("draft", "open", "first")
    place = run("sentences", "lo", "thank", "--draft", "first").partition("  ")[0]
    run("remove", place, "--draft", "first")
    tree = tmp_path / "data" / "content" / "drafts" / "first"
    (tree / "nlu_data" / "facts.yml").write_text("facts: [")
    Git(tree).run("commit", "--quiet", "--all", "--message=Break the facts")
    done = run("draft", "merge", "first", status=1)
    assert "nlu_data/facts.yml" in done and "taken in" not in done
    assert "first: " in run("draft", "list")


def test_a_sheet_of_sentences_goes_out_and_comes_back(run: Run, tmp_path: Path) -> None:
    run("draft", "open", "first")
    for name in ("lo.csv", "lo.xlsx"):
        run("sentence-sheet", str(tmp_path / name), "--language", "lo", "--draft", "first")
        done = run("read-sentence-sheet", str(tmp_path / name), "--draft", "first")
        assert done == "0 added, 0 changed, 0 deleted"
    run("sheet", "km", str(tmp_path / "km.xlsx"), "--draft", "first")
    assert "0 translations changed, 0 reviewed" in run("read-sheet", "km", str(tmp_path / "km.xlsx"))


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("grid",), "wages_withheld"),
        (("sentences", "my", "greet"), "မင်္ဂလာပါ"),
        (("answer", "utter_goodbye"), "zh_Hant: "),
        (("reviews",), "to review"),
        (("since-review", "km"), ""),
        (("preview", "utter_ask_minimum_wage/TH", "km"), "THB"),
        (("overdue", "--within", "3650"), "th-police"),
        (("entry", "th-police"), "country: TH"),
    ],
)
def test_what_there_is_is_shown(words: tuple[str, ...], shown: str) -> None:
    assert shown in said(Settings(), *words)


def test_a_sentence_is_tried_on_the_live_model() -> None:
    done = said(Settings(), "try", "en", "wages_withheld", "plain", "my boss has not paid me for three months now")
    assert "the live model reads: answer wages_withheld" in done
    assert "most alike in another intent" in done


def test_a_refusal_is_one_line() -> None:
    done = bot("content", "entry", "nowhere")
    assert done.returncode == 2 and done.stderr.splitlines()[-1].startswith("error: ")
