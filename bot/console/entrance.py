"""What the console is given to know who may come in, and the door and the book of accounts that are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.console.accounts import Passwords, Register
from bot.console.auth import Door
from bot.console.factors import Factors
from bot.console.gates import MINUTE, Gates
from bot.console.passkeys import Passkeys
from bot.console.ports import Accounts, Challenges, Journal, Seal, Sessions, Throttle
from bot.core.ports import Clock
from bot.flow.handoff import Desk

INVITE_FOR = 72 * 60 * MINUTE


@dataclass(frozen=True)
class Entrance:
    """The ports of accounts, and the rules. `address` is where operators find the console, to which passkeys are
    bound; an invite link is good for `invite_for` ms; `second_factor` and `secure` are False on plain-http loopback
    alone; `passwords` may be another cost of hashing than the library's.
    """

    accounts: Accounts
    sessions: Sessions
    challenges: Challenges
    throttle: Throttle
    seal: Seal
    journal: Journal
    address: str
    invite_for: int = INVITE_FOR
    second_factor: bool = True
    secure: bool = True
    passwords: Passwords = field(default_factory=Passwords)

    def door(self, clock: Clock) -> Door:
        """Lets in and sees out."""
        return Door(
            self.accounts,
            self.sessions,
            Gates(self.throttle, clock),
            Factors(self.accounts, self.passwords, self.seal, clock, self.second_factor),
            Passkeys(self.accounts, self.challenges, clock, self.address),
            self.journal,
            clock,
            self.secure,
        )

    def register(self, desk: Desk) -> Register:
        """Invites, changes, disables."""
        return Register(self.accounts, self.sessions, self.journal, desk, self.address, self.invite_for)
