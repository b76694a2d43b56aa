"""How well each learner finds whom a campaign moves, and what treating by it would have brought."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.decisions.budget_effects import MARGIN
from goodwill.decisions.campaign import B, Campaign, F
from goodwill.decisions.folds import folds
from goodwill.decisions.policy import Policy, best_arms, policy_value
from goodwill.decisions.qini import Qini, contributions, qini
from goodwill.decisions.uplift import UpliftModel, chances
from goodwill.decisions.uplift_classes import uplift_classes
from goodwill.decisions.uplift_learners import LEARNERS, Learner

_HALVES = 2
_UNWORTHY_SHARE = 0.1


@dataclass(frozen=True)
class UpliftReport:
    """What was found out about the reaction to one outcome of a campaign.

    Parameters
    ----------
    outcome : what is measured.
    qinis : by treatment and learner, judged on the half of customers that the learner has not seen.
    policies : treating each customer with what pays best, beside treating all and none, on customers that the
        policy was not learned from; for money of campaigns by lot.
    customers : a row per customer: `customer_id`, `outcome`, the `unit` of its effects ("margin", or
        "outcome" where it is no margin) and, for each treatment, a column of its name with the effect, its
        limits `<treatment>_low` and `<treatment>_high`, and `<treatment>_class`; learned from all customers.
    """

    outcome: str
    qinis: dict[str, dict[Learner, Qini]]
    policies: list[Policy]
    customers: pd.DataFrame

    @property
    def classes(self) -> dict[str, dict[str, int]]:
        """How many customers are of each class, by treatment."""
        return {arm: dict(Counter(self.customers[f"{arm}_class"].tolist())) for arm in self.qinis}


@dataclass(frozen=True)
class _Scored:
    """Every customer's effects and expected outcomes by models fitted to the other half."""

    effects: dict[Learner, F]
    untreated: F
    treated: F


def uplift_report(
    campaign: Campaign, outcome: str, moderators: tuple[str, ...], margin_rate: float | None, seed: int = 0
) -> UpliftReport:
    """Learn who reacts on each half of a campaign's customers, and judge it on the other.

    Parameters
    ----------
    campaign : as `ensure_measurable` accepts it, with covariates.
    outcome : the outcome to raise.
    moderators : covariates that may move the effect; all when empty.
    margin_rate : share of the outcome that is margin; None where it is no money, so that no cost can be taken
        off it, and there are no policies.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = pd.DataFrame({"customer_id": range(4_000), "age": rng.normal(size=4_000)})
    >>> rows["treatment"] = rng.choice(["letter", "control"], 4_000)
    >>> rows["spend"] = rows["age"] * (rows["treatment"] == "letter") + rng.normal(size=4_000)
    >>> campaign = Campaign(rows, {"spend": "money"}, covariates=("age",))
    >>> report = uplift_report(campaign, "spend", (), margin_rate=1.0)
    >>> [policy.name for policy in report.policies], round(report.policies[0].value, 1)
    (['by uplift', 'letter for all', 'nobody'], 0.4)
    """
    half = folds(campaign.groups, _HALVES, seed)
    scored = {arm: _scored(campaign, arm, outcome, moderators, half, seed) for arm in campaign.arms}
    qinis = {arm: _qinis(campaign, arm, outcome, one, seed) for arm, one in scored.items()}
    model = _unfitted(campaign, outcome, moderators, seed)
    model.fit(_known(campaign, outcome), campaign.values(outcome), campaign.groups)
    return UpliftReport(
        outcome=outcome,
        qinis=qinis,
        policies=[]
        if margin_rate is None or not campaign.is_randomised
        else _policies(campaign, outcome, scored, margin_rate),
        customers=_customers(campaign, outcome, model, scored, margin_rate),
    )


def _scored(
    campaign: Campaign,
    arm: str,
    outcome: str,
    moderators: tuple[str, ...],
    half: NDArray[np.intp],
    seed: int,
) -> _Scored:
    y, groups = campaign.values(outcome), campaign.groups
    X, pair = _known(campaign, outcome), _pair(campaign, arm)
    found = np.empty((len(LEARNERS) + 2, len(y)))
    model = _unfitted(campaign, outcome, moderators, seed)
    for held in range(_HALVES):
        seen, others = pair & (half != held), half == held
        model.fit(X[seen], y[seen], groups[seen])
        known = model.taught_[arm]
        asked = model.asked(X[others])
        found[:2, others] = known.expected(asked.columns)
        for place, learn in enumerate(LEARNERS.values(), start=2):
            found[place, others] = learn(known, seed).expected(asked)
    return _Scored(dict(zip(LEARNERS, found[2:], strict=True)), found[0], found[1])


def _known(campaign: Campaign, outcome: str) -> pd.DataFrame:
    """Return what was known of customers before, with what history expects of the outcome."""
    anchors = [name for name in (campaign.expected.get(outcome),) if name is not None]
    return campaign.rows[list(dict.fromkeys([*campaign.before.values(), *campaign.covariates, *anchors]))]


def _unfitted(campaign: Campaign, outcome: str, moderators: tuple[str, ...], seed: int) -> UpliftModel:
    return UpliftModel(
        kind=campaign.outcomes[outcome],
        anchor=campaign.expected.get(outcome),
        moderators=list(moderators) or None,
        control=campaign.control,
        is_randomised=campaign.is_randomised and campaign.propensity is None,
        seed=seed,
    )


def _pair(campaign: Campaign, arm: str) -> B:
    return np.isin(campaign.groups, [arm, campaign.control])


def _qinis(campaign: Campaign, arm: str, outcome: str, one: _Scored, seed: int) -> dict[Learner, Qini]:
    rows = _pair(campaign, arm)
    part = campaign.only(rows)
    is_treated = part.groups == arm
    effect = contributions(
        part.values(outcome),
        is_treated,
        _chances(part, is_treated, seed),
        (one.untreated[rows], one.treated[rows]),
    )
    return {
        learner: qini(score[rows], effect, campaign.level, seed=seed)
        for learner, score in one.effects.items()
    }


def _chances(part: Campaign, is_treated: B, seed: int) -> F:
    if part.propensity is not None:
        return part.values(part.propensity)
    if part.is_randomised:
        return np.full(len(is_treated), is_treated.mean())
    return chances(part.rows[list(part.covariates)], is_treated, seed)


def _costs(campaign: Campaign) -> F:
    """Return the mean cost of each treatment, 0 where it is not known."""
    groups = campaign.groups
    spent = {arm: campaign.spent(arm) for arm in campaign.arms}
    means = [0.0 if cost is None else float(cost[groups == arm].mean()) for arm, cost in spent.items()]
    return np.array(means, dtype=np.float64)


def _policies(
    campaign: Campaign, outcome: str, scored: dict[str, _Scored], margin_rate: float
) -> list[Policy]:
    groups, arms, costs = campaign.groups, campaign.arms, _costs(campaign)
    got = np.array([0 if group == campaign.control else 1 + arms.index(group) for group in groups.tolist()])
    shares = np.bincount(got) / len(got)
    chance = np.tile(shares, (len(got), 1))
    if campaign.propensity is not None:
        own = campaign.values(campaign.propensity)
        chance = np.column_stack([1 - own, own])
    seen = campaign.values(outcome) * margin_rate, got, chance
    effects = np.column_stack([one.effects["dr"] for one in scored.values()]) * margin_rate
    wanted = {"by uplift": best_arms(effects, costs)}
    wanted |= {f"{arm} for all": np.full(len(got), 1 + place) for place, arm in enumerate(arms)}
    wanted["nobody"] = np.zeros(len(got), dtype=np.intp)
    return [policy_value(name, want, seen, costs.tolist(), campaign.level) for name, want in wanted.items()]


def _customers(
    campaign: Campaign,
    outcome: str,
    model: UpliftModel,
    scored: dict[str, _Scored],
    margin_rate: float | None,
) -> pd.DataFrame:
    rate, asked = margin_rate or 1.0, model.learned_from_
    effects, limits = model.effects(asked) * rate, model.limits(asked, campaign.level) * rate
    columns: dict[str, object] = {"customer_id": campaign.rows["customer_id"].to_numpy()}
    for (arm, one), cost in zip(scored.items(), _costs(campaign), strict=True):
        effect, untreated = effects[arm].to_numpy(), one.untreated * rate
        is_priced = margin_rate is not None and cost > 0
        least = float(cost) if is_priced else _UNWORTHY_SHARE * float(np.abs(untreated.mean()))
        sides = {name: limits[name].to_numpy() for name in (f"{arm}_low", f"{arm}_high")}
        columns |= {arm: effect, **sides, f"{arm}_class": uplift_classes(effect, untreated, least)}
    unit = "outcome" if margin_rate is None else MARGIN
    return pd.DataFrame({"customer_id": columns["customer_id"], "outcome": outcome, "unit": unit} | columns)
