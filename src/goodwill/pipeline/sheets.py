"""What a person reads after training: results beside baselines, the gate's answer, and where files lie."""

from collections.abc import Mapping, Sequence
from typing import Any

from goodwill.config import Config
from goodwill.pipeline.classes import trained_sheets
from goodwill.pipeline.economics import economics_notes, economics_sheets
from goodwill.pipeline.gate import Verdict
from goodwill.pipeline.outcome import Outcome, Sheet
from goodwill.pipeline.runs import RunFolder
from goodwill.pipeline.sanity import sanity_sheets
from goodwill.wording.figures import NOTHING

Metrics = Mapping[str, Any]  # JSON
SHOWN = {
    "churn": ("roc_auc", "average_precision", "log_loss", "brier", "ece", "lift_10"),
    "clv": ("ngini", "spearman", "mae", "rmse", "bias", "decile_mape", "coverage", "interval_score"),
}
_SPOKEN = {"hazard": "hazard (the model of renewals)"}
_CALIBRATED = {"platt": "Platt's line", "beta": "beta calibration", "isotonic": "isotonic regression"}
_NOTABLE_DRIFT_SHARE = _NOTABLE_LEVEL_SHARE = 0.1
# Between the busiest and the quietest month, in parts of the usual.
_NOTABLE_SEASON, _LEAST_SEASON = 0.2, 0.02


def trained_outcome(
    metrics: Metrics, run: RunFolder, config: Config, verdict: Verdict, said: Sequence[str] = ()
) -> Outcome:
    """Return what `goodwill train` shows and answers."""
    files = {
        "run": str(run.path),
        "report": str(run.path / "report.html"),
        "in_force": str(config.output_dir / "predictor"),
    }
    sheets = [results(target, metrics) for target in SHOWN if target in metrics]
    sheets += [_holdout(metrics)] if "holdout" in metrics else []
    sheets += economics_sheets(metrics, config.currency)
    sheets += [*trained_sheets(metrics), *sanity_sheets(metrics)]
    notes = [
        *said,
        *_windows(metrics),
        *_served(metrics),
        *_calibration(metrics),
        *_intervals(metrics),
        *economics_notes(metrics, config.currency),
        *_season(metrics),
        *_drift(metrics),
        *_registered(metrics, verdict),
    ]
    notes += [f"Report: {run.path / 'report.html'}", f"Files: {run.path}"]
    return Outcome({**metrics, "files": files}, sheets, notes, is_no=not verdict.decision.promote)


def results(target: str, metrics: Metrics) -> Sheet:
    """Return the metrics of one target, beside those of plain models."""
    report = metrics[target]
    baselines = report["baselines"]
    rows = [
        (name, _shown(report.get(name)), _pair(report["ci"].get(name)), *_of(baselines, name))
        for name in SHOWN[target]
        if name in report
    ]
    return Sheet(
        f"{target}: {_judged_on(metrics, target)}", ("metric", "goodwill", "90% interval", *baselines), rows
    )


def _judged_on(metrics: Metrics, target: str) -> str:
    test = metrics.get("backtest", {})
    if test.get("as_of") is None:
        return f"cross-validated, {test.get('n_labelled', {}).get(target, test['n_customers']):,} customers"
    return f"backtest {test['as_of']} + {test['horizon_days']} days, {test['n_customers']:,} customers"


def _holdout(metrics: Metrics) -> Sheet:
    holdout, training = metrics["holdout"], metrics["training"]
    baselines = list(dict.fromkeys(name for target in SHOWN for name in holdout[target]["baselines"]))
    title = f"holdout {training['as_of']} + {training['horizon_days']} days, seen by no fit and no decision"
    rows = [
        (
            f"{target}.{name}",
            _shown(holdout[target].get(name)),
            *_of(holdout[target]["baselines"], name, baselines),
        )
        for target, names in SHOWN.items()
        for name in names
        if name in holdout[target]
    ]
    return Sheet(title, ("metric", "goodwill", *baselines), rows)


def _of(baselines: Mapping[str, Metrics], name: str, order: Sequence[str] | None = None) -> list[str]:
    return [_shown(baselines.get(baseline, {}).get(name)) for baseline in order or baselines]


def _windows(metrics: Metrics) -> list[str]:
    training, test = metrics.get("training", {}), metrics.get("backtest", {})
    if "windows" not in training:
        return []
    dates = [window["as_of"] for window in training["windows"]]
    horizons = sorted({window["horizon_days"] for window in training["windows"]})
    text = (
        f"Trained on {training['n_rows']:,} rows: {len(set(dates))} dates from {min(dates)} to {max(dates)}, "
        f"horizons of {', '.join(map(str, horizons))} days."
    )
    if not test["is_extrapolated"]:
        return [text]
    extrapolated = (
        f"The history does not hold {training['horizon_days']} days twice: the backtest has "
        f"{test['horizon_days']}, and results beyond it are extrapolated."
    )
    return [text, extrapolated]


def _served(metrics: Metrics) -> list[str]:
    other = {target: name for target, name in metrics.get("served_by", {}).items() if name != "model"}
    return [
        f"{target} is served by {_SPOKEN.get(name, name)}, which {_how(name, metrics)}."
        for target, name in other.items()
    ]


def _how(name: str, metrics: Metrics) -> str:
    """Tell how surely: on folds, and of two learned models, the better serves; else a plain one must win."""
    if metrics.get("backtest", {"as_of": ""})["as_of"] is None:
        return "lost less in cross-validation"
    return "predicted the backtest better" + ("" if name in _SPOKEN else " beyond chance")


def _calibration(metrics: Metrics) -> list[str]:
    """Tell what probabilities of churn are put through, where leaving them alone was worse."""
    found = metrics.get("training", {}).get("calibration", {"kind": "none"})
    if found["kind"] == "none":
        return []
    before, after = (_shown(found["log_loss"][kind]) for kind in ("none", found["kind"]))
    text = (
        f"p_churn is calibrated by {_CALIBRATED[found['kind']]}: in later windows its log-loss fell from "
        f"{before} to {after}, beyond chance."
    )
    return [text]


def _intervals(metrics: Metrics) -> list[str]:
    """Put the interval's score beside that of a crude one."""
    own = metrics.get("clv", {})
    if "crude_interval" not in own:
        return []
    crude = own["crude_interval"]
    text = (
        f"Intervals: score {_shown(own['interval_score'])}, coverage {_shown(own['coverage'])}; the crude "
        f"[0, 3 × clv] has {_shown(crude['interval_score'])} and {_shown(crude['coverage'])}."
    )
    return [text]


def _season(metrics: Metrics) -> list[str]:
    """Tell the season and the level that times are measured by."""
    season = metrics.get("training", {}).get("season")
    if season is None:
        return []
    spread = season["busiest_rate"] - season["quietest_rate"]
    digits = 1 if spread >= _NOTABLE_SEASON else 2
    busy, quiet = (
        f"{season[f'{which}_rate']:.{digits}f} times {usual}in month {season[f'{which}_month']}"
        for which, usual in (("busiest", "as often as usual "), ("quietest", ""))
    )
    text = f"Season: customers order {busy}, {quiet}. Ages, silences and horizons are measured accordingly."
    text += " It starts from `snapshot.season`." if season.get("told_years") else ""
    told = [text] if spread >= _LEAST_SEASON else []
    before = season["year_ago_rate"]
    if abs(before - 1) < _NOTABLE_LEVEL_SHARE:
        return told
    text = f"Level: a year ago customers of one age ordered {before:.2f} times as often as now, season apart."
    return [*told, f"{text} What is predicted goes on from the level of now."]


def _drift(metrics: Metrics) -> list[str]:
    """Warn where whole windows came out higher or lower than predicted, beyond chance."""
    share = metrics.get("training", {}).get("drift_share", 0.0)
    if share < _NOTABLE_DRIFT_SHARE:
        return []
    text = (
        f"Totals of whole windows differed from what was predicted by {share:.0%} (one standard deviation, "
        "beyond chance): a season or trend that this history does not tell. Totals may be off by as much, "
        "and intervals may not hold. A season that is known from former years can be told "
        "(`snapshot.season`)."
    )
    return [text]


def _registered(metrics: Metrics, verdict: Verdict) -> list[str]:
    model, reasons = metrics["model"], verdict.decision.reasons
    name = f"{model['name']} version {model['version']}"
    if verdict.decision.promote:
        return [f"Registered as {name}, now @champion (judged against {verdict.rival})."]
    stays = "the champion stays" if verdict.has_champion else "there is no champion yet"
    said = f"Registered as {name}, @challenger; {stays}: judged against {verdict.rival}."
    if verdict.has_champion:
        return [said, *reasons]
    serves = f"It serves until there is one; `goodwill promote CONFIG {model['version']}` makes it champion."
    return [said, *reasons, serves]


def _shown(value: object) -> str:
    if not isinstance(value, int | float):
        return NOTHING
    return f"{value:z,.2f}" if abs(value) >= 10 else f"{value:z.4f}"  # noqa: PLR2004 - money needs cents, shares digits


def _pair(pair: Sequence[float] | None) -> str:
    return NOTHING if pair is None else f"{_shown(pair[0])} to {_shown(pair[1])}"
