"""What the studio works on, put together: the examples, the models and the trainings of one project."""

from __future__ import annotations

from dataclasses import dataclass

from bot.base.settings import Settings
from bot.training.examples import Examples
from bot.training.jobs import TrainingJobs
from bot.training.models import Models


@dataclass(frozen=True)
class Studio:
    """One per process; everything it knows is in files and in the database."""

    examples: Examples
    models: Models
    jobs: TrainingJobs

    @classmethod
    def of(cls, settings: Settings) -> Studio:
        """The studio of the project folder and the models folder that are set."""
        models = Models(settings.models_path)
        jobs = TrainingJobs(
            folder=settings.data_path / "training", project=settings.project_path, models=models
        )
        return cls(Examples(settings.project_path / "data" / "nlu"), models, jobs)
