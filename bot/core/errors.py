"""Everything that can go wrong, in our own words; adapters translate foreign errors into these.

HelplineError
├── SettingsError          a setting is missing or wrong; names it and says what to do
├── CatalogError           a translation catalog is missing, uncompiled or broken
├── ContentError           a content file breaks its rules; names file and line
│   └── SheetError         a sheet can't be taken in; names sheet, row and column (core/content/sheets)
├── StoreUnavailable       Redis does not answer; the caller must not acknowledge anything
├── Conflict               somebody else changed the conversation first; load again and decide again
│   └── Reserved           it waits for the operator the person knows, for some minutes
├── Full                   the operator holds as many conversations as they can
├── NotYours               the operator does not hold this conversation
│   └── Stale              they do again, but wrote on a page of an earlier claim
├── KeyErased              the words were erased with their key; they cannot come back
├── WireError              a stored record is malformed or of an unknown version
├── AssistantUnavailable   the assistant is down, slow or answered nonsense
└── DeliveryError
    ├── Refused            the channel will never take this message (too long, chat gone)
    │   └── TooLarge       a file is larger than what is kept
    ├── BlockedByPerson    the person blocked the assistant
    ├── Throttled          the channel asks to wait; carries seconds
    ├── Uncertain          the call may or may not have taken effect
    └── ChannelDown        the channel could not be reached or has a fault; try again
"""

from __future__ import annotations


class HelplineError(Exception):
    """Root of all errors of the product."""


class SettingsError(HelplineError):
    """A setting is missing or wrong; the text names it and says what to do."""


class CatalogError(HelplineError):
    """A translation catalog is missing, uncompiled or broken."""


class ContentError(HelplineError):
    """A content file breaks its rules; the text names file and line."""


class StoreUnavailable(HelplineError):
    """The store does not answer; nothing may be acknowledged."""


class Quiet(HelplineError):
    """The person was written to with first words of their choosing; nothing else is said before they answer."""


class Conflict(HelplineError):
    """The conversation changed in between; load it again and decide again."""


class Reserved(Conflict):
    """It waits for the operator the person knows, for some minutes."""


class Full(HelplineError):
    """The operator holds as many conversations as they can."""


class NotYours(HelplineError):
    """The operator does not hold this conversation."""


class Stale(NotYours):
    """What was written belongs to an earlier claim of this conversation."""


class KeyErased(HelplineError):
    """The key of this record was erased, and the words with it."""


class WireError(HelplineError):
    """A stored record is malformed or of an unknown version."""


class AssistantUnavailable(HelplineError):
    """The assistant is down, slow, or broke its contract; `code` is safe to log."""

    def __init__(self, code: str) -> None:
        super().__init__(f"assistant unavailable: {code}")
        self.code = code


class DeliveryError(HelplineError):
    """A message could not be delivered."""


class Refused(DeliveryError):
    """The channel will never take this message."""


class TooLarge(Refused):
    """A file is larger than what is kept."""


class BlockedByPerson(DeliveryError):
    """The person blocked the assistant or left."""


class Throttled(DeliveryError):
    """The channel asks to wait `seconds` before the next call to this conversation."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Uncertain(DeliveryError):
    """The call may or may not have taken effect; only a human can tell."""


class ChannelDown(DeliveryError):
    """The channel could not be reached or has a fault; the call may be made again.

    `doubtful` says that this one may have taken effect all the same.
    """

    def __init__(self, why: str = "", *, doubtful: bool = False) -> None:
        super().__init__(why)
        self.doubtful = doubtful
