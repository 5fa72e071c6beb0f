"""Registers our algorithms as Rasa graph components. The only module of this room that imports Rasa."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import wishes
from bot.nlu.entities import find_patterns
from bot.nlu.intents import IntentClassifier, Settings
from bot.nlu.language import identify
from bot.nlu.normalise import normalised, sentences

RANKING_LENGTH = 10
LANGUAGE = "language"
WISHES = "wishes"


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """Writes `language: {name, confidence, words}` to each message."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Identify the language of each message's text."""
        for message in messages:
            evidence = identify(message.get(TEXT) or "")
            value = {"name": evidence.language, "confidence": evidence.confidence, "words": evidence.words}
            message.set(LANGUAGE, value, add_to_output=True)
        return messages


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class WishClassifier(GraphComponent, RasaIntentClassifier):
    """Writes `intent`, `intent_ranking` and `wishes` to each message. Comes after `LanguageIdentifier`."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [LanguageIdentifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`c`, `seed`: see `bot.nlu.intents.Settings`; `not_wishes`: intents that cannot stand beside another."""
        return {"c": Settings().c, "seed": Settings().seed, "not_wishes": []}

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        classifier: IntentClassifier | None,
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self._classifier = classifier
        self._not_wishes = frozenset(self._config["not_wishes"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WishClassifier:
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> WishClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentClassifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of the training data and store the model."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        texts = [normalised(m.get(TEXT), (m.get(LANGUAGE) or {}).get("name")) for m in examples]
        settings = Settings(c=float(self._config["c"]), seed=int(self._config["seed"]))
        self._classifier = IntentClassifier(settings).fit(texts, [m.get(INTENT) for m in examples])
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message's text."""
        for message in messages:
            text = message.get(TEXT)
            if text and self._classifier is not None:
                self._read(message, text)
        return messages

    def _read(self, message: Message, text: str) -> None:
        assert self._classifier is not None
        language = (message.get(LANGUAGE) or {}).get("name")
        reading = wishes.read(
            normalised(text, language),
            [normalised(part, language) for part in sentences(text)],
            self._classifier.rank_all,
            not_wishes=self._not_wishes,
        )
        ranking = [{"name": name, "confidence": c} for name, c in reading.ranking[:RANKING_LENGTH]]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        named = [{"name": name, "confidence": c} for name, c in reading.wishes]
        message.set(WISHES, named, add_to_output=True)


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class PatternEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Writes entities that have a form: order_id, email, phone, money, tracking_id."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PatternEntityExtractor:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Find entities in each message's text, beside those found before."""
        for message in messages:
            found = [
                {
                    "entity": m.entity,
                    "start": m.start,
                    "end": m.end,
                    "value": m.value,
                    "extractor": type(self).__name__,
                }
                for m in find_patterns(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages
