"""How the trained assistant reads a sentence, and whether it is Zawgyi: its own tools as long-lived processes.

They run on the assistant's Python; a line goes in, a JSON line comes out.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.content.ports import Reading
from bot.core.errors import AssistantUnavailable

# Seconds for the first line, which waits for the model, and for each other.
FIRST, EACH = 90.0, 10.0
LONGEST_LINE = 4096


@dataclass
class LineTool:
    """A process that answers each line with a JSON line; started at the first call, and again after it broke."""

    command: Sequence[str]
    environment: Mapping[str, str]
    first: float = FIRST
    each: float = EACH
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _rest: bytes = field(default=b"", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, text: str) -> dict[str, object]:
        """The answer to a text, whose line breaks count as spaces; raises AssistantUnavailable."""
        line = " ".join(text.split())[:LONGEST_LINE]
        with self._lock:
            fresh = self._process is None
            try:
                return self._answer(line, self.first if fresh else self.each)
            except (OSError, ValueError, TimeoutError) as exc:
                self._stop()
                raise AssistantUnavailable(f"tool_{type(exc).__name__.lower()}") from exc

    def close(self) -> None:
        """Stop the process."""
        with self._lock:
            self._stop()

    def _answer(self, line: str, seconds: float) -> dict[str, object]:
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes")
        process.stdin.write(line.encode("utf-8", "replace") + b"\n")
        process.stdin.flush()
        found = json.loads(self._line(process.stdout.fileno(), time.monotonic() + seconds))
        if not isinstance(found, dict) or found.get("text") != line:
            raise ValueError("an answer to something else")
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._rest = b""
            self._process = subprocess.Popen(  # noqa: S603  our own tool, by a fixed path
                list(self.command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=dict(self.environment),
            )  # fmt: skip
        return self._process

    def _line(self, handle: int, until: float) -> bytes:
        """The next line of the process."""
        with selectors.DefaultSelector() as waiting:
            waiting.register(handle, selectors.EVENT_READ)
            while b"\n" not in self._rest:
                if not waiting.select(max(0.0, until - time.monotonic())):
                    raise TimeoutError
                block = os.read(handle, 65536)
                if not block:
                    raise OSError("it ended")
                self._rest += block
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()


def tool(home: Path, name: str, *arguments: str) -> LineTool:
    """One of the assistant's tools; `home` is the product's own folder nlu_data, never that of a draft."""
    command = [str(home / ".venv" / "bin" / "python"), str(home / "tools" / name), *arguments]
    environment = {
        "PATH": os.defpath, "PYTHONPATH": f"{home}:{home.parent}", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8",
        "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    return LineTool(command, environment)


class ProcessReader:
    """A Reader over tools/parse.py, with the newest model or the one named."""

    def __init__(self, home: Path, model: Path | None = None) -> None:
        self._tool = tool(home, "parse.py", *(("--model", str(model)) if model else ()))

    def read(self, text: str) -> Reading:
        """How the model reads a sentence."""
        found = self._tool.ask(text)
        try:
            return _reading(text, found)
        except (KeyError, TypeError, ValueError) as exc:
            raise AssistantUnavailable("tool_malformed") from exc

    def close(self) -> None:
        """Stop the process."""
        self._tool.close()


def _reading(text: str, found: dict[str, object]) -> Reading:
    ranking = found["ranking"]
    if not isinstance(ranking, list):
        raise TypeError("ranking")
    return Reading(
        text=text,
        language=str(found["language"] or ""),
        intent=str(found["intent"]),
        confidence=float(str(found["confidence"])),
        outcome=str(found["outcome"]),
        crisis=str(found["crisis"] or ""),
        ranking=tuple((str(intent), float(share)) for intent, share in ranking),
    )


class ProcessZawgyi:
    """A ZawgyiTest over tools/zawgyi.py."""

    def __init__(self, home: Path) -> None:
        self._tool = tool(home, "zawgyi.py")

    def __call__(self, text: str) -> bool:
        """Whether a text is Zawgyi; what has no Myanmar letters is not, and asks nobody."""
        if not any("\u1000" <= char <= "\u109f" for char in text):
            return False
        return self._tool.ask(text).get("zawgyi") is True

    def close(self) -> None:
        """Stop the process."""
        self._tool.close()


@dataclass
class MemoryReader:
    """A Reader that knows what it was told, and refuses everything else."""

    readings: Mapping[str, Reading] = field(default_factory=dict)
    down: bool = False

    def read(self, text: str) -> Reading:
        """The reading it was told."""
        if self.down:
            raise AssistantUnavailable("tool_down")
        return self.readings.get(text, Reading(text, "", "", 0.0, "refuse"))

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryZawgyi:
    """A ZawgyiTest by the commonest sign alone: an asat of that font, which Unicode keeps for stacked letters."""

    def __call__(self, text: str) -> bool:
        """Whether an old asat ends the text or a word."""
        return any(word.endswith("\u1039") for word in text.split())

    def close(self) -> None:
        """Nothing to let go of."""
