"""Recordings of answers: offered only while they say what the answer says; a file that is none is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.adapters.recordings import LARGEST, State, load, survey, write_texts
from bot.core.errors import CatalogError
from bot.core.message import Channel, Deed, Outbound
from bot.i18n import Answer, Book, Rendered

ANSWERS = [
    Answer("utter_wage", "", "Ask here:\n{numbers}"),
    Answer("utter_wage", "TH", "It is {fact_wage} a day.\n\nCall:\n{numbers}"),
]
SOUND = b"OggS" + bytes(100)


def book(wage: str = "THB 400") -> Book:
    return Book({}, ANSWERS, lambda ids, locale: "", {"fact_wage": wage})


def record(folder: Path, name: str, sound: bytes = SOUND, text: str = "") -> Path:
    audio = folder / "km" / "audio"
    audio.mkdir(parents=True, exist_ok=True)
    (audio / f"{name}.ogg").write_bytes(sound)
    if text:
        (audio / f"{name}.txt").write_text(text)
    return audio / f"{name}.ogg"


def states(folder: Path, wage: str = "THB 400") -> list[State]:
    return [found.state for found in survey(folder, "km", book(wage))]


def test_what_is_to_be_read_leaves_out_what_differs_for_each_person() -> None:
    assert book().spoken("km", "utter_wage", "TH") == "It is THB 400 a day.\n\nCall:"


def test_a_recording_is_offered_while_it_says_what_the_answer_says(tmp_path: Path) -> None:
    assert states(tmp_path) == [State.MISSING, State.MISSING]
    path = record(tmp_path, "utter_wage.TH", text="It is THB 400 a day.\n\nCall:\n")
    assert load(tmp_path, book()) == {("km", "utter_wage/TH"): path}
    assert states(tmp_path, wage="THB 450") == [State.MISSING, State.OUTDATED]
    assert load(tmp_path, book("THB 450")) == {}


def test_a_recording_without_its_text_is_not_offered(tmp_path: Path) -> None:
    record(tmp_path, "utter_wage")
    assert load(tmp_path, book()) == {}


def test_the_texts_to_read_are_written_and_an_outdated_recording_goes(tmp_path: Path) -> None:
    path = record(tmp_path, "utter_wage.TH", text="It is THB 300 a day.")
    written = list(write_texts(tmp_path, "km", book()))
    assert [file.name for file in written] == ["utter_wage.txt", "utter_wage.TH.txt"]
    assert not path.exists()
    path.write_bytes(SOUND)
    assert states(tmp_path) == [State.MISSING, State.RECORDED]


@pytest.mark.parametrize(
    ("name", "sound", "why"),
    [("utter_wages", SOUND, "no such answer"), ("utter_wage", b"RIFF" + bytes(9), "no OGG"),
     ("utter_wage", b"OggS" + bytes(LARGEST), "at most")],
)  # fmt: skip
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, name: str, sound: bytes, why: str) -> None:
    path = record(tmp_path, name, sound)
    with pytest.raises(CatalogError, match=why) as refused:
        load(tmp_path, book())
    assert str(path) in str(refused.value)


def test_listening_renders_the_recording_and_fails_clearly_without_it(tmp_path: Path) -> None:
    path = record(tmp_path, "utter_wage", text="Ask here:")
    spoken = book()
    out = Outbound("o", "c", Channel.WEB, 1, "km", deed=Deed.LISTEN, phrase="utter_wage")
    with pytest.raises(CatalogError, match="no recording"):
        spoken.render(out)
    spoken.recordings = load(tmp_path, spoken)
    assert spoken.render(out) == Rendered("", recording=path)
