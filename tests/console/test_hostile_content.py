"""What a person controls stays text, and a file is shown to nobody who may not see its conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.account import Role
from bot.core.media import Keeping, Kept, sniff
from bot.core.message import Author, Channel, Gloss, Kind, Line, Media
from bot.flow.media import Fetcher
from tests.conftest import NOON, memory_ports
from tests.console.conftest import Browser, House, wrote

WHERE = "/conversations/c1"
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "</textarea><script>alert(1)</script>",
    '" hx-get="/sign-out" hx-trigger="load" x="',
    "\u202eexe.gpj",
)
JPEG = b"\xff\xd8\xff" + bytes(600)
PHOTO = Media("ref", "image/jpeg", 603)


async def held(house: House, *lines: Line) -> Browser:
    """Dara, who holds c1."""
    await house.waits("c1", *lines)
    browser = await house.operator("dara")
    await browser.post(f"{WHERE}/claim")
    return browser


async def kept(house: House, media: Media = PHOTO, data: bytes = JPEG, conversation: str = "c1") -> str:
    """Keep a file as the fetcher does; returns its address."""
    await house.files.want(conversation, media)
    for wanted in await house.files.take("f", 0):
        await house.files.keep(wanted, sniff(data), data)
    return f"/conversations/{conversation}/media/{media.key}"


def sent(kind: Kind = Kind.PHOTO, media: Media = PHOTO, caption: str = "") -> Line:
    return replace(wrote(caption, kind=kind), media=media)


def every_field(attack: str) -> tuple[Line, ...]:
    """Lines that carry an attack in everything a person controls."""
    said = Line(0, NOON, Author.ASSISTANT, phrase="operator.joined", args={"name": attack}, locale="km")
    return (
        wrote(attack),
        replace(wrote(attack, kind=Kind.EDITED), message="m1"),
        replace(wrote(f"{attack} again", kind=Kind.EDITED), message="m1"),
        wrote(f"start {attack}", kind=Kind.COMMAND),
        wrote(attack, kind=Kind.BUTTON),
        wrote(f"intent:inform_country:{attack}", kind=Kind.BUTTON),
        wrote("x", Gloss(attack, 0.5, attack, attack)),
        sent(Kind.DOCUMENT, Media("d", attack, 5, name=attack), attack),
        sent(Kind.LOCATION, Media(latitude=1.0, longitude=2.0, name=attack)),
        sent(Kind.PHOTO, Media("p", attack, 5, name=attack), attack),
        said,
    )


@pytest.mark.parametrize("attack", ATTACKS)
async def test_nothing_a_person_controls_becomes_markup(house: House, attack: str) -> None:
    browser = await held(house, *every_field(attack))
    await kept(house, Media("d", attack, 5, name=attack), b"hello")
    await kept(house, Media("p", attack, 5, name=attack), JPEG)
    for path in (WHERE, f"{WHERE}/lines", "/", f"{WHERE}/phrases"):
        text = (await browser.get(path)).text
        for markup in ("<script>alert", "<svg onload", "<img src=x", 'hx-get="/sign-out"', "onfocus=alert(1) x='"):
            assert markup not in text, path
        assert 'href="javascript' not in text
        if "{{" in attack and path == WHERE:
            assert "{{ 7*7 }}" in text


async def test_a_sign_with_an_unknown_name_is_shown_as_text(house: House) -> None:
    browser = await held(house)
    request = house.world.handoffs["c1"]
    house.world.handoffs["c1"] = replace(request, indicators=("<script>alert(1)</script>",))
    text = (await browser.get(WHERE)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text


async def test_a_kept_picture_is_served_as_what_it_is(house: House) -> None:
    browser = await held(house, sent())
    address = await kept(house)
    assert f'<img src="{address}"' in (await browser.get(WHERE)).text
    response = await browser.get(address)
    assert (response.content, response.headers["content-type"]) == (JPEG, "image/jpeg")
    assert response.headers["content-disposition"].startswith('inline; filename="C1-')
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "data",
    [
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\n\n<html>",
        b"MZ\x90\0",
        b"%PDF-1.7 <script>",
    ],
)
async def test_what_could_run_is_only_ever_downloaded(house: House, data: bytes) -> None:
    media = Media("d", "text/html", len(data), name="a.html")
    browser = await held(house, sent(Kind.DOCUMENT, media))
    address = await kept(house, media, data)
    response = await browser.get(address)
    assert response.headers["content-disposition"].startswith("attachment; ")
    assert response.headers["content-type"] in ("application/octet-stream", "application/pdf")
    assert "a.html" not in response.headers["content-disposition"]
    assert f'src="{address}"' not in (await browser.get(WHERE)).text


async def test_a_recording_can_be_played_from_the_middle(house: House) -> None:
    sound = b"OggS" + bytes(96)
    browser = await held(house, sent(Kind.VOICE))
    address = await kept(house, data=sound)
    assert (
        f'<audio id="media-1" hx-preserve="true" controls preload="none" src="{address}"'
        in (await browser.get(WHERE)).text
    )
    part = await browser.get(address, Range="bytes=2-5")
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, sound[2:6], "bytes 2-5/100")
    assert (await browser.get(address, Range="bytes=90-")).content == sound[90:]
    assert (await browser.get(address, Range="bytes=100-")).status_code == 416
    for odd in ("bytes=-5", "bytes=0-1,4-5", "items=1", "bytes=a-b", f"bytes={'9' * 5000}-"):
        assert (await browser.get(address, Range=odd)).status_code in (200, 416)


@pytest.mark.parametrize(
    "key",
    [
        "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%2e%2e%2f%2e%2e%2fkeys", "%00", "ref",
        "refused", "*", "x" * 5000, "c2%2f" + PHOTO.key, "😭",
    ],
)  # fmt: skip
async def test_no_path_leads_out_of_the_kept_files(house: House, key: str) -> None:
    browser = await held(house, sent())
    await kept(house)
    response = await browser.get(f"{WHERE}/media/{key}")
    assert response.status_code == 404
    assert "root:" not in response.text


async def test_a_file_of_another_conversation_is_not_found_by_its_key(house: House) -> None:
    await house.waits("c2", sent())
    await kept(house, conversation="c2")
    browser = await held(house)
    assert (await browser.get(f"{WHERE}/media/{PHOTO.key}")).status_code == 404


async def test_who_may_not_open_the_conversation_gets_no_file(house: House) -> None:
    await held(house, sent())
    address = await kept(house)
    bopha = await house.operator("bopha")
    for path in (address, f"{address}?download=1"):
        response = await bopha.get(path)
        assert (response.status_code, JPEG in response.content) == (403, False)
    stranger = await house.browser()
    response = await stranger.get(address)
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
    content = await house.operator("sophal", Role.CONTENT)
    assert (await content.get(address)).status_code == 403


async def test_a_supervisors_look_at_a_file_is_in_the_audit(house: House) -> None:
    await held(house, sent())
    address = await kept(house)
    boss = await house.operator("boss", Role.SUPERVISOR)
    assert (await boss.get(address)).content == JPEG
    newest = (await house.desk.queue.audit())[0]
    assert (newest.what, newest.conversation, newest.operator) == ("read", "c1", "boss")


async def test_an_erased_file_is_gone(house: House) -> None:
    browser = await held(house, sent())
    address = await kept(house)
    found = await house.desk.conversations.load("c1", Channel.TELEGRAM)
    await house.desk.conversations.erase(found, ())
    assert (await browser.get(address)).status_code in (403, 404)
    assert house.world.files == {}


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (Keeping.WAITING, "Being fetched"),
        (Keeping.GONE, "Not available"),
        (Keeping.TOO_LARGE, "the file is too large"),
        (Keeping.FULL, "there are too many files"),
    ],
)
async def test_a_file_that_is_not_there_is_said_so(house: House, state: Keeping, shown: str) -> None:
    browser = await held(house, sent())
    house.world.media["c1"] = {PHOTO.key: Kept(state)}
    text = (await browser.get(WHERE)).text
    assert shown in text
    assert f"/media/{PHOTO.key}" not in text


async def test_thousands_of_files_are_capped_and_counted(house: House) -> None:
    browser = await held(house, *(sent(media=Media(f"f{n}")) for n in range(100)))
    for number in range(2000):
        await house.files.want("c1", Media(f"f{number}"))
    assert len(house.world.media["c1"]) == 60
    assert "1940 more files were not kept" in (await browser.get(WHERE)).text


async def test_an_oversized_file_never_reaches_the_store() -> None:
    class Endless:
        async def fetch(self, ref: str, most: int) -> bytes:
            raise AssertionError("asked for")

    ports = memory_ports()
    await ports.files.want("c1", Media("big", size=2**40))
    fetcher = Fetcher(ports.files, ports.leases, ports.signals, Endless())
    await fetcher.fetch((await ports.files.take("f", 0))[0])
    assert (await ports.files.index("c1")).of(Media("big").key).state is Keeping.TOO_LARGE


async def test_a_body_too_large_is_refused_and_kept_nowhere(house: House) -> None:
    browser = await held(house)
    response = await browser.post(f"{WHERE}/draft", field="reply", words="x" * 200_000)
    assert response.status_code == 413
    assert house.world.drafts.get("c1", {}) == {}
