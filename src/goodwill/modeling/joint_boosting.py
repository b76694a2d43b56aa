"""Boosters that read the same columns, asked at once: a call costs one customer as much as 400 trees."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import logit

from goodwill.modeling.boosting import BASE_SCORE, Booster, loaded
from goodwill.modeling.cells import Cells, cells_of

F = NDArray[np.float64]
# What XGBoost makes of a base score before it adds trees to it.
_LINKS = {"binary:logistic": logit, "reg:gamma": np.log, "reg:tweedie": np.log}


@dataclass(frozen=True)
class Boosters:
    """Boosters by name, two or more, of which each reads the first columns of the widest.

    Examples
    --------
    >>> from goodwill.modeling.boosting import Plan
    >>> cells = Cells.of([{"age": np.arange(100.0), "idle": np.arange(100.0) % 7}])
    >>> young = Plan("binary:logistic", {"trees": 5}, {}).fit(cells.frame(), cells.matrix[:, 0] < 50)
    >>> spend = Plan("reg:gamma", {"trees": 5}, {}).fit(cells.first(1).frame(), 1 + cells.matrix[:, 0])
    >>> margins = Boosters({"young": young, "spend": spend}).margins(cells, {})
    >>> bool((margins["spend"] == spend.margin(cells)).all())
    True
    """

    by_name: Mapping[str, Booster]

    def margins(self, design: Cells, starts: Mapping[str, F | None]) -> dict[str, F]:
        """Return what `Booster.margin` does for each (n,), on top of the starts that are given."""
        rows = cells_of(design, self._widest.columns)
        found = self._trees.inplace_predict(rows, predict_type="margin")
        said = zip(self.by_name.items(), found.reshape(len(rows), len(self.by_name)).T, strict=True)
        return {name: booster.on_top(margin, starts.get(name)) for (name, booster), margin in said}

    @cached_property
    def _widest(self) -> Booster:
        return max(self.by_name.values(), key=lambda booster: len(booster.columns))

    @cached_property
    def _trees(self) -> xgb.Booster:
        """All trees as one model of XGBoost, in which each booster is a class."""
        parts = [json.loads(booster.trees.save_raw("json"))["learner"] for booster in self.by_name.values()]
        forests = [part["gradient_booster"]["model"]["trees"] for part in parts]
        trees = [tree | {"id": i} for i, tree in enumerate(tree for forest in forests for tree in forest)]
        whole = json.loads(self._widest.trees.save_raw("json"))
        model, n_class = whole["learner"]["gradient_booster"]["model"], str(len(parts))
        model["trees"], model["iteration_indptr"] = trees, [0, len(trees)]
        model["tree_info"] = np.repeat(np.arange(len(parts)), list(map(len, forests))).tolist()
        model["gbtree_model_param"]["num_trees"] = str(len(trees))
        whole["learner"]["objective"] = {
            "name": "multi:softprob",
            "softmax_multiclass_param": {"num_class": n_class},
        }
        bases = [float(_LINKS[part["objective"]["name"]](BASE_SCORE)) for part in parts]
        whole["learner"]["learner_model_param"] |= {"num_class": n_class, "base_score": json.dumps(bases)}
        return loaded(json.dumps(whole).encode())
