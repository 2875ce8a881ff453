"""Reads the desk's hours by language (HELPLINE_HOURS_FILE); docs/deployment.md shows one."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.checked_file import read_lines
from bot.core.duty_hours import DutyHours, parse_duty_hours


def load_hours(path: Path) -> DutyHours:
    """Load the hours; raises ContentError naming file and line."""
    data, lines = read_lines(path)
    return parse_duty_hours(data, lines.of)
