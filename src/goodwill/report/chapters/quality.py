"""How good the predictions were where the truth is known, in plain words and beside plain models."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.chapters.economics import contacts
from goodwill.report.charts import Axis, Series, bars, lines
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

METRICS: dict[str, tuple[str, ...]] = {
    "churn": ("roc_auc", "lift_10", "log_loss", "brier", "ece"),
    "clv": ("ngini", "spearman", "mae", "rmse", "bias", "decile_mape", "coverage"),
}

_CURVES = ("captured_share", "perfect_share")


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return what the backtest showed of churn and value, in pictures, and beside baselines in tables."""
    found: list[Exhibit] = []
    for target in METRICS:
        if target in material.metrics:
            found += [*_pictures(material.evidence, target, words), _beside(material.metrics, target, words)]
    return [*found, *contacts(material.metrics, words)]


def _pictures(evidence: dict[str, pd.DataFrame] | object, target: str, words: Words) -> list[Exhibit]:
    frames = evidence if isinstance(evidence, dict) else {}
    makers = {
        "churn": (("calibration", _calibration), ("churn_gains", _gains), ("churn_lift", _lift)),
        "clv": (("deciles", _deciles), ("clv_gains", _gains), ("clv_lift", _lift)),
    }
    return [make(name, frames[name], words) for name, make in makers[target] if len(frames.get(name, ()))]


def _calibration(key: str, table: pd.DataFrame, words: Words) -> Exhibit:
    series = [
        Series("p_mean", words("quality.predicted")),
        Series("churned_share", words("quality.actual"), "churned_low", "churned_high"),
    ]
    gap = float((table["p_mean"] - table["churned_share"]).abs().max())
    said = words("quality.calibration_says", gap=words.points(gap))
    shown = table.assign(bin=table["bin"].astype(int).astype(str))
    figure = bars(shown, Axis("bin", words("quality.bins")), Axis("p_mean", "", "share"), series)
    kinds: dict[str, Kind] = {"bin": "count", "n_customers": "count", "p_mean": "share"}
    kinds |= {"churned_share": "share", "churned_low": "share", "churned_high": "share"}
    return Exhibit(
        f"quality-{key}", words("quality.calibration"), words("quality.calibration_how"),
        table_of(table, kinds, words), figure, said, [said],
    )  # fmt: skip


def _deciles(key: str, table: pd.DataFrame, words: Words) -> Exhibit:
    series = [
        Series("predicted_total", words("quality.predicted")),
        Series("actual_total", words("quality.actual")),
    ]
    top = table.iloc[0]
    said = words(
        "quality.deciles_says",
        predicted=words.money(float(top["predicted_total"])),
        actual=words.money(float(top["actual_total"])),
    )
    shown = table.assign(decile=table["decile"].astype(int).astype(str))
    figure = bars(
        shown,
        Axis("decile", words("quality.tenths")),
        Axis("predicted_total", words.priced(), "money"),
        series,
    )
    kinds: dict[str, Kind] = {"decile": "count", "n_customers": "count", "predicted_total": "money"}
    kinds |= {"actual_total": "money", "zero_share": "share"}
    return Exhibit(
        f"quality-{key}", words("quality.deciles"), words("quality.deciles_how"),
        table_of(table, kinds, words), figure, said, [said],
    )  # fmt: skip


def _gains(key: str, table: pd.DataFrame, words: Words) -> Exhibit:
    names = _ordered(table)
    shown = table.assign(even_share=table["customers_share"])
    series = [Series(name, words.code("models", name)) for name in [*names, "even_share"]]
    tenth = table.iloc[(table["customers_share"] - 0.1).abs().argmin()]
    said = words(f"quality.{key}_says", share=words.share(float(tenth["captured_share"])))
    across = Axis("customers_share", words(f"quality.{key}_first"), "share")
    figure = lines(shown, across, Axis("captured_share", words(f"quality.{key}_share"), "share"), series)
    kinds: dict[str, Kind] = dict.fromkeys(("customers_share", *names), "share")
    return Exhibit(
        f"quality-{key}", words(f"quality.{key}"), words(f"quality.{key}_how"), table_of(table, kinds, words),
        figure, said, [said],
    )  # fmt: skip


def _lift(key: str, table: pd.DataFrame, words: Words) -> Exhibit:
    """Return what each tenth holds, folded: the gains above it draw the same."""
    kinds: dict[str, Kind] = {"decile": "count", "n_customers": "count"}
    if key == "churn_lift":
        names = {"outcome_total": "churned_n", "outcome_mean": "churned_share"}
        kinds |= {"churned_n": "count", "churned_share": "share"}
    else:
        names = {"outcome_total": "value_came_total", "outcome_mean": "value_came_mean"}
        kinds |= dict.fromkeys(names.values(), "money")
    kinds |= {"group_lift": "number", "held_share": "share", "cumulative_lift": "number"}
    names |= {"group": "decile", "lift": "group_lift", "captured_share": "held_share"}
    shown = table_of(table.rename(columns=names), kinds, words)
    title, how = words(f"quality.{key}"), words(f"quality.{key}_how")
    return Exhibit(f"quality-{key}", title, how, shown, is_folded=True)


def _ordered(table: pd.DataFrame) -> list[str]:
    """Return the curves to draw: ours, the strongest plain model's, and the best possible one."""
    plain = [name for name in table.columns if name not in {"customers_share", "lift", *_CURVES}]
    strongest = [max(plain, key=lambda name: table[name].sum())] if plain else []
    return [_CURVES[0], *strongest, _CURVES[1]]


def _beside(metrics: Json, target: str, words: Words) -> Exhibit:
    report = metrics[target]
    baselines = report.get("baselines", {})
    rows = [
        {
            "metric": words.code("metrics", name),
            "goodwill": report[name],
            **dict(zip(("low", "high"), report.get("ci", {}).get(name) or (None, None), strict=True)),
            **{plain: said.get(name) for plain, said in baselines.items()},
            "meaning": words.code("metric_meanings", name),
        }
        for name in METRICS[target]
        if report.get(name) is not None
    ]
    frame = pd.DataFrame(rows)
    kinds: dict[str, Kind] = {"metric": "text", "goodwill": "measure", "low": "measure", "high": "measure"}
    kinds |= dict.fromkeys(baselines, "measure") | {"meaning": "text"}
    numeric = [name for name, kind in kinds.items() if kind == "measure"]
    frame[numeric] = frame[numeric].astype(float)
    table = table_of(frame, kinds, words)
    title, how = words(f"quality.beside_{target}"), _judged_on(metrics, target, words)
    return Exhibit(f"quality-{target}-beside", title, how, table, notes=_notes(metrics, target, words))


def _judged_on(metrics: Json, target: str, words: Words) -> str:
    test = metrics.get("backtest", {})
    n = words.count(test.get("n_labelled", {}).get(target, test.get("n_customers")))
    if test.get("as_of") is None:
        return words("quality.cross_validated", n=n)
    return words("quality.backtest", day=test["as_of"], days=test["horizon_days"], n=n)


def _notes(metrics: Json, target: str, words: Words) -> list[str]:
    notes = []
    served = metrics.get("served_by", {}).get(target, "model")
    if served != "model":
        key = "quality.served_by_hazard" if served == "hazard" else "quality.served_by"
        notes.append(words(key, model=words.code("models", served)))
    if target == "clv" and metrics["clv"].get("coverage") is not None:
        held = words.share(metrics["clv"]["coverage"])
        notes.append(words("quality.coverage", held=held, zero=words.share(metrics["clv"].get("zero_share"))))
    if _lacks(metrics[target], "decile_mape"):
        notes.append(words("quality.tenths_not", metric=words.code("metrics", "decile_mape")))
    holdout = metrics.get("holdout", {}).get(target)
    if holdout:
        name = METRICS[target][0]
        notes.append(
            words(
                "quality.holdout", metric=words.code("metrics", name), held=words.measure(holdout.get(name))
            )
        )
    return notes


def _lacks(report: Json, name: str) -> bool:
    """Return whether a metric, its interval or that of a plain model was asked for and is not defined."""
    kept = (report, report.get("ci", {}), *report.get("baselines", {}).values())
    return any(name in each and each[name] is None for each in kept)
