"""A whole console over memory, and browsers to walk into it."""

from __future__ import annotations

import gettext
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette

from bot.adapters.memory import MemoryConversations, MemoryOutbox, World
from bot.adapters.memory_accounts import (
    MemoryAccounts,
    MemoryChallenges,
    MemoryJournal,
    MemorySessions,
    MemoryThrottle,
)
from bot.adapters.memory_audit import MemoryAudit
from bot.adapters.memory_desk import MemoryDuty, MemoryHandoff, MemorySignals
from bot.adapters.memory_media import MemoryDrafts, MemoryMedia
from bot.adapters.memory_statistics import MemoryStatistics
from bot.adapters.vault import AccountSeal, audit_seals, new_master
from bot.console.accounts import Passwords, Register
from bot.console.app import create
from bot.console.auth import Door
from bot.console.entrance import Entrance
from bot.console.factors import STEP
from bot.console.reports import Counted
from bot.core.account import Account, Role
from bot.core.chain import Seals
from bot.core.conversation import State
from bot.core.handoff import HandoffRequest, Priority, Reason
from bot.core.message import Author, Channel, Delivery, Gloss, Kind, Line, Outbound
from bot.core.ports import Change
from bot.flow.handoff import Desk
from bot.i18n import Answer, Book
from tests.conftest import NOON, StillClock
from tests.console.writing import content_doors

URL = "https://desk.test"
PASSWORD = "a plain sentence of words"
# The real algorithm at the least cost, for the tests are not what it must slow down.
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
# What every account's app makes its codes of, in a house that demands a second factor.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HERE = {"Sec-Fetch-Site": "same-origin"}
PAPERS = "utter_passport_withheld"
ANSWERS = (Answer(PAPERS, "", "Nobody may keep your papers."), Answer("utter_ask_contract", "", "See {place}."))


class Burmese(gettext.NullTranslations):
    """A catalog that knows two sentences; the console must show English for the others."""

    def pgettext(self, context: str, message: str) -> str:
        """The sentence, or the English."""
        known = {("console", "Sign out"): "ထွက်မည်", ("waiting.kept", ""): ""}
        return known.get((context, message), message)


class Khmer(gettext.NullTranslations):
    """What a person reads."""

    def pgettext(self, context: str, message: str) -> str:
        """The sentence, or the English."""
        return {"waiting.kept": "ខ្ញុំបានរក្សាទុក", PAPERS: "គ្មានអ្នកណាអាចរក្សាឯកសាររបស់អ្នកទេ"}.get(context, message)


def small_book() -> Book:
    """The product's phrases in English, with a few sentences of Burmese and Khmer."""
    return Book({"my": Burmese(), "km": Khmer()}, ANSWERS, lambda ids, locale: ", ".join(ids), {"days": 30})


class OneLine:
    """A directory that names the kinds it was asked for, the country and the language."""

    def pick(self, kinds: Sequence[str], country: str, language: str, now: int, limit: int = 4) -> tuple[str, ...]:
        """One entry a kind."""
        return tuple(f"{kind}-{country}-{language}" for kind in kinds)


@dataclass
class Browser:
    """One browser at the door; `token` is what its pages carry."""

    http: httpx.AsyncClient
    house: House
    name: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Open a page."""
        return await self.http.get(path, headers=headers)

    async def post(self, path: str, htmx: bool = False, **form: str) -> httpx.Response:
        """Send a form as our own page does."""
        token = {"token": await self.token()} if self.name else {}
        if path.endswith(("/reply", "/say", "/draft")):
            token["claim"] = self.claim(path.split("/")[2])
        headers = HERE | ({"HX-Request": "true"} if htmx else {})
        return await self.http.post(path, data=token | form, headers=headers)

    def claim(self, id: str) -> str:
        """What the reply form of a conversation's page carries."""
        found = self.house.world.conversations.get(id)
        return str(found.claim if found else 0)

    async def token(self) -> str:
        """What the forms of this browser's pages carry."""
        found = await self.house.sessions.of(self.name)
        return next((session.token for session in found.values()), "")

    async def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        """Come in."""
        form = {"name": name, "password": password, "code": code}
        response = await self.http.post("/sign-in", data=form, headers=HERE)
        self.name = name if response.status_code == 303 else self.name
        return response


@dataclass
class House:
    """The console with everything behind it. With `strict` it demands a second factor, as by default."""

    stack: AsyncExitStack
    strict: bool = False
    address: str = URL
    world: World = field(default_factory=World)
    accounts: MemoryAccounts = field(default_factory=MemoryAccounts)
    sessions: MemorySessions = field(default_factory=MemorySessions)
    signals: MemorySignals = field(default_factory=MemorySignals)
    throttle: MemoryThrottle = field(default_factory=MemoryThrottle)
    challenges: MemoryChallenges = field(default_factory=MemoryChallenges)
    statistics: MemoryStatistics = field(default_factory=MemoryStatistics)
    seal: AccountSeal = field(default_factory=lambda: AccountSeal(new_master()))
    clock: StillClock = field(default_factory=StillClock)
    seals: Seals = field(default_factory=lambda: audit_seals(new_master()))
    hold: int = 0
    book: Book = field(default_factory=lambda: small_book())
    answers: Sequence[Answer] = ANSWERS
    # Without content the pages of it refuse everything.
    content: Path = Path("/nowhere")
    desk: Desk = field(init=False)
    files: MemoryMedia = field(init=False)
    app: Starlette = field(init=False)

    def __post_init__(self) -> None:
        """Build what hangs together."""
        world = self.world
        self.desk = Desk(
            MemoryConversations(world),
            MemoryHandoff(world),
            MemoryOutbox(world),
            MemoryDuty(),
            self.signals,
            self.clock,
            hold=self.hold,
        )
        self.files = MemoryMedia(world)
        self.build()

    def build(self) -> None:
        """The application over what is there."""
        self.app = create(
            self.desk,
            self.signals,
            self.entrance,
            self.book,
            self.files,
            MemoryDrafts(self.world),
            OneLine(),
            content=content_doors(self.content, self.content.parent / "drafts", self.clock),
            counted=Counted(self.statistics),
            trail=self.trail,
            answers=self.answers,
            hosts=[str(urlsplit(self.address).hostname), "127.0.0.1"],
        )

    @property
    def trail(self) -> MemoryAudit:
        """The audit, chained."""
        return MemoryAudit(self.world, self.seals)

    @property
    def entrance(self) -> Entrance:
        """Who may come in."""
        return Entrance(
            self.accounts, self.sessions, self.challenges, self.throttle, self.seal, MemoryJournal(self.world),
            self.address, second_factor=self.strict, secure=self.address.startswith("https"), passwords=QUICK,
        )  # fmt: skip

    @property
    def door(self) -> Door:
        """The console's door, for what is tried without pages."""
        return self.entrance.door(self.clock)

    @property
    def register(self) -> Register:
        """The command line's book of accounts."""
        return self.entrance.register(self.desk)

    def code(self, later: int = 0) -> str:
        """The code everybody's app shows now, or some steps later."""
        return pyotp.TOTP(SECRET).generate_otp(self.clock.now() // STEP + later)

    def audited(self) -> list[tuple[str, str, str]]:
        """What the audit says of accounts: what, by whom, about whom."""
        return [(entry.what, entry.operator, entry.detail) for entry in self.world.audit if not entry.conversation]

    async def browser(self, address: str = "192.0.2.1") -> Browser:
        """A browser nobody signed in with."""
        transport = httpx.ASGITransport(self.app, client=(address, 1))
        http = await self.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=URL))
        return Browser(http, self)

    async def hire(self, name: str, role: Role = Role.OPERATOR, locale: str = "en") -> None:
        """An account that has chosen its password, and set up codes where they are demanded."""
        account = Account(name, name.title(), ("km",), role, locale, await QUICK.hash(PASSWORD))
        totp = self.seal.seal(name, SECRET) if self.strict else ""
        assert await self.accounts.add(replace(account, totp=totp))

    async def operator(
        self, name: str, role: Role = Role.OPERATOR, locale: str = "en", *, duty: bool = True
    ) -> Browser:
        """A browser an operator signed in with, on duty."""
        await self.hire(name, role, locale)
        browser = await self.browser()
        await browser.sign_in(name, code=self.code() if self.strict else "")
        if duty:
            await browser.post("/duty", on_duty="yes")
        return browser

    async def waits(self, id: str, *lines: Line, priority: Priority = Priority.NORMAL) -> None:
        """A person who reads Khmer waits."""
        numbered = tuple(replace(line, number=number) for number, line in enumerate(lines, 1))
        before = await self.desk.conversations.load(id, Channel.TELEGRAM)
        after = replace(before, state=State.WAITING, chosen="km", lines=len(lines))
        request = HandoffRequest(id, "km", priority, Reason.ASKED, NOON, "TH")
        await self.desk.conversations.commit(Change(before, after, numbered, (), request))

    def outbox(self) -> list[Outbound]:
        """What operators said, as it waits to be sent."""
        return [out for out in self.world.outbox.values() if out.author is Author.OPERATOR]

    def delivered(self, out: Outbound, delivery: Delivery) -> None:
        """Say what became of an outbound."""
        self.world.delivery[out.conversation][out.id] = (delivery, "")


def wrote(words: str, gloss: Gloss | None = None, kind: Kind = Kind.TEXT) -> Line:
    """A line of the person."""
    return Line(0, NOON, Author.PERSON, kind, words, gloss=gloss)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A console nobody has signed in to."""
    async with AsyncExitStack() as stack:
        yield House(stack)


@pytest.fixture
async def strict() -> AsyncIterator[House]:
    """A console that demands a second factor, as it does unless told otherwise."""
    async with AsyncExitStack() as stack:
        yield House(stack, strict=True)
