"""The command line: ``python -m bot run`` for all of it on one machine, or one part, or a task of an administrator."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from bot import bootstrap, content, logs, parts
from bot.adapters.embedded import wait_for
from bot.adapters.vault import new_master, read_master, write_master
from bot.console import accounts
from bot.console.factors import reseal
from bot.core.account import Account, Role
from bot.core.errors import HelplineError
from bot.core.language import LOCALES
from bot.settings import Settings, read
from bot.supervisor import Supervisor, make_keys, newest_model

# Whom `make run` invites to an empty console: one for the desk, one for the accounts, for nobody is both.
FIRST = {
    "First operator (supervisor)": Account("first", "Helper", accounts.LANGUAGES, Role.SUPERVISOR),
    "Administrator of accounts": Account("admin", "Administrator", (), Role.ADMINISTRATOR),
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status. Errors of ours are one line that says what to mend."""
    options = _parser().parse_args(arguments)
    try:
        settings = read(os.environ)
        logs.set_up(options.command, settings.log_level)
        return int(options.run(options, settings) or 0)
    except (HelplineError, ValueError) as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="The helpline.")
    commands = parser.add_subparsers(dest="command", required=True)
    everything = commands.add_parser("run", help="everything on this machine")
    everything.add_argument("--model", type=Path, help="the trained model; without it the newest of make train")
    everything.set_defaults(run=_run)
    for name in parts.PROCESSES:
        commands.add_parser(name, help=f"the {name} alone").set_defaults(run=_part)
    commands.add_parser("health", help="whether both stores answer; for container health checks").set_defaults(
        run=_health
    )
    _operators(commands.add_parser("operators", help="accounts of the console"))
    _keys(commands.add_parser("keys", help="key files"))
    _audit(commands.add_parser("audit", help="the audit of what operators did"))
    texts = commands.add_parser("content", help="texts, translations and numbers")
    content.add_commands(texts)
    texts.set_defaults(run=lambda options, settings: content.run(options, settings, print))
    return parser


def _operators(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True)
    add = tasks.add_parser("add", help="add an account; prints an invite link that works once")
    add.add_argument("name", help="sign-in name")
    add.add_argument("--display", help="first name people are told", default="")
    add.add_argument("--languages", help="spoken languages, by comma: th,vi,km,my,lo,zh,en", default="en")
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.OPERATOR.value)
    add.add_argument("--locale", choices=tuple(LOCALES), default="en", help="language of the console")
    add.add_argument("--capacity", type=int, default=0, help="conversations at once; 0: HELPLINE_CAPACITY")
    add.set_defaults(run=_add_operator)
    tasks.add_parser("list", help="list the accounts").set_defaults(run=_list_operators)
    capacity = tasks.add_parser("capacity", help="say how many conversations an account holds at once")
    capacity.add_argument("name")
    capacity.add_argument("number", type=int, help="0: HELPLINE_CAPACITY")
    capacity.set_defaults(run=_set_capacity)
    for name, run, about in (
        ("disable", _disable_operator, "disable an account, end its sessions, give back what it holds"),
        ("enable", _enable_operator, "let a disabled account sign in again"),
        ("reset", _reset_operator, "void an account's ways to sign in; prints a new invite link"),
    ):
        task = tasks.add_parser(name, help=about)
        task.add_argument("name")
        task.set_defaults(run=run)


def _keys(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True)
    new = tasks.add_parser("new", help="make the key files that are missing in a folder")
    new.add_argument("folder", type=Path)
    new.set_defaults(run=_new_keys)
    rotate = tasks.add_parser("rotate", help="make a new master key and wrap every conversation's key with it")
    rotate.set_defaults(run=_rotate_keys)


def _audit(parser: argparse.ArgumentParser) -> None:
    tasks = parser.add_subparsers(dest="task", required=True)
    check = tasks.add_parser("verify", help="check that no entry of the audit was changed or removed")
    check.add_argument("--head", default="", help="a head noted before (the log has them); must be in the chain")
    check.set_defaults(run=_verify_audit)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    return asyncio.run(_supervise(options, settings))


async def _supervise(options: argparse.Namespace, settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if "HELPLINE_SECURE" not in os.environ and not settings.console_url:
        # Plain http on this machine alone; a browser keeps no Secure cookie there, and a trial needs no second factor.
        os.environ["HELPLINE_SECURE"] = "0"
        os.environ.setdefault("HELPLINE_SECOND_FACTOR", "0")
    supervisor = Supervisor(settings, options.model or newest_model(), dict(os.environ), _say)
    await supervisor.run(stop, lambda ready: asyncio.ensure_future(_welcome(ready, stop)))
    _say("stopped")
    return 0


async def _welcome(settings: Settings, stop: asyncio.Event) -> None:
    """Invite the first two where there is nobody, wait for the assistant, print the addresses."""
    links = await first_links(bootstrap.Product(settings).register)
    await parts.until_up(settings, stop, _say)
    _say(f"Web chat:         http://{settings.web_host}:{settings.web_port}/")
    _say(f"Operator console: {settings.console_address}/")
    for about, link in links:
        _say(f"{about}, to open once: {link}")
    if settings.telegram_token:
        _say("Telegram:         on")
    _say("Ready. Ctrl-C stops it.")


async def first_links(register: accounts.Register) -> list[tuple[str, str]]:
    """Links for a supervisor and an administrator of an empty console, and anew until somebody has used them."""
    everyone = {account.name: account for account in await register.accounts.everyone()}
    links = []
    for about, first in FIRST.items():
        found = everyone.get(first.name)
        if not everyone:
            links.append((about, await register.invite(first)))
        elif found is not None and not found.arrived and not found.disabled:
            links.append((about, await register.reset(first.name)))
    return links


def _part(options: argparse.Namespace, settings: Settings) -> int:
    parts.require(settings)
    asyncio.run(parts.run_process(options.command, settings))
    return 0


def _health(options: argparse.Namespace, settings: Settings) -> int:
    parts.require(settings)
    for url in (settings.redis_url, settings.keyring_url):
        wait_for(url, 5)
    return 0


def _register(settings: Settings) -> accounts.Register:
    parts.require(settings)
    return bootstrap.Product(settings).register


def _add_operator(options: argparse.Namespace, settings: Settings) -> int:
    register = _register(settings)
    languages = tuple(part.strip() for part in options.languages.split(",") if part.strip())
    display = options.display or options.name
    role = Role(options.role)
    account = Account(options.name, display, languages, role, options.locale, capacity=options.capacity)
    link = asyncio.run(register.invite(account))
    print(f"Invite link of {options.name}, works once within {settings.invite_hours} hours: {link}")
    return 0


def _list_operators(options: argparse.Namespace, settings: Settings) -> int:
    for account in asyncio.run(_register(settings).accounts.everyone()):
        state = "disabled" if account.disabled else "active" if account.arrived else "invited"
        print(f"{account.name}\t{account.role.value}\t{state}\t{','.join(account.languages)}")
    return 0


def _set_capacity(options: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(_register(settings).set_capacity(options.name, options.number))
    print(f"{options.name} holds {options.number or settings.capacity or 'any number of'} conversations at once")
    return 0


def _disable_operator(options: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(_register(settings).disable(options.name))
    print(f"{options.name} is disabled and signed out everywhere")
    return 0


def _enable_operator(options: argparse.Namespace, settings: Settings) -> int:
    asyncio.run(_register(settings).enable(options.name))
    print(f"{options.name} can sign in again")
    return 0


def _reset_operator(options: argparse.Namespace, settings: Settings) -> int:
    link = asyncio.run(_register(settings).reset(options.name))
    print(f"{options.name} is signed out everywhere; new link, works once within {settings.invite_hours} hours: {link}")
    return 0


def _new_keys(options: argparse.Namespace, settings: Settings) -> int:
    print(f"made in {options.folder}" if make_keys(options.folder) else f"{options.folder} has all its keys")
    return 0


def _rotate_keys(options: argparse.Namespace, settings: Settings) -> int:
    parts.require(settings)
    path = settings.keys / "data.keys"
    write_master(path, new_master(read_master(path, private=settings.keys_private)))
    count = asyncio.run(_rewrap(bootstrap.Product(settings)))
    print(f"new master key in {path}; {count} conversation keys wrapped again; restart the other parts")
    return 0


async def _rewrap(product: bootstrap.Product) -> int:
    await reseal(product.entrance.accounts, product.entrance.seal)
    return await product.vault.rewrap()


def _verify_audit(options: argparse.Namespace, settings: Settings) -> int:
    parts.require(settings)
    product = bootstrap.Product(settings)
    verdict = asyncio.run(product.trail.verify(product.clock.now(), options.head))
    for flaw in verdict.flaws:
        print(flaw)
    print(f"{verdict.entries} entries, {verdict.unsealed} not chained yet; head {verdict.head or 'none'}")
    print("the chain is broken" if verdict.flaws else "the chain is whole")
    return 1 if verdict.flaws else 0


def _say(text: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
