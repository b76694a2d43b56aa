"""What the base is worth, how sure that is, and how it is spread over customers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from goodwill.evaluation.economics import AS_GOOD_AS_GONE, WORTH_A_WORD
from goodwill.report.charts import Axis, Series, bars, lines
from goodwill.report.exhibit import Exhibit, Fact
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.value.concentration import concentration, lorenz_curve


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the total and its range, the concentration of value, and the spread of churn."""
    found = [*_doubts(material, words), *([_total(material, words)] if material.has_scores() else [])]
    found += [_concentration(material, words)] if material.has_scores("clv") else []
    return [*found, _risk(material, words)] if material.has_scores("p_churn") else found


def _doubts(material: Material, words: Words) -> list[Exhibit]:
    """Say what on the page does not belong together, before anything else."""
    model = material.facts.get("model") or words("worth.another")
    now = {"model": model, "currency": material.currency}
    notes = [words(f"worth.{name}", then=then, **now) for name, then in material.doubts.items()]
    return [Exhibit("worth-doubts", words("worth.doubts"), notes=notes)] if notes else []


def _total(material: Material, words: Words) -> Exhibit:
    rows = material.scored
    facts, notes = [Fact(words.count(len(rows)), words("worth.customers"))], []
    if "clv" in rows:
        total = float(rows["clv"].sum())
        ends = _range_of(material)
        detail = "" if ends is None else _range_text(ends, material.level, words)
        facts.append(Fact(words.money(total), _horizon_label(rows, words), detail))
        facts.append(Fact(words.money(total / max(len(rows), 1)), words("worth.mean")))
        notes += [words("worth.range_how" if ends else "worth.no_range"), *_bias(material, words)]
    if "p_churn" in rows:
        expected = float(rows["p_churn"].sum())
        detail = words("worth.of_base", share=words.share(float(rows["p_churn"].mean())))
        facts.append(Fact(words.count(expected), words("worth.churners"), detail))
    if "value_at_risk" in rows:
        at_risk = words.money(float(rows["value_at_risk"].sum()))
        facts.append(Fact(at_risk, words("worth.at_risk"), _of_whom(rows, words)))
    notes += [words("worth.extrapolated")] if _is_extrapolated(material) else []
    return Exhibit("worth-total", words("worth.total"), words("worth.total_how"), notes=notes, facts=facts)


def _of_whom(rows: pd.DataFrame, words: Words) -> str:
    """Return what is at risk, and how much of it with customers of whom hardly one is left to save."""
    told, total = words("worth.at_risk_detail"), float(rows["value_at_risk"].sum())
    if "p_churn" not in rows or total <= 0:
        return told
    share = float(rows["value_at_risk"][rows["p_churn"] >= AS_GOOD_AS_GONE].sum()) / total
    if share < WORTH_A_WORD:
        return told
    return words("worth.at_risk_gone", told=told, share=words.share(share), gone=f"{AS_GOOD_AS_GONE:.0%}")


def _range_of(material: Material) -> tuple[float, float] | None:
    found = material.ranges("all")
    return None if found.empty else (float(found["total_low"].iloc[0]), float(found["total_high"].iloc[0]))


def _horizon_label(rows: pd.DataFrame, words: Words) -> str:
    days = rows["horizon_days"].dropna() if "horizon_days" in rows else pd.Series(dtype=float)
    return words("worth.expected", days=int(days.iloc[0])) if len(days) else words("worth.expected_plain")


def _range_text(ends: tuple[float, float], level: float, words: Words) -> str:
    low, high = (words.compact(end) for end in ends)
    return words("worth.range", level=f"{level:.0%}", low=low, high=high)


def _bias(material: Material, words: Words) -> list[str]:
    bias = material.metrics.get("clv", {}).get("bias")
    if bias is None or "scored_by" in material.doubts:
        return []
    size, actual = words.share(abs(bias)), 100 / (1 + bias)
    key = "worth.bias_high" if bias > 0 else "worth.bias_low"
    return [words(key, size=size, actual=f"{actual:,.0f}")]


def _is_extrapolated(material: Material) -> bool:
    is_told = bool(material.metrics.get("backtest", {}).get("is_extrapolated"))
    return is_told and "scored_by" not in material.doubts


def _concentration(material: Material, words: Words) -> Exhibit:
    clv = material.scored["clv"].dropna()
    curve = lorenz_curve(clv).rename(columns={"customer_share": "customers_share"})
    curve["even_share"] = curve["customers_share"]
    held = concentration({"clv": clv}).iloc[0]
    said = words(
        "worth.lorenz_says",
        first=words.share(held["top_5_share"]),
        tenth=words.share(held["top_10_share"]),
        half=words.share(held["top_50_share"]),
        gini=words.number(held["gini"]),
    )
    figure = lines(
        curve,
        Axis("customers_share", words("worth.least_first"), "share"),
        Axis("value_share", words("worth.share_of_value"), "share"),
        [Series("value_share", words("worth.predicted")), Series("even_share", words("worth.even"))],
    )
    table = table_of(curve, {"customers_share": "share", "value_share": "share"}, words)
    return Exhibit(
        "worth-concentration", words("worth.lorenz"), words("worth.lorenz_how"), table, figure, said, [said]
    )


def _risk(material: Material, words: Words) -> Exhibit:
    rows = material.scored
    place = np.clip(np.ceil(rows["p_churn"].to_numpy(float) * 10) - 1, 0, 9)
    columns = {"customers": rows.groupby(place).size()}
    if "clv" in rows:
        columns["clv_total"] = rows.groupby(place)["clv"].sum()
    bands = pd.DataFrame(columns).reindex(range(10), fill_value=0).reset_index(names="band")
    bands["p_churn_band"] = [f"{tenth * 10}–{tenth * 10 + 10}%" for tenth in range(10)]
    bands["customers_share"] = bands["customers"] / max(len(rows), 1)
    series = [Series("customers_share", words.column("customers_share"))]
    kinds: dict[str, Kind] = {"p_churn_band": "text", "customers": "count", "customers_share": "share"}
    if "clv" in rows:
        bands["value_share"] = bands["clv_total"] / (bands["clv_total"].sum() or np.nan)
        series.append(Series("value_share", words.column("value_share")))
        kinds |= {"clv_total": "money", "value_share": "share"}
    across = Axis("p_churn_band", words("worth.p_churn"), "text")
    figure = bars(bands, across, Axis("customers_share", "", "share"), series)
    high = float((rows["p_churn"] > 0.5).mean())  # noqa: PLR2004 - more likely than not
    said = words("worth.risk_says", share=words.share(high))
    table = table_of(bands, kinds, words)
    return Exhibit("worth-risk", words("worth.risk"), words("worth.risk_how"), table, figure, said, [said])
