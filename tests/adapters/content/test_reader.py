"""The assistant's tools as processes: the same exam as the memory versions, and what happens when one breaks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.content.reader import LineTool, MemoryReader, MemoryZawgyi, ProcessReader, ProcessZawgyi
from bot.core.content.ports import Reader, Reading, ZawgyiTest
from bot.core.errors import AssistantUnavailable

HOME = Path(__file__).parents[3] / "nlu_data"
ECHO = """
import json, sys, os
for line in sys.stdin:
    text = line.rstrip("\\n")
    if text == "die": os._exit(1)
    if text == "hang":
        import time; time.sleep(3600)
    print(json.dumps({"text": "x" if text == "other" else text, "pid": os.getpid()}), flush=True)
"""


@pytest.fixture(params=["memory", "process"])
def zawgyi(request: pytest.FixtureRequest) -> Iterator[ZawgyiTest]:
    test: ZawgyiTest = MemoryZawgyi() if request.param == "memory" else ProcessZawgyi(HOME)
    yield test
    test.close()


@pytest.mark.parametrize(
    ("text", "found"),
    [("ေက်းဇူးတင္ပါတယ္ခင္ဗ်ာ ေက်းဇူးပါ ဟုတ္", True), ("မင်္ဂလာပါ နေကောင်းလား", False), ("hello", False), ("", False)],
)
def test_zawgyi_is_told(zawgyi: ZawgyiTest, text: str, found: bool) -> None:
    assert zawgyi(text) is found


@pytest.fixture(params=["memory", "process"])
def reader(request: pytest.FixtureRequest) -> Iterator[Reader]:
    known = Reading("สวัสดี", "th", "greet", 0.9, "answer", "", (("greet", 0.9), ("thank", 0.05)))
    test: Reader = MemoryReader({known.text: known}) if request.param == "memory" else ProcessReader(HOME)
    yield test
    test.close()


def test_a_sentence_is_read_with_what_else_it_might_mean(reader: Reader) -> None:
    reading = reader.read("สวัสดี")
    assert (reading.language, reading.intent, reading.outcome, reading.crisis) == ("th", "greet", "answer", "")
    other = reading.other("greet")
    assert reading.ranking[0][0] == "greet" and other is not None and other[0] != "greet"


def test_an_empty_line_is_refused(reader: Reader) -> None:
    assert reader.read("").outcome == "refuse"


@pytest.fixture
def echo() -> Iterator[LineTool]:
    test = LineTool([sys.executable, "-c", ECHO], {}, first=20, each=0.3)
    yield test
    test.close()


def test_one_process_answers_every_line(echo: LineTool) -> None:
    answers = [echo.ask("a\nb"), echo.ask("ສະບາຍດີ"), echo.ask("")]
    assert [answer["text"] for answer in answers] == ["a b", "ສະບາຍດີ", ""]
    assert len({answer["pid"] for answer in answers}) == 1


@pytest.mark.parametrize("word", ["die", "hang", "other"])
def test_a_broken_tool_is_said_and_started_anew(echo: LineTool, word: str) -> None:
    before = echo.ask("a")["pid"]
    with pytest.raises(AssistantUnavailable):
        echo.ask(word)
    assert echo.ask("b")["pid"] != before


def test_a_tool_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(AssistantUnavailable):
        ProcessReader(tmp_path).read("hello")
