"""Our components in Rasa's graph; each only carries values between Rasa and the pure functions beside it.

A classifier that was not trained or can't be read stops the start: an assistant that understands nothing must not
look like one that works.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from .classify import BadModel, Model, Outcome, Understanding
from .examples import Example
from .facts import entities, language_before, parsed
from .normalise import normalise
from .tokenise import tokenise

UNDERSTANDING = "understanding"
FALLBACK = "nlu_fallback"

# Any: Rasa's configuration of a component, decoded YAML.
Config = dict[str, Any]


class HelplineTokenizer(Tokenizer):  # type: ignore[misc]  # rasa ships no types
    """ICU words of the normalised text; for Rasa's own tools, the classifier counts for itself."""

    @staticmethod
    def get_default_config() -> Config:
        """The keys Rasa's base class reads."""
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Tokens with their offsets in the normalised text."""
        return [Token(word, start) for word, start in tokenise(normalise(message.get(attribute)))]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing: no component that learns reads tokens."""
        return training_data


class HelplineClassifier(GraphComponent, IntentClassifier):  # type: ignore[misc]  # rasa ships no types
    """Language, intent and confidence by `classify.Model`."""

    def __init__(self, storage: ModelStorage, resource: Resource, model: Model | None = None) -> None:
        self._storage, self._resource, self._model = storage, resource, model

    @classmethod
    def create(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> HelplineClassifier:
        """For training; asked before it was trained it raises BadModel."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Config,
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> HelplineClassifier:
        """For answering; raises BadModel or ValueError, never comes back untrained."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Model.load(folder))

    @property
    def model(self) -> Model:
        """The trained model; raises BadModel."""
        if self._model is None:
            raise BadModel("the classifier was never trained")
        return self._model

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every sentence that carries a language, and store what was learnt."""
        self._model = Model.fit([_example(m) for m in training_data.intent_examples], report)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message], tracker: DialogueStateTracker | None = None) -> list[Message]:
        """Set intent, ranking and the whole understanding; an unsure one becomes Rasa's fallback intent."""
        for message in messages:
            told = message.get("metadata") or {}
            prior = language_before(tracker, told.get("locale", ""))
            self._fill(message, self.model.understand(message.get("text") or "", prior))
        return messages

    @staticmethod
    def _fill(message: Message, understood: Understanding) -> None:
        sure = understood.outcome is Outcome.ANSWER
        named = {"name": understood.intent if sure else FALLBACK, "confidence": understood.confidence}
        message.set("intent", named, add_to_output=True)
        message.set(UNDERSTANDING, parsed(understood), add_to_output=True)


class ConversationFacts(GraphComponent):  # type: ignore[misc]  # rasa ships no types
    """Country and locale as entities, from the message and from what the product knows of the conversation."""

    @classmethod
    def create(
        cls, config: Config, model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> ConversationFacts:
        """Needs nothing."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities that fill the slots."""
        for message in messages:
            found = entities(message.get(UNDERSTANDING) or {}, message.get("metadata") or {})
            message.set("entities", found, add_to_output=True)
        return messages


def _example(message: Message) -> Example:
    """What importer.message wrote; a message without it comes from another importer and is refused."""
    told = (message.get("metadata") or {}).get("intent") or {}
    if "language" not in told:
        raise BadModel("a training sentence has no language: config.yml must name components.importer")
    return Example(message.get("text"), message.get("intent"), told["language"], told["kind"])


def report(what: str, share: float) -> None:
    """Where training tells how far it is; tools/train.py puts its own in place."""
