"""Registers our algorithms as Rasa graph components. The only module of this room that imports Rasa."""

from __future__ import annotations

import json
import logging
from abc import abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Generic, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from typing_extensions import Self

from bot.nlu import spans
from bot.nlu.dates import DateMatch, find_dates
from bot.nlu.entities import find_patterns
from bot.nlu.held_out import HELD_OUT
from bot.nlu.intents import Settings
from bot.nlu.language import identify
from bot.nlu.spans import Span, SpanTagger
from bot.nlu.wishes import Labelled, WishReader
from bot.nlu.words import Words

logger = logging.getLogger(__name__)

RANKING_LENGTH = 10
WORDS = "words.npz"
"""The word table that a span tagger learned with, beside it."""

LANGUAGE = "language"
WISHES = "wishes"
READABLE = "readable"
UNDERSTOOD = "understood"
"""On training messages: the intent read by a reader that had not seen the message."""

Algorithm = TypeVar("Algorithm")


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class WordTokenizer(Tokenizer):
    """Words and punctuation marks as tokens, the same that `SpanExtractor` labels: `rasa test nlu` compares on them."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> WordTokenizer:
        return cls(config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Those of Rasa's tokenizers; intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The tokens of an attribute's text; of a text without words, the text as one."""
        text = message.get(attribute)
        tokens = [Token(m.group(), m.start(), m.end()) for m in spans.TOKEN.finditer(text)]
        return tokens or [Token(text, 0, len(text))]


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class LanguageIdentifier(GraphComponent):
    """Writes `language: {name, confidence, words, foreign}` to each message."""

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
            value = {
                "name": evidence.language,
                "confidence": evidence.confidence,
                "words": evidence.words,
                "foreign": evidence.foreign,
            }
            message.set(LANGUAGE, value, add_to_output=True)
        return messages


class _Learned(GraphComponent, Generic[Algorithm]):
    """A component around an algorithm that learns: None before its training, and read from the model's folder."""

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, learned: Algorithm | None
    ) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self.learned = learned

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, cls._loaded(folder))

    @classmethod
    @abstractmethod
    def _loaded(cls, folder: Path) -> Algorithm:
        """Read what `train` stored."""


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER,
        DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER,  # only those process training data for what comes after
    ],
    is_trainable=True,
)
class WishClassifier(_Learned[WishReader], RasaIntentClassifier):
    """Writes `intent`, `intent_ranking`, `wishes` and `readable` to each message. Comes after `LanguageIdentifier`."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [LanguageIdentifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`c`, `seed`: see `bot.nlu.intents.Settings`; `not_wishes`, `courtesies`: see `WishReader`."""
        return {**asdict(Settings()), "not_wishes": [], "courtesies": []}

    @classmethod
    def _loaded(cls, folder: Path) -> WishReader:
        return WishReader.load(folder)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the intents of the training data and store the model."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        messages = [
            Labelled(m.get(TEXT), _language(m), m.get(INTENT), tuple(_metadata(m).get("also", ())))
            for m in examples
        ]
        settings = Settings(c=float(self._config["c"]), seed=int(self._config["seed"]))
        reader = WishReader(
            settings,
            not_wishes=self._config["not_wishes"],
            courtesies=self._config["courtesies"],
            words=Words.of_spacy(),
        )
        readings = reader.fit(messages, progress=_log_progress("reasons"))
        rows = [
            [m.intent, m.text, *reading.ranking[0], [name for name, _ in reading.wishes]]
            for m, reading in zip(messages, readings, strict=True)
        ]
        with self._storage.write_to(self._resource) as folder:
            reader.save(folder)
            (folder / HELD_OUT).write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Tell what comes after how each training message is read by who has not seen it."""
        with self._storage.read_from(self._resource) as folder:
            rows = json.loads((folder / HELD_OUT).read_text(encoding="utf-8"))
        understood = {(row[0], row[1]): row[2] for row in rows}
        for message in training_data.training_examples:
            message.set(UNDERSTOOD, understood.get((message.get(INTENT), message.get(TEXT))))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Classify each message's text."""
        for message in messages:
            text = message.get(TEXT)
            if text and self.learned is not None:
                self._read(message, text, self.learned)
        return messages

    def _read(self, message: Message, text: str, reader: WishReader) -> None:
        reading = reader.read(text, _language(message))
        ranking = [{"name": name, "confidence": c} for name, c in reading.ranking[:RANKING_LENGTH]]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        message.set(READABLE, reading.readable, add_to_output=True)
        named = [
            {"name": name, "confidence": c}
            | ({"said": [*map(list, reading.said[name])]} if name in reading.said else {})
            | ({"doubtful": True} if name in reading.doubtful else {})
            for name, c in reading.wishes
        ]
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


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True)
class SpanExtractor(_Learned[SpanTagger], EntityExtractorMixin):
    """Writes entities learned from annotations: products, names, dates. Comes after `WishClassifier`.

    Where an entity found before it stands (`PatternEntityExtractor`), it finds none.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [WishClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`rounds`, `begins`, `seed`: see `bot.nlu.spans.Settings`; `patterns`: found by form, not to be learned."""
        return {**asdict(spans.Settings()), "patterns": []}

    @classmethod
    def _loaded(cls, folder: Path) -> SpanTagger:
        return SpanTagger.load(folder, words=Words.load(folder / WORDS))

    def train(self, training_data: TrainingData) -> Resource:
        """Learn the annotations of the training data and store the model."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        words = Words.of_spacy()
        settings = spans.Settings(
            rounds=int(self._config["rounds"]),
            begins=bool(self._config["begins"]),
            seed=int(self._config["seed"]),
        )
        tagger = SpanTagger(settings).fit(
            [m.get(TEXT) for m in examples],
            [self._annotated(m) for m in examples],
            [_language(m) for m in examples],
            [m.get(UNDERSTOOD) or m.get(INTENT) or "" for m in examples],
            words=words,
            progress=_log_progress("spans"),
        )
        with self._storage.write_to(self._resource) as folder:
            tagger.save(folder)
            words.save(folder / WORDS)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Find entities in each message's text, beside those found before."""
        for message in messages:
            text = message.get(TEXT)
            if not text or self.learned is None:
                continue
            before = message.get(ENTITIES, [])
            found = [
                {
                    "entity": span.entity,
                    "start": span.start,
                    "end": span.end,
                    "value": text[span.start : span.end],
                    "extractor": type(self).__name__,
                }
                for span in self.learned.find(
                    text, _language(message), (message.get(INTENT) or {}).get("name")
                )
                if all(span.end <= other["start"] or span.start >= other["end"] for other in before)
            ]
            message.set(ENTITIES, [*before, *found], add_to_output=True)
        return messages

    def _annotated(self, message: Message) -> list[Span]:
        return [
            Span(one["entity"], one["start"], one["end"])
            for one in message.get(ENTITIES, [])
            if one["entity"] not in self._config["patterns"]
        ]


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=False)
class DateResolver(GraphComponent, EntityExtractorMixin):
    """Writes to each entity `date` the days it means: `days: [first, last]`, ISO dates. Comes after `SpanExtractor`.

    Relative dates need the day the message was written on: `today`, an ISO date, in the message's metadata (for
    `rasa.core.channels.channel.UserMessage(text, metadata={"today": "2026-05-04"})`). Without it there are no days.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> DateResolver:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Resolve the dates of each message."""
        for message in messages:
            today = (message.get(METADATA) or {}).get("today")
            dates = [entity for entity in message.get(ENTITIES, []) if entity["entity"] == "date"]
            if today and dates:
                matches = find_dates(message.get(TEXT) or "", _language(message))
                for entity in dates:
                    self._resolve(entity, matches, date.fromisoformat(today))
        return messages

    @staticmethod
    def _resolve(entity: dict[str, Any], matches: Iterable[DateMatch], today: date) -> None:
        for match in matches:
            if match.start < entity["end"] and match.end > entity["start"]:
                days = match.days(today)
                if days:
                    entity["days"] = [day.isoformat() for day in days]
                return


def _language(message: Message) -> str | None:
    name: str | None = (message.get(LANGUAGE) or {}).get("name")
    return name


def _metadata(message: Message) -> dict[str, Any]:
    """What stands beside an example in its file."""
    example = (message.get(METADATA) or {}).get(METADATA_EXAMPLE)
    return example if isinstance(example, dict) else {}


def _log_progress(part: str) -> Callable[[float], None]:
    return lambda share: logger.info("learned %d %% of %s", int(share * 100), part)
