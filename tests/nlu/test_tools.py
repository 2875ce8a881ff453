"""The command line tools: training that is skipped when nothing changed, and sentences read without a server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from components.fingerprint import newest, remove, write_digest
from helpers import HOME, environment, small_home


# Any: the lines decoded.
def parse(model: Path, *sentences: str) -> list[dict[str, Any]]:
    """What tools/parse.py makes of sentences."""
    command = [sys.executable, str(HOME / "tools" / "parse.py"), "--model", str(model)]
    text = "".join(f"{sentence}\n" for sentence in sentences)
    done = subprocess.run(command, input=text, env=environment(), capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_sentence_has_its_line(model: Path) -> None:
    lines = parse(model, "สวัสดี", "", "😀", "xin chào")
    assert [line["text"] for line in lines] == ["สวัสดี", "", "😀", "xin chào"]
    assert set(lines[0]) == {
        *("text", "normalised", "language", "script", "intent", "confidence", "ranking", "outcome", "crisis", "country")
    }
    assert lines[0]["ranking"][0] == [lines[0]["intent"], lines[0]["confidence"]]


def test_a_sentence_is_understood_as_by_the_server(model: Path) -> None:
    line = parse(model, "/สวัสดี")[0]
    assert (line["normalised"], line["language"], line["intent"], line["outcome"]) == ("สวัสดี", "th", "greet", "answer")


def test_a_crisis_is_seen_in_the_words(model: Path) -> None:
    lines = parse(model, "ฉันอยากตาย", "สวัสดี")
    assert [line["crisis"] for line in lines] == ["suicide", None]


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, str(HOME / "tools" / "parse.py"), "--model", str(tmp_path / "none.tar.gz")]
    done = subprocess.run(command, input="", env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and len(done.stderr.strip().splitlines()) == 1


def test_nothing_is_trained_twice(model: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(HOME / "tools" / "train.py"), "--home", str(small_home(tmp_path))]
    command += ["--out", str(model.parent)]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout == f"{model}\n"
    assert done.stderr == "nothing changed, nothing to train\n"


def test_old_archives_go_with_their_digests(tmp_path: Path) -> None:
    for age in range(5):
        archive = tmp_path / f"{age}.tar.gz"
        archive.write_bytes(b"x")
        write_digest(archive)
        os.utime(archive, (1000 - age, 1000 - age))
    remove(newest(tmp_path)[3:])
    kept = [f"{age}.tar.gz" for age in range(3)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, *(f"{name}.sha256" for name in kept)])


def test_zawgyi_is_told_line_by_line() -> None:
    lines = ["မင်္ဂလာပါ နေကောင်းလား", "ေက်းဇူးတင္ပါတယ္ခင္ဗ်ာ", "", "hello"]
    done = subprocess.run(
        [sys.executable, str(HOME / "tools" / "zawgyi.py")],
        input="".join(f"{line}\n" for line in lines),
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert found == [{"text": line, "zawgyi": line == lines[1]} for line in lines]


@pytest.mark.parametrize("tool", ["train.py", "parse.py", "check_data.py", "zawgyi.py"])
def test_a_tool_explains_itself(tool: str) -> None:
    command = [sys.executable, str(HOME / "tools" / tool), "--help"]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    assert "usage:" in done.stdout
