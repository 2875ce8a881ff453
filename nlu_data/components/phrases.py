"""What the assistant says, by name: the id of the response and of its variation instead of a text.

The product renders ids in the person's language at the last moment, so no text passes here and none is stored. The
English source text stays in domain.yml as ordinary Rasa responses, where `rasa shell` and the extractor find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

# Any: responses are decoded YAML.
Variation = Mapping[str, Any]


class UnknownPhrase(Exception):
    """An action or rule named a response the domain does not have, or none of its variations fits."""


def choose(variations: list[Variation], slots: Mapping[str, Any]) -> Variation | None:
    """The variation whose conditions on slots all hold and are the most; the first of equals; None if none fits."""
    fitting = [variation for variation in variations if _fits(variation, slots)]
    return max(fitting, key=lambda variation: len(variation.get("condition") or ()), default=None)


def _fits(variation: Variation, slots: Mapping[str, Any]) -> bool:
    return all(slots.get(condition["name"]) == condition["value"] for condition in variation.get("condition") or ())


class PhraseGenerator(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]  # rasa ships no types
    """Names phrases. It extends Rasa's own generator because Rasa gives the model's responses to no other."""

    # Any: Rasa's endpoint configuration.
    def __init__(self, endpoint_config: Any = None, domain: Domain | None = None) -> None:
        super().__init__(domain.responses if domain is not None else {})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """The utterance as data; an action may give `args` and `numbers`. Raises UnknownPhrase."""
        chosen = choose(self.responses.get(utter_action) or [], tracker.current_slot_values())
        if chosen is None:
            raise UnknownPhrase(utter_action)
        numbers = kwargs.get("numbers") or (chosen.get("metadata") or {}).get("numbers") or []
        return {
            "text": utter_action,
            "phrase": utter_action,
            "variation": chosen.get("id") or "",
            "args": kwargs.get("args") or {},
            "numbers": list(numbers),
            "buttons": [dict(button) for button in chosen.get("buttons") or ()],
        }
