"""What stands in the scores beyond the contract: what a config asks for, and what referrals bring."""

from dataclasses import dataclass
from typing import Self

import pandas as pd

from goodwill.config.scoring import ScoreSection
from goodwill.data.tables import Tables
from goodwill.decisions.referral import referral_value
from goodwill.errors import UsageError
from goodwill.pipeline.components import with_components
from goodwill.pipeline.data_index import records_of, with_data_index
from goodwill.pipeline.question import Question
from goodwill.pipeline.time_to_churn import with_time_to_churn
from goodwill.predictor import CustomerValuePredictor
from goodwill.value.contribution import Records


@dataclass(frozen=True)
class MoreColumns:
    """The further columns of one scoring; `base` holds the records of all customers, where asked for."""

    wanted: ScoreSection
    tables: Tables
    question: Question
    predictor: CustomerValuePredictor
    base: Records | None

    @classmethod
    def of(
        cls, wanted: ScoreSection, tables: Tables, question: Question, predictor: CustomerValuePredictor
    ) -> Self:
        """Return the columns that are wanted of the scores of any part of the customers."""
        base = records_of(tables, question) if wanted.data_contribution else None
        return cls(wanted, tables, question, predictor, base)

    def added_to(self, scores: pd.DataFrame, X: pd.DataFrame) -> pd.DataFrame:
        """Return scores with the further columns; X are their features, row by row."""
        if self.wanted.components:
            scores = with_components(scores, X, self.predictor, self.tables, self.question)
        if self.wanted.time_to_churn:
            scores = with_time_to_churn(scores, X, self.predictor)
        return with_data_index(self._with_referrals(scores), X, self.base)

    def _with_referrals(self, scores: pd.DataFrame) -> pd.DataFrame:
        """Add `clv_referral` where referrals are known; it stands beside `clv` and enters no total."""
        if self.tables.referrals is None:
            return scores
        past = self.tables.before(self.question.as_of)
        worth = referral_value(past, scores, value=self.question.value)
        return scores.assign(clv_referral=worth["clv_referral"])


def refuse_on_executors(wanted: ScoreSection) -> None:
    """Refuse columns that join the values of many customers, or that executors are not taught to tell."""
    more = wanted.components or wanted.data_contribution or wanted.time_to_churn
    if more or wanted.reasons in {"exact", "approximate"}:
        raise UsageError(
            "score.components, score.data_contribution, score.time_to_churn and score.reasons are told by "
            "`engine: duckdb` alone. Leave them out here."
        )
