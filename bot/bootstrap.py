"""The roof: the only file that names concrete adapters. It builds the product from settings, once per process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from zoneinfo import ZoneInfo

import redis.asyncio as redis

from bot import i18n
from bot.adapters import recordings
from bot.adapters.answers import read_answers
from bot.adapters.book import make_book
from bot.adapters.clock import SystemClock
from bot.adapters.content import doors
from bot.adapters.content.drafts import Drafts
from bot.adapters.content.reader import ProcessReader, ProcessZawgyi
from bot.adapters.directory_file import load_directory
from bot.adapters.facts_file import load_facts
from bot.adapters.hours_file import load_hours
from bot.adapters.keys import DAY, HOUR
from bot.adapters.rasa import RasaAssistant
from bot.adapters.redis_accounts import RedisAccounts, RedisChallenges, RedisJournal, RedisSessions, RedisThrottle
from bot.adapters.redis_appointments import RedisAppointments
from bot.adapters.redis_audit import RedisAudit
from bot.adapters.redis_client import connect
from bot.adapters.redis_conversations import RedisConversations
from bot.adapters.redis_drafts import RedisDrafts
from bot.adapters.redis_duty import RedisDuty, RedisKeyring, RedisSignals
from bot.adapters.redis_handoff import RedisHandoff
from bot.adapters.redis_inbox import RedisInbox
from bot.adapters.redis_mailbox import RedisMailbox
from bot.adapters.redis_media import RedisMedia
from bot.adapters.redis_outbox import RedisOutbox
from bot.adapters.redis_statistics import RedisStatistics
from bot.adapters.redis_streams import RedisLeases
from bot.adapters.vault import (
    AccountSeal,
    AddressSeal,
    EnvelopeVault,
    MasterKeys,
    audit_seals,
    conversation_id,
    read_master,
)
from bot.console.accounts import Register
from bot.console.content_ports import ContentDoors
from bot.console.entrance import Entrance
from bot.core.directory import Directory
from bot.core.duty_hours import DutyHours
from bot.core.errors import SettingsError
from bot.core.message import Arg, Channel
from bot.flow.appointments import Keeper
from bot.flow.counting import Counting
from bot.flow.deliver import Deliverer, Pace, Sender
from bot.flow.handoff import Desk
from bot.flow.prospects import Prospects
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "locales"
DOMAIN = ROOT / "nlu_data" / "domain.yml"
DIRECTORY = ROOT / "nlu_data" / "directory.yml"
FACTS = ROOT / "nlu_data" / "facts.yml"


@dataclass
class Product:
    """Everything a process of the product may need, built on first use."""

    settings: Settings

    @cached_property
    def redis(self) -> redis.Redis:
        """Queues and sealed words."""
        return connect(self.settings.redis_url)

    @cached_property
    def vault(self) -> EnvelopeVault:
        """Encryption of words."""
        keyring = RedisKeyring(connect(self.settings.keyring_url), self._kept)
        return EnvelopeVault(self._master("data.keys"), keyring, lambda: self._master("data.keys"))

    @cached_property
    def addresses(self) -> AddressSeal:
        """Encryption of addresses."""
        return AddressSeal(self._master("address.keys"))

    @cached_property
    def clock(self) -> SystemClock:
        """The time."""
        return SystemClock()

    @cached_property
    def inbox(self) -> RedisInbox:
        """What people wrote."""
        return RedisInbox(self.redis, self.vault, self.addresses)

    @cached_property
    def outbox(self) -> RedisOutbox:
        """What shall be said."""
        return RedisOutbox(self.redis, self.vault, self._kept)

    @cached_property
    def conversations(self) -> RedisConversations:
        """Conversations."""
        return RedisConversations(self.redis, self.vault, self.addresses, self._kept)

    @cached_property
    def files(self) -> RedisMedia:
        """Files people sent."""
        return RedisMedia(self.redis, self.vault, self._kept)

    @cached_property
    def drafts(self) -> RedisDrafts:
        """What operators have not sent yet."""
        return RedisDrafts(self.redis, self.vault)

    @cached_property
    def queue(self) -> RedisHandoff:
        """The hand-off queue."""
        return RedisHandoff(self.redis, self.settings.rules)

    @cached_property
    def trail(self) -> RedisAudit:
        """The audit, chained."""
        return RedisAudit(self.redis, audit_seals(self._master("data.keys")), self.settings.audit_days * DAY)

    @cached_property
    def prospects(self) -> Prospects:
        """What a person who waits can be told."""
        file = self.settings.hours_file
        return Prospects(self.queue, load_hours(Path(file)) if file else DutyHours())

    @cached_property
    def duty(self) -> RedisDuty:
        """Who is on duty."""
        return RedisDuty(self.redis)

    @cached_property
    def statistics(self) -> RedisStatistics:
        """Counters for the reports."""
        return RedisStatistics(self.redis, self.settings.statistics_days * DAY)

    @cached_property
    def counting(self) -> Counting:
        """Counts what happens."""
        return Counting(self.statistics, self.clock, ZoneInfo(self.settings.zone))

    @cached_property
    def leases(self) -> RedisLeases:
        """Who leads."""
        return RedisLeases(self.redis)

    @cached_property
    def signals(self) -> RedisSignals:
        """Live pages."""
        return RedisSignals(self.redis)

    @cached_property
    def mailbox(self) -> RedisMailbox:
        """Open web pages."""
        return RedisMailbox(self.redis, self.vault)

    @cached_property
    def appointments(self) -> RedisAppointments:
        """Who asked to be written to later."""
        return RedisAppointments(self.redis)

    @cached_property
    def keeper(self) -> Keeper:
        """Keeps the appointments."""
        return Keeper(self.conversations, self.queue, self.appointments, self.signals, self.clock, self.counting)

    @cached_property
    def entrance(self) -> Entrance:
        """Who may come into the console."""
        settings = self.settings
        return Entrance(
            RedisAccounts(self.redis),
            RedisSessions(self.redis),
            RedisChallenges(self.redis),
            RedisThrottle(self.redis),
            AccountSeal(self._master("data.keys"), lambda: self._master("data.keys")),
            self.journal,
            settings.console_address,
            settings.invite_hours * HOUR,
            settings.second_factor,
            settings.secure,
        )

    @cached_property
    def register(self) -> Register:
        """What happens to accounts."""
        return self.entrance.register(self.desk)

    @cached_property
    def journal(self) -> RedisJournal:
        """The audit of what operators read and administrators do."""
        return RedisJournal(self.redis)

    @cached_property
    def assistant(self) -> RasaAssistant:
        """Understands and answers."""
        settings = self.settings
        return RasaAssistant(settings.assistant_url, settings.assistant_token.reveal(), settings.assistant_timeout)

    @cached_property
    def answers(self) -> list[i18n.Answer]:
        """What the assistant can say."""
        return read_answers(DOMAIN)

    @cached_property
    def book(self) -> i18n.Book:
        """Every phrase in every language."""
        standing = self._standing | load_facts(FACTS)
        book = make_book(i18n.load(LOCALES), self.answers, self.directory, self.clock, standing)
        book.recordings = recordings.load(LOCALES, book)
        return book

    @cached_property
    def directory(self) -> Directory:
        """Whom to call."""
        return load_directory(DIRECTORY)

    @cached_property
    def desk(self) -> Desk:
        """The operators' side."""
        rules, hold = self.settings.rules, round(self.settings.hold * 1000)
        return Desk(
            self.conversations, self.queue, self.outbox, self.duty, self.signals, self.clock, rules, hold, self.counting
        )

    @cached_property
    def content(self) -> ContentDoors:
        """What the content pages ask; its tools start when they are first needed."""
        settings, home = self.settings, ROOT / "nlu_data"
        repository = Path(settings.content).resolve() if settings.content else ROOT
        drafts = Drafts(repository, settings.data / "content" / "drafts", settings.content_branch)
        zawgyi = ProcessZawgyi(home)
        return ContentDoors(
            doors.DraftDoor(drafts, zawgyi),
            doors.SentenceDoor(drafts, zawgyi, ProcessReader(home)),
            doors.TextDoor(drafts, self.clock, self._standing),
            doors.NumberDoor(drafts, self.clock),
        )

    def identify(self, channel: Channel) -> Callable[[str], str]:
        """From a channel's address to the conversation's pseudonym."""
        path = self.settings.keys / "pepper"
        try:
            pepper = path.read_bytes()
        except OSError as exc:
            raise SettingsError(f"{path} can't be read; make it with: python -m bot keys new {path.parent}") from exc
        if len(pepper) < 32:
            raise SettingsError(f"{path} holds {len(pepper)} bytes, it must hold 32; restore it from its backup")
        return partial(conversation_id, pepper, channel.value)

    def deliverer(self, channel: Channel, sender: Sender, pace: Pace) -> Deliverer:
        """The sender's loop of a channel."""
        return Deliverer(
            channel, self.outbox, self.conversations, self.leases, self.signals, sender, self.book, pace, self.clock
        )

    @property
    def _standing(self) -> dict[str, Arg]:
        return {"days": self.settings.retention_days, "hours": self.settings.hours}

    @property
    def _kept(self) -> int:
        return self.settings.retention_days * DAY

    def _master(self, name: str) -> MasterKeys:
        return read_master(self.settings.keys / name, private=self.settings.keys_private)
