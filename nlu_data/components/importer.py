"""How Rasa reads our training data: every message with its language and kind, which Rasa's own reader forgets.

Named in config.yml, so it is imported wherever something is trained, and there alone; hence it also registers our
components with the recipe, and a running server never loads what only training needs.
"""

from __future__ import annotations

from pathlib import Path

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from . import nodes
from .examples import Example, read

_KINDS = DefaultV1Recipe.ComponentType
DefaultV1Recipe.register(_KINDS.MESSAGE_TOKENIZER, is_trainable=False)(nodes.HelplineTokenizer)
DefaultV1Recipe.register(_KINDS.INTENT_CLASSIFIER, is_trainable=True)(nodes.HelplineClassifier)
DefaultV1Recipe.register(_KINDS.ENTITY_EXTRACTOR, is_trainable=False)(nodes.ConversationFacts)


def message(example: Example) -> Message:
    """A training message that carries its language and kind in the intent's metadata."""
    return Message.build(
        example.text, example.intent, intent_metadata={"language": example.language, "kind": example.kind}
    )


class HelplineImporter(RasaFileImporter):  # type: ignore[misc]  # rasa ships no types
    """Reads the sentences of `nlu/<language>/*.yml` below the folder of the configuration file."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
        nlu: str | None = None,
    ) -> None:
        """`nlu` may name another folder of sentences, as tests do."""
        super().__init__(config_file, domain_path, training_data_paths)
        self._folder = Path(nlu) if nlu else Path(config_file or "config.yml").parent / "nlu"

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """All sentences; raises BadExamples."""
        return TrainingData([message(example) for example in read(self._folder)])
