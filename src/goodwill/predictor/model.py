"""The predictor: trained models that score customers, on disk without pickle."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self, cast

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.data.tables import Tables
from goodwill.features.columns import Columns, Table
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule
from goodwill.features.population import ChurnKind
from goodwill.features.snapshot import Snapshot, score_frame
from goodwill.modeling.given_values import check_lengths
from goodwill.modeling.lessons import Grow
from goodwill.modeling.level_choice import Basis
from goodwill.modeling.reasons import ReasonRule
from goodwill.modeling.segments import Segmenter
from goodwill.modeling.served import ServedModel
from goodwill.modeling.totals import Spread
from goodwill.predictor.classes import Former, Wanted, limits_of, segments_of
from goodwill.predictor.inputs import Inputs, ensure_customers
from goodwill.predictor.parts import Parts
from goodwill.predictor.scorer import Scorer, ensure_settings
from goodwill.predictor.spread import profiles_of
from goodwill.predictor.stored import load_predictor, save_predictor
from goodwill.predictor.uncertainty import Uncertainty
from goodwill.value.fitting import ClassLimits


class CustomerValuePredictor(BaseEstimator):
    """Churn, lifetime value with its interval, and segment of each customer.

    Parameters
    ----------
    level : share of customers whose realised value the interval should hold.
    segments : number of segments, "auto", or `k`, `method` and `features` as in `segments:` of the config.
    classes : `industry`, `dimensions` and `adjust`, as in `classes:` of the config.
    lifetime_years : cap of `clv_lifetime`.
    annual_discount_rate : discount on money beyond the horizon, for `clv_lifetime`.
    parameters : XGBoost parameters over the defaults, as tuning finds them.
    served_by : "churn" and "clv" to "model" or the name of a baseline that was better out of time.
    seed : same data and seed, same scores.

    Attributes
    ----------
    model_, intervals_, segmenter_, class_limits_ : the fitted parts.
    inputs_ : the columns and horizons it reads.
    profiles_ : how features and scores were spread on the day of training, for monitoring.
    trained_until_ : the day up to which training knew the future.
    n_rows_, is_renewed_ : how many rows of past windows taught it, and whether these are of the newer half
        alone (`Basis`). Of a predictor fitted here, as the next.
    calibration_, windows_ : how `p_churn` is calibrated and what decided; `Snapshot.windows` with how far off
        models that had not seen the customers were in each. Of a predictor fitted here, not of a loaded one.

    Examples
    --------
    >>> import goodwill as gw
    >>> tables = gw.simulate(customers=300, seed=0)
    >>> train = gw.snapshots(tables, until="2025-01-01", horizon_days=120)
    >>> predictor = gw.CustomerValuePredictor(segments=2).fit(train)
    >>> scores = predictor.score_customers(tables, as_of="2025-01-01")
    >>> bool(scores.p_churn.dropna().between(0, 1).all()), len(scores) == scores.customer_id.nunique()
    (True, True)
    """

    kind = "goodwill.CustomerValuePredictor"
    segmenter_: Segmenter
    class_limits_: ClassLimits

    def __init__(  # noqa: PLR0913 - scikit-learn's estimators list their settings here
        self,
        *,
        level: float = 0.8,
        segments: Wanted = "auto",
        classes: Mapping[str, object] | None = None,
        lifetime_years: float = 5.0,
        annual_discount_rate: float = 0.0,
        parameters: Mapping[str, float] | None = None,
        served_by: Mapping[str, str] | None = None,
        seed: int = 0,
    ) -> None:
        self.level = level
        self.segments = segments
        self.classes = classes
        self.lifetime_years = lifetime_years
        self.annual_discount_rate = annual_discount_rate
        self.parameters = parameters
        self.served_by = served_by
        self.seed = seed

    def fit(
        self, train: Snapshot, former: Former | None = None, grow: Grow | None = None, *, missed: float = 0.0
    ) -> Self:
        """Fit on training snapshots, as `snapshots` returns them.

        Parameters
        ----------
        former : the predictor before, whose segments keep their names and whose limits may stay.
        grow : what fits the trees of the model to more rows than `train` has; to those when None.
        missed : how far a later window moved all customers together (`missed_share`), for totals.

        Raises
        ------
        FitError, UsageError : the snapshots hold nothing to learn from, or a setting is impossible.
        """
        ensure_settings(self.level, self.lifetime_years, self.annual_discount_rate, self.seed)
        ensure_customers(train)
        known = train.scored
        # What fits the trees to more rows than these has all windows.
        clock, scored = Basis.of(known, self.seed) if grow is None else Basis.whole(known)
        self.n_rows_, self.is_renewed_ = len(scored.X), scored is not known
        settings = {"served_by": self.served_by, "parameters": self.parameters, "seed": self.seed}
        unfitted = partial(ServedModel, **settings, clock=clock)  # type: ignore[arg-type]  # each as declared above
        self.model_ = unfitted().fit(scored.X, scored.y, scored.now, grow)
        uncertainty = Uncertainty.of(unfitted, scored, self.model_, missed, self.seed)
        self.calibration_, self.intervals_, self.windows_ = uncertainty
        self.model_.calibration = uncertainty.calibration.calibration
        today = self.model_.predict(scored.now)
        said = {"status": "scored", "p_churn": today.p_churn, "clv": today.clv}
        now = pd.DataFrame(said, index=scored.now.index)
        self.segmenter_ = segments_of(scored.now, self.segments, self.seed, former)
        self.class_limits_ = limits_of(scored.now, now, self.classes, former)
        self.profiles_ = profiles_of(scored.now, now[["p_churn", "clv"]])
        self.inputs_ = Inputs.fit(train)
        self.trained_until_ = train.until
        return self

    @property
    def input_schema(self) -> dict[str, Literal["double", "string"]]:
        """The columns `predict` reads, and whether each is a number or text."""
        return dict(self._parts.inputs.schema)

    def predict(self, X: Table, *, reasons: ReasonRule | None = None) -> pd.DataFrame:
        """Return the scores of each row of `X`.

        Parameters
        ----------
        X : (n, ...) as a snapshot's; missing columns count as unknown, others are ignored. Without
            `horizon_days` the horizon that was asked for in training counts.
        reasons : how to tell `reason_1` to `reason_3`, which follow the classes; not told when None.

        Returns
        -------
        (n, 22) frame with the index of X: `customer_id, status, as_of, horizon_days, p_churn`, `clv` with
        `clv_low` and `clv_high`, `clv_if_active, clv_lifetime, value_at_risk` (money), `segment`, a class in
        each of `DIMENSIONS`. Predictions are missing only where `status` is not `scored`.

        Raises
        ------
        HistoryError
            If a horizon lies outside the trained ones.
        """
        return self.predict_with_spread(X, reasons=reasons)[0]

    def predict_with_spread(
        self, X: Table, *, reasons: ReasonRule | None = None
    ) -> tuple[pd.DataFrame, Spread]:
        """Return `predict` and how each realised value is spread (n,), which `total_intervals` adds up."""
        return self._scorer.told(X, reasons)

    def totals(self, X: pd.DataFrame, groups: pd.Series | None = None, *, level: float = 0.9) -> pd.DataFrame:
        """Return what groups of customers will bring together, each with the interval of its total.

        Parameters
        ----------
        X : (n, ...) as `predict` reads it; only rows that are scored count.
        groups : (n,) the group of each row of `X`, in its order; missing ones are left out. One if None.
        level : probability that an interval holds its total, above 0 and below 1.

        Returns
        -------
        As `total_intervals`: `group, n_customers, clv_total, low, high`.
        """
        scores, spread = self.predict_with_spread(X)
        check_lengths(X=X, groups=groups)
        named = pd.Series("all" if groups is None else np.asarray(groups), scores.index)
        named = named.where(scores["clv"].notna())
        return self.intervals_.totals(scores["clv"].to_numpy(float), spread, named, level)

    def scores(self, X: Table) -> Columns:
        """Return `predict` as plain arrays, which is quicker for one customer."""
        return self._scorer.scores(X)[0]

    def score_customers(
        self,
        tables: Tables,
        *,
        as_of: date | str,
        horizon_days: int | Sequence[int] | None = None,
        active_days: int | None = None,
        churn: ChurnKind = "auto",
        value: ValueRule = ALL_IS_MARGIN,
    ) -> pd.DataFrame:
        """Return the scores of every customer known in `tables` before `as_of`.

        Parameters
        ----------
        horizon_days : one horizon or several; a customer then has a row for each. For one customer
            p_churn falls and clv rises with the horizon, but for contacts that cost money without an order,
            and for what comes back of earlier orders.
        as_of, active_days, churn, value : as in `snapshot`.
        """
        trained = self._parts.inputs.horizon_days
        asked = [trained] if horizon_days is None else np.atleast_1d(horizon_days).tolist()
        X = score_frame(
            tables, as_of=as_of, horizons=asked, active_days=active_days, churn=churn, value=value
        )
        return self.predict(X)

    def unseen(self, X: Table) -> dict[str, int]:
        """Return how many scored rows of `X` hold a level that counts as "other", rare or new, by column."""
        return self._parts.unseen(X)

    def save(self, directory: str | Path) -> str:
        """Write the predictor to a directory of JSON and XGBoost files, and return its hash."""
        return save_predictor(self, directory)

    @classmethod
    def load(cls, address: str | Path, *, uri: str = "sqlite:///models/mlflow.db") -> Self:
        """Return a stored predictor, from a directory or the registry; as `load_predictor`."""
        return cast("Self", load_predictor(address, {cls.kind: cls}, uri=uri))  # one kind was asked for

    def documents(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """Return what is stored beside the manifest: settings and inputs for it, and files by name."""
        described, files = self._parts.documents()
        return {"settings": self.get_params(deep=False), **described}, files

    @classmethod
    def restored(cls, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Return the predictor that `documents` described."""
        predictor = cls(**manifest["settings"])
        for name, part in vars(Parts.from_documents(manifest, files)).items():
            setattr(predictor, f"{name}_", part)
        return predictor

    @property
    def _parts(self) -> Parts:
        check_is_fitted(self, "model_")
        return Parts(**{part.name: getattr(self, f"{part.name}_") for part in fields(Parts)})

    @property
    def _scorer(self) -> Scorer:
        return Scorer(self._parts, self.level, self.lifetime_years, self.annual_discount_rate)
