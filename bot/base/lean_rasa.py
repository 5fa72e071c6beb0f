"""Imports Rasa without TensorFlow when nothing in config.yml computes with it.

Rasa imports TensorFlow, Keras, JAX, plots and a dozen clients of other services at the top of modules that every
process needs, for classes such as `DIETClassifier` that ours never makes: two thirds of the start and of the
memory of a serving process (docs/decisions/0018). Their place is taken by modules of placeholders. A placeholder
can be named, subclassed and used as a decorator, which is all that an import does; whatever would compute raises.
A config.yml with a component that is not known to do without gets all of Rasa.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

LEFT_OUT = frozenset(
    [
        "tensorflow",
        "tensorflow_addons",
        "tensorflow_hub",
        "tensorflow_text",
        "keras",
        "matplotlib",
        "boto3",
        "botocore",
        "pymongo",
        "questionary",
        "prompt_toolkit",
        "socketio",
        "aiogram",
        "fbmessenger",
        "mattermostwrapper",
        "rocketchat_API",
        "slack_sdk",
        "twilio",
        "webexteamssdk",
    ]
)
"""Neural networks; plots of `rasa test`; other tracker stores; the terminal's dialogues; other chat channels."""

NOT_THERE = "jax"
"""Comes with TensorFlow; others (bm25s) use it when it can be imported, and do without when it cannot."""

DO_WITHOUT = frozenset(
    [
        "WhitespaceTokenizer",
        "SpacyNLP",
        "SpacyTokenizer",
        "SpacyFeaturizer",
        "SpacyEntityExtractor",
        "RegexFeaturizer",
        "LexicalSyntacticFeaturizer",
        "CountVectorsFeaturizer",
        "CRFEntityExtractor",
        "RegexEntityExtractor",
        "EntitySynonymMapper",
        "KeywordIntentClassifier",
        "SklearnIntentClassifier",
        "LogisticRegressionClassifier",
        "FallbackClassifier",
        "RulePolicy",
        "MemoizationPolicy",
        "AugmentedMemoizationPolicy",
    ]
)
"""Rasa's components without TensorFlow; ours, `bot.nlu.…`, do without as well."""


class Placeholder:
    """Stands for anything in a module that was left out."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Placeholder:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder(f"{self._name}.{name}")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        decorated = args[0] if len(args) == 1 and not kwargs else None
        if isinstance(decorated, type) or hasattr(decorated, "__code__"):
            return decorated
        raise RuntimeError(
            f"{self._name} was called, but this process runs without TensorFlow, because config.yml names no"
            " component that needs it. Name the component in config.yml and restart."
        )

    def __mro_entries__(self, _bases: tuple[Any, ...]) -> tuple[type, ...]:
        return ()

    def __getitem__(self, _key: Any) -> Placeholder:
        return self

    def __or__(self, _other: Any) -> Placeholder:
        return self

    __ror__ = __or__


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] == NOT_THERE:
            raise ModuleNotFoundError(f"{fullname} was left out", name=fullname)
        if fullname.partition(".")[0] in LEFT_OUT:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = ModuleType(spec.name)
        whole = Placeholder(spec.name)
        module.__dict__.update(__path__=[], __getattr__=whole.__getattr__)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is in it."""


def leave_out(config: Path) -> bool:
    """Leave TensorFlow out of this process if `config` can do without; False if it stays or is here already."""
    if is_left_out() or "tensorflow" in sys.modules or needs_tensorflow(component_names(config)):
        return is_left_out()
    sys.meta_path.insert(0, _Finder())
    return True


def is_left_out() -> bool:
    """Whether this process runs without TensorFlow."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)


def needs_tensorflow(components: Iterable[str]) -> bool:
    """Whether one of them, by name or by module and name, is not known to do without."""
    return any(
        not name.startswith("bot.nlu.") and name.rpartition(".")[2] not in DO_WITHOUT for name in components
    )


def component_names(config: Path) -> list[str]:
    """The components and policies of a config.yml."""
    content = yaml.safe_load(config.read_text(encoding="utf-8")) or {}
    return [part["name"] for key in ("pipeline", "policies") for part in content.get(key) or []]
