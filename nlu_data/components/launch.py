"""Builds the assistant out of Rasa's parts and ours, and refuses to start with any other part in place.

Rasa falls back silently: an unreadable tracker store becomes one in memory, a model that fails to load leaves an
agent that ignores messages. Here each of these stops the start.
"""

from __future__ import annotations

from pathlib import Path
from socket import socket
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import register
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.core.tracker_store import TrackerStore, create_tracker_store
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from . import logs
from .channel import HelplineInput
from .classify import Model
from .contract import button
from .nodes import HelplineClassifier
from .phrases import PhraseGenerator
from .settings import Settings
from .smoke import smoke_test
from .tracker_store import HelplineTrackerStore

_KEEP_ALIVE = 75  # seconds an idle connection stays open
_LARGEST = 256 * 1024  # bytes Sanic itself refuses; the channel's own limit is smaller and answers in JSON


class WrongPart(Exception):
    """Another class than ours is in use; the text says which and where it is configured."""


def build_agent(model: Path, endpoints_file: Path) -> Agent:
    """Load the model with our tracker store and phrases; raises whatever is wrong."""
    endpoints = AvailableEndpoints.read_endpoints(str(endpoints_file))
    agent = _Agent(
        generator=endpoints.nlg,
        tracker_store=create_tracker_store(endpoints.tracker_store),
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=endpoints.action,
    )
    agent.load_model(str(model))
    return agent


class _Agent(Agent):  # type: ignore[misc]  # rasa ships no types
    """Rasa's agent without its fail-safe around the tracker store, which turns lost messages into success."""

    # Any: rasa ships no types.
    @staticmethod
    def _create_tracker_store(store: TrackerStore, domain: Any) -> TrackerStore:
        store.domain = domain
        return store


def check_parts(agent: Agent) -> None:
    """Raises WrongPart, SmokeTestFailed or BadModel where the agent is not the one we mean to run."""
    _expect(agent.tracker_store, HelplineTrackerStore, "tracker_store in endpoints.yml")
    _expect(agent.lock_store, InMemoryLockStore, "lock_store in endpoints.yml")
    _expect(agent.nlg, PhraseGenerator, "nlg in endpoints.yml")
    if agent.action_endpoint is None:
        raise WrongPart("action_endpoint is missing in endpoints.yml")
    if not agent.is_ready():
        raise WrongPart("the model did not load")
    smoke_test(classifier(agent))
    for variations in agent.domain.responses.values():
        for variation in variations:
            for pressed in variation.get("buttons") or ():
                button(pressed["payload"])


def _expect(part: object, wanted: type, where: str) -> None:
    if type(part) is not wanted:
        raise WrongPart(f"{where} gave {type(part).__name__}, not {wanted.__name__}")


def classifier(agent: Agent) -> Model:
    """The classifier of the loaded model; raises WrongPart."""
    nodes = agent.processor.graph_runner._instantiated_nodes.values()  # the runner has no public way to its nodes
    for node in nodes:
        if isinstance(node._component, HelplineClassifier):
            return node._component.model
    raise WrongPart("the model has no HelplineClassifier; look at the pipeline in config.yml and train again")


def build_app(agent: Agent, settings: Settings) -> Sanic:
    """The HTTP application: our two routes and nothing else."""
    app = Sanic("helpline_assistant", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = _KEEP_ALIVE
    app.config.REQUEST_MAX_SIZE = _LARGEST
    app.config.FALLBACK_ERROR_FORMAT = "json"
    app.ctx.agent = agent
    register([HelplineInput(settings.token)], app, route="/webhooks/")

    async def started(app: Sanic, loop: object) -> None:
        logs.mute()
        logs.event("listening")

    async def stopped(app: Sanic, loop: object) -> None:
        await agent.tracker_store.close()

    app.register_listener(started, "before_server_start")
    app.register_listener(stopped, "after_server_stop")
    return app


def serve(app: Sanic, listener: socket) -> None:
    """Answer until the process is told to stop; one worker, on an already bound socket."""
    app.run(sock=listener, workers=1, access_log=False, debug=False, motd=False)
