"""What a person reads after measuring: effects with intervals, the design's tests, what each cost brought."""

from collections.abc import Sequence

from goodwill.decisions.balance import Test
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import Effect
from goodwill.decisions.overlap import WORST_DIFFERENCE, Overlap
from goodwill.decisions.returns import Return
from goodwill.decisions.sensitivity import Sensitivity
from goodwill.decisions.uplift_classes import CLASSES
from goodwill.decisions.uplift_report import UpliftReport
from goodwill.pipeline.campaign_report import Report
from goodwill.pipeline.outcome import Sheet
from goodwill.wording.figures import NOTHING, p_text

_MEANS = {
    "sample ratio": "chi-square {value:.2f}",
    "balance": "AUC {value:.3f}",
    "balance of clusters": "difference {value:.2f} sd",
    "before": "difference {value:.4g}",
    "answered": "difference in share {value:+.1%}",
}


def campaign_sheets(report: Report, money: str) -> list[Sheet]:
    """Return the tables of one campaign, its returns in a currency."""
    name, campaign, found = report.name, report.campaign, report.found
    sheets = [_effect_sheet(name, campaign, [one.effect for one in found.effects])]
    sheets += [_check_sheet(name, report.checks)] if report.checks else []
    sheets += [_overlap_sheet(name, found.overlaps)] if found.overlaps else []
    sheets += [_placebo_sheet(name, report.placebo)] if report.placebo else []
    sheets += [_sensitivity_sheet(name, found.sensitivities)] if found.sensitivities else []
    sheets += [_return_sheet(name, campaign, report.returns, money)] if report.returns else []
    return sheets


def _effect_sheet(name: str, campaign: Campaign, effects: Sequence[Effect]) -> Sheet:
    how = "by lot" if campaign.is_randomised else "not by lot"
    title = f"{name}: effect per customer against {campaign.control}, {how}, {len(campaign.rows):,} customers"
    interval = f"{campaign.level:.0%} interval"
    heads = ("treatment", "outcome", "without", "effect", interval, "lift", "p, corrected")
    rows = [
        (
            one.arm,
            one.outcome,
            _shown(one.control_mean),
            _shown(one.estimate),
            f"{_shown(one.low)} to {_shown(one.high)}",
            NOTHING if one.lift is None else f"{one.lift:+.0%}",
            p_text(one.p_holm),
        )
        for one in effects
    ]
    return Sheet(title, heads, rows)


def _check_sheet(name: str, checks: Sequence[Test]) -> Sheet:
    rows = [
        (
            check.name,
            _MEANS[check.name.split(":")[0]].format(value=check.value),
            p_text(check.p_value),
            "as by lot" if check.is_passed else "not by lot",
        )
        for check in checks
    ]
    return Sheet(f"{name}: was it by lot?", ("check", "found", "p", "verdict"), rows)


def _placebo_sheet(name: str, placebo: Sequence[Test]) -> Sheet:
    rows = [
        (
            check.name.removeprefix("before: "),
            _shown(check.value),
            p_text(check.p_value),
            "alike" if check.is_passed else "differed already",
        )
        for check in placebo
    ]
    heads = ("treatment, outcome", "difference", "p, corrected", "verdict")
    return Sheet(f"{name}: the same comparison before treatment, where there can be no effect", heads, rows)


def _overlap_sheet(name: str, overlaps: Sequence[Overlap]) -> Sheet:
    heads = ("treatment", "comparable", "differed most in", "by", "weighted", "verdict")
    rows = [
        (
            one.arm,
            f"{one.n_kept:,} of {one.n:,}",
            one.covariate,
            f"{one.difference_before:.2f} sd",
            f"{one.difference_after:.2f} sd",
            "balanced" if one.difference_after <= WORST_DIFFERENCE else "unbalanced",
        )
        for one in overlaps
    ]
    return Sheet(f"{name}: can treated and untreated be compared?", heads, rows)


def _sensitivity_sheet(name: str, sensitivities: Sequence[Sensitivity]) -> Sheet:
    heads = ("treatment", "outcome", "no effect", "chance", "strongest known", "risk ratio")
    rows = [
        (
            one.arm,
            one.outcome,
            f"{one.robustness:.1%}",
            f"{one.robustness_limit:.1%}",
            f"{one.strongest} {one.strongest_treatment:.1%}, {one.strongest_outcome:.1%}",
            NOTHING if one.e_value is None else f"{one.e_value:.2f}, {one.e_value_limit:.2f}",
        )
        for one in sensitivities
    ]
    return Sheet(f"{name}: what a hidden cause would have to explain, of treatment and outcome", heads, rows)


def _return_sheet(name: str, campaign: Campaign, brought: Sequence[Return], money: str) -> Sheet:
    heads = (
        "treatment",
        "outcome",
        f"cost ({money})",
        f"margin ({money})",
        "return",
        f"{campaign.level:.0%} interval",
    )
    rows = [
        (one.arm, one.outcome, _shown(one.cost), _shown(one.margin), f"{one.roi:+z.0%}", _range(one))
        for one in brought
    ]
    return Sheet(f"{name}: return on cost, per treated customer", heads, rows)


def uplift_sheets(name: str, uplifts: Sequence[UpliftReport], level: float, money: str) -> list[Sheet]:
    """Return the tables on who reacts."""
    if not uplifts:
        return []
    policies = [one for one in uplifts if one.policies]
    sheets = [_qini_sheet(name, uplifts, level), _class_sheet(name, uplifts)]
    return sheets + [_policy_sheet(name, one, level, money) for one in policies]


def _qini_sheet(name: str, uplifts: Sequence[UpliftReport], level: float) -> Sheet:
    heads = ("treatment", "outcome", "learner", "Qini", f"{level:.0%} interval", "top tenth", "all")
    rows = [
        (
            arm,
            one.outcome,
            learner,
            _shown(found.qini.estimate),
            f"{_shown(found.qini.low)} to {_shown(found.qini.high)}",
            _shown(found.uplift_at[0.1].estimate),
            _shown(found.mean_effect.estimate),
        )
        for one in uplifts
        for arm, learners in one.qinis.items()
        for learner, found in learners.items()
    ]
    return Sheet(f"{name}: who reacts, on customers not learned from (chance has a Qini of 0)", heads, rows)


def _class_sheet(name: str, uplifts: Sequence[UpliftReport]) -> Sheet:
    rows = [
        (arm, one.outcome, *(f"{kinds.get(kind, 0):,}" for kind in CLASSES))
        for one in uplifts
        for arm, kinds in one.classes.items()
    ]
    heads = ("treatment", "outcome", *(kind.replace("_", " ") for kind in CLASSES))
    return Sheet(f"{name}: customers by what treatment changes", heads, rows)


def _policy_sheet(name: str, one: UpliftReport, level: float, money: str) -> Sheet:
    rows = [
        (
            policy.name,
            f"{policy.treated_share:.0%}",
            _shown(policy.value),
            f"{_shown(policy.low)} to {_shown(policy.high)}",
        )
        for policy in one.policies
    ]
    heads = ("policy", "treated", f"per customer ({money})", f"{level:.0%} interval")
    return Sheet(f"{name}: what a policy brings in {one.outcome}, on the half not learned from", heads, rows)


def _range(one: Return) -> str:
    return "no bound" if one.low is None or one.high is None else f"{one.low:+z.0%} to {one.high:+z.0%}"


def _shown(value: float) -> str:
    return f"{value:z,.2f}" if abs(value) >= 10 else f"{value:z.4f}"  # noqa: PLR2004 - money needs cents, shares digits
