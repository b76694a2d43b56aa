"""The fitted parts of the predictor of snapshots, as documents and trees, and back."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from goodwill.features.columns import Table
from goodwill.modeling.intervals import ValueIntervals
from goodwill.modeling.segments import Segmenter
from goodwill.modeling.served import ServedModel
from goodwill.predictor.inputs import Inputs
from goodwill.predictor.spread import Profiles, stored_profiles
from goodwill.predictor.stored import trees_of
from goodwill.value.fitting import ClassLimits


@dataclass(frozen=True)
class Parts:
    """What is fitted, named as the attributes of `CustomerValuePredictor` but for their underscore."""

    model: ServedModel
    intervals: ValueIntervals
    segmenter: Segmenter
    class_limits: ClassLimits
    profiles: Profiles
    inputs: Inputs
    trained_until: date

    def unseen(self, X: Table) -> dict[str, int]:
        """Return how many scored rows of `X` hold a level that training saw rarely or never, by column."""
        encoding = self.model.learned.columns_.encoding
        if not encoding.unseen(X):
            return {}
        known = self.inputs.completed(X)
        return encoding.unseen(known, known["status"] == "scored")

    def documents(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """Return what the manifest says of the parts, and their files by name."""
        model, trees = self.model.to_parts()
        intervals, interval_trees = self.intervals.to_parts()
        documents = {"model": model, "intervals": intervals, "segments": self.segmenter.to_dict()}
        documents["classes"] = self.class_limits.to_dict()
        documents["profiles"] = {name: profile.to_dict() for name, profile in self.profiles.items()}
        files = {f"{name}.json": json.dumps(document).encode() for name, document in documents.items()}
        files |= {f"model_{name}.ubj": content for name, content in trees.items()}
        files |= {f"intervals_{name}.ubj": content for name, content in interval_trees.items()}
        return {"trained_until": self.trained_until.isoformat(), "inputs": asdict(self.inputs)}, files

    @classmethod
    def from_documents(cls, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Return the parts that `documents` described."""
        model, intervals, segments, classes = (
            json.loads(files[f"{name}.json"]) for name in ("model", "intervals", "segments", "classes")
        )
        return cls(
            model=ServedModel.from_parts(model, trees_of(files, "model_")),
            intervals=ValueIntervals.from_parts(intervals, trees_of(files, "intervals_")),
            segmenter=Segmenter.from_dict(segments),
            class_limits=ClassLimits.from_dict(classes),
            profiles=stored_profiles(files),
            inputs=Inputs(**manifest["inputs"]),
            trained_until=date.fromisoformat(manifest["trained_until"]),
        )
