"""An operator at the console, over HTTP as a browser would; the pages themselves are tried in a browser elsewhere."""

from __future__ import annotations

import html
import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from tests.e2e.product import until
from tests.invitation import codes_on, offered

PASSWORD = "correct horse battery"


class House(Protocol):
    """What an operator needs of a product: its console's address, and an account."""

    opened: ExitStack

    @property
    def console(self) -> str:
        """The console's address."""
        ...

    def invite(self, name: str, languages: str, role: str = "operator") -> str:
        """Add an account; returns the path of its link."""
        ...


@dataclass
class Operator:
    """One signed-in operator, on duty."""

    product: House
    name: str
    client: httpx.Client = field(init=False)
    codes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=self.product.console, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20, trust_env=False
        )
        self.product.opened.callback(self.client.close)

    @classmethod
    def arrives(cls, product: House, name: str, languages: str, role: str = "operator") -> Operator:
        """Add an account, accept the invitation with a password and codes, go on duty."""
        path = product.invite(name, languages, role)
        operator = cls(product, name)
        form = {"display": name, "password": PASSWORD, "again": PASSWORD, "language": languages.split(",")}
        offer = offered(operator.client.get(path).text, time.time())
        operator.codes = codes_on(operator.client.post(path, data=form | offer).text)
        assert len(operator.codes) == 10, "the invitation was not accepted"
        operator.go_on_duty()
        return operator

    def signs_in_again(self) -> None:
        """After the console was away; a recovery code needs no waiting for the next half minute."""
        self.client.cookies.clear()
        form = {"name": self.name, "password": PASSWORD, "code": self.codes.pop()}
        assert self.client.post("/sign-in", data=form).status_code == 303
        self.go_on_duty()

    def go_on_duty(self) -> None:
        """Be present."""
        answer = self.post("/duty", on_duty="yes")
        assert answer.status_code == 303, answer.status_code

    def token(self) -> str:
        """What each POST must carry."""
        found = re.search(r'name="token"\s+value="([^"]+)"', self.client.get("/account").text)
        assert found is not None, "the page has no token"
        return found[1]

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Post a form."""
        return self.client.post(path, data={**fields, "token": self.token()})

    def act(self, conversation: str, action: str, **fields: str) -> httpx.Response:
        """Do something with a conversation; it must succeed."""
        if action in ("reply", "say"):
            fields |= {"claim": self.claim(conversation)}
        answer = self.post(f"/conversations/{conversation}/{action}", **fields)
        assert answer.status_code == 303, (action, answer.status_code)
        return answer

    def claim(self, conversation: str) -> str:
        """What binds words to the claim they are written under, as the page has it."""
        found = re.search(r'name="claim"\s+value="([^"]+)"', self.client.get(f"/conversations/{conversation}").text)
        assert found is not None, "the page has no claim"
        return found[1]

    def page(self, conversation: str) -> str:
        """What the operator reads on a conversation's page, as plain text."""
        answer = self.client.get(f"/conversations/{conversation}")
        assert answer.status_code == 200, answer.status_code
        return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))

    def waiting(self) -> list[str]:
        """The conversations on the board, first to be taken first."""
        return list(dict.fromkeys(re.findall(r"/conversations/([0-9a-f]{32})", self.client.get("/queue").text)))

    def sees_waiting(self, conversation: str, within: float = 20) -> bool:
        """Wait until it is on the board."""
        return until(lambda: conversation in self.waiting(), within)
