"""Reads the domain from domain.yml and the texts from data/responses, so that every `rasa` command sees both."""

from __future__ import annotations

import functools
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData


class PuenteImporter(RasaFileImporter):
    """Rasa's file importer, whose domain also holds the responses under data/responses."""

    def get_nlu_data(self, language: str | None = None) -> TrainingData:
        """All examples, whatever their language: a training asks three times, and reading takes many seconds."""
        return self._examples

    @functools.cached_property
    def _examples(self) -> TrainingData:
        return super().get_nlu_data()

    def get_domain(self) -> Domain:
        """domain.yml merged with every file of responses."""
        domain = super().get_domain()
        if self._domain_path is None or domain.is_empty():
            return domain
        folder = Path(self._domain_path).resolve().parent / "data" / "responses"
        for path in sorted(folder.glob("*.yml")):
            domain = domain.merge(Domain.from_file(str(path)))
        return domain
