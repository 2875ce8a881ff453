"""The processes of the product: what each one runs until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import structlog
import uvicorn
from starlette.applications import Starlette
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.bootstrap import Product
from bot.channels.telegram.files import TelegramFiles
from bot.channels.telegram.inbound import ALLOWED
from bot.channels.telegram.intake import Intake, Poller, webhook
from bot.channels.telegram.sender import TelegramSender, introduce
from bot.channels.web import app as web
from bot.channels.web.outbound import WebSender
from bot.channels.web.stream import Streams
from bot.console import app as console
from bot.console.reports import Counted
from bot.core import safety
from bot.core.errors import HelplineError, SettingsError
from bot.core.message import Channel
from bot.flow.answer import Answerer
from bot.flow.deliver import Pace
from bot.flow.janitor import Janitor
from bot.flow.media import Fetcher
from bot.flow.receive import Receiver, Writer
from bot.flow.typing import Typing
from bot.i18n import Book
from bot.settings import Settings, variable_of

log = structlog.get_logger(__name__)

STOP_WITHIN = 12.0  # seconds a part has to finish what it began

# Telegram's published limits, with a little room: one message a second to a chat, thirty a second in all
# (Bots FAQ, "My bot is hitting limits").
TELEGRAM_EACH, TELEGRAM_OVERALL = 1.05, 28.0
TYPING_LEAD = 10_000  # how long one process shows that operators write, without renewing, ms


async def run_worker(product: Product, stop: asyncio.Event) -> None:
    """Take what people wrote; return what lost operators held."""
    settings = product.settings
    assistant = product.assistant
    rules = settings.rules
    answerer = Answerer(
        assistant, product.duty, product.vault, product.clock, safety.find, product.prospects, rules.reopen
    )
    writer = Writer(
        product.conversations, product.directory, product.clock, product.book, product.appointments, rules.reserve
    )
    janitor = Janitor(product.desk, product.trail, product.keeper)
    receiver = Receiver(
        product.inbox, product.conversations, answerer, writer, product.signals, product.files, product.counting
    )
    log.info("worker_ready", name=settings.worker)
    try:
        await asyncio.gather(receiver.run(f"worker-{settings.worker}", stop), janitor.run(stop))
    finally:
        await assistant.close()


async def run_telegram(product: Product, stop: asyncio.Event) -> None:
    """Take updates in and send messages out."""
    settings = product.settings
    if not settings.telegram_token:
        raise SettingsError(f"{variable_of('telegram_token')} is not set; get a token from @BotFather")
    name = f"telegram-{settings.worker}"
    request = partial(
        HTTPXRequest, connect_timeout=5, read_timeout=15, pool_timeout=5, httpx_kwargs={"trust_env": False}
    )
    base = settings.telegram_api.rstrip("/")
    bot = Bot(
        settings.telegram_token.reveal(),
        base_url=f"{base}/bot",
        base_file_url=f"{base}/file/bot",
        request=request(connection_pool_size=64),
        get_updates_request=request(connection_pool_size=4),
    )
    await _until_ready(bot, stop)
    intake = Intake(bot, product.inbox, product.identify(Channel.TELEGRAM))
    sender = TelegramSender(bot)
    deliverer = product.deliverer(Channel.TELEGRAM, sender, Pace(TELEGRAM_EACH, TELEGRAM_OVERALL))
    try:
        await _introduce(bot, product.book)
        await asyncio.gather(
            _take_updates(product, bot, intake, name, stop),
            deliverer.run(name, stop),
            _fetch_files(product, bot, name, stop),
            _show_typing(product, sender, name, stop),
        )
    finally:
        with contextlib.suppress(TelegramError):
            await bot.shutdown()


async def _fetch_files(product: Product, bot: Bot, name: str, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(30, connect=5)) as client:
        fetcher = Fetcher(product.files, product.leases, product.signals, TelegramFiles(bot, client))
        await fetcher.run(name, stop)


async def _show_typing(product: Product, sender: TelegramSender, name: str, stop: asyncio.Event) -> None:
    async def show(conversation: str) -> None:
        # One process shows it, as one sends.
        if await product.leases.hold("typing:telegram", name, TYPING_LEAD):
            await sender.typing(await product.conversations.address(conversation))

    await Typing(Channel.TELEGRAM, product.signals, product.conversations, product.clock, show).run(stop)


async def _until_ready(bot: Bot, stop: asyncio.Event) -> None:
    """Wait for Telegram; a refused token stops the start, a network that is down does not."""
    while not stop.is_set():
        try:
            await bot.initialize()
            log.info("telegram_ready")
            return
        except TelegramError as exc:
            if "token" in exc.message.lower() or "unauthorized" in exc.message.lower():
                raise SettingsError(
                    "TELEGRAM_BOT_TOKEN is refused by Telegram; ask @BotFather for the right one"
                ) from exc
            log.warning("telegram_unreachable", error=type(exc).__name__)
            await asyncio.sleep(2)


async def _introduce(bot: Bot, book: Book) -> None:
    """Show the commands; a failure costs the menu, not the service."""
    try:
        await introduce(bot, book)
    except HelplineError as exc:
        log.warning("commands_not_shown", error=type(exc).__name__)


async def _take_updates(product: Product, bot: Bot, intake: Intake, name: str, stop: asyncio.Event) -> None:
    settings = product.settings
    if settings.webhook_url:
        secret = settings.webhook_secret.reveal()
        await bot.set_webhook(settings.webhook_url, secret_token=secret, allowed_updates=list(ALLOWED))
        await serve(webhook(intake, secret), settings.webhook_host, settings.webhook_port, stop, settings.proxies)
        return
    await bot.delete_webhook(drop_pending_updates=False)
    await Poller(bot, intake, product.leases).run(name, stop)


async def run_web(product: Product, stop: asyncio.Event) -> None:
    """Serve the web chat and deliver to it."""
    settings = product.settings
    identify = product.identify(Channel.WEB)
    streams = Streams(product.mailbox, stop)
    app = web.create(
        product.inbox,
        product.mailbox,
        product.book,
        product.clock,
        identify,
        name=settings.name,
        exit_url=settings.exit_url,
        retention_days=settings.retention_days,
        secure=settings.secure,
        hours=settings.hours,
        stop=stop,
        streams=streams,
        signals=product.signals,
    )
    name = f"web-{settings.worker}"
    deliverer = product.deliverer(Channel.WEB, WebSender(product.mailbox, identify), Pace())
    typing = Typing(Channel.WEB, product.signals, product.conversations, product.clock, streams.typing)
    await asyncio.gather(
        serve(app, settings.web_host, settings.web_port, stop, settings.proxies),
        deliverer.run(name, stop),
        typing.run(stop),
    )


async def run_console(product: Product, stop: asyncio.Event) -> None:
    """Serve the operator console."""
    settings = product.settings
    app = console.create(
        product.desk,
        product.signals,
        product.entrance,
        product.book,
        product.files,
        product.drafts,
        product.directory,
        content=product.content,
        counted=Counted(product.statistics, ZoneInfo(settings.zone), settings.least_count),
        trail=product.trail,
        answers=product.answers,
        hosts=_hosts(settings),
    )
    await serve(app, settings.console_host, settings.console_port, stop, settings.proxies)


def _hosts(settings: Settings) -> list[str]:
    """The names the console answers to, where its public one is known; health checks come by the machine's own."""
    name = urlsplit(settings.console_url).hostname
    return [name, "localhost", "127.0.0.1"] if name else ["*"]


class _Server(uvicorn.Server):
    """Leaves signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: Starlette, host: str, port: int, stop: asyncio.Event, proxies: str = "") -> None:
    """Serve an application until `stop`. Behind one of `proxies` an address is the caller's, not the proxy's; else
    a whole desk would be throttled for one guesser.
    """
    config = uvicorn.Config(
        app,
        host,
        port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
    )
    server = _Server(config)

    async def watch() -> None:
        await stop.wait()
        server.should_exit = True

    watcher = asyncio.create_task(watch())
    try:
        await server.serve()
    except SystemExit as exc:
        raise SettingsError(f"{host}:{port} can't be listened on; is another program using the port?") from exc
    finally:
        watcher.cancel()


PROCESSES = {"worker": run_worker, "telegram": run_telegram, "web": run_web, "console": run_console}


async def run_process(name: str, settings: Settings) -> None:
    """Run one process of the product until it is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    product = Product(settings)
    part = asyncio.create_task(PROCESSES[name](product, stop))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait([part, stopped], return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    await asyncio.wait([part], timeout=STOP_WITHIN)
    stopped.cancel()
    if part.done():
        part.result()


def require(settings: Settings) -> None:
    """A part alone needs the stores named; raises SettingsError."""
    if not settings.redis_url:
        raise SettingsError(
            "HELPLINE_REDIS_URL and HELPLINE_KEYRING_URL are not set; a part alone needs them (`make run` has its own)"
        )


async def until_up(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Wait until assistant, web chat and console answer, and say now and then that we wait."""
    assistant = Product(settings).assistant
    pages = [
        f"http://{settings.web_host}:{settings.web_port}/health",
        f"http://{settings.console_host}:{settings.console_port}/health",
    ]
    start = asyncio.get_running_loop().time()
    say("waiting for the assistant (about half a minute) …")
    async with httpx.AsyncClient(trust_env=False) as client:
        while not stop.is_set():
            if await assistant.healthy() and all([await _up(client, page) for page in pages]):
                break
            await asyncio.sleep(0.5)
            waited = asyncio.get_running_loop().time() - start
            if waited % 20 < 0.5 and waited > 1:
                say(f"still waiting ({waited:.0f} s); the logs are in {settings.data / 'logs'}")
    await assistant.close()


async def _up(client: httpx.AsyncClient, page: str) -> bool:
    try:
        return (await client.get(page)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
