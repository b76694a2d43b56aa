"""Open comments as evidence: themes with their share, words, dimension, sentiment and kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from goodwill.errors import TableError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.kinds import kinds_of
from goodwill.perceived.lexicon import DIMENSION_WORDS
from goodwill.perceived.moments import F
from goodwill.perceived.sentiment import Sentiment, sentiment
from goodwill.perceived.terms import term_cutter, without_set_phrases
from goodwill.perceived.themes import NO_THEME, Themes, find_themes

KINDS = ("pain", "concern", "expectation", "praise", "unknown")
NAMED_BY, TYPICAL = 3, 3


@dataclass(frozen=True)
class Voices:
    """What open comments say.

    Parameters
    ----------
    comments : the rows that came in, with `theme` (its name, missing where none), `dimension`, `kind`,
        `p_kind` and `sentiment`; `text` is among them: this stays on the machine.
    themes : a row per theme, the commonest first: `theme` (its three most typical words), `n_comments`,
        `share` with `low` and `high`, `words`, `dimension` with `dimension_share` (of its words that
        point to any), `sentiment` with its interval, and `<kind>_share` of its comments.
    typical : `theme`, `text`: the comments that are most their theme, for local reading only.
    found : how the themes were found. mood : how sentiment was found.
    """

    comments: pd.DataFrame
    themes: pd.DataFrame
    typical: pd.DataFrame
    found: Themes
    mood: Sentiment


def voices(
    comments: pd.DataFrame,
    *,
    k: int | None = None,
    dimension_words: Mapping[str, Sequence[str]] = DIMENSION_WORDS,
    level: float = 0.95,
    seed: int = 0,
) -> Voices:
    """Return the themes of comments, and what kind of thing each comment says.

    Parameters
    ----------
    comments : a row per comment: `text`, and if known `score` (a rating that came with it, high is good).
    k : number of themes; by default the most stable one (`find_themes`).
    dimension_words : dimension → words that point to it.

    Raises
    ------
    TableError : no column `text`.
    FitError : fewer than 20 comments that share words with others.

    Examples
    --------
    >>> said = [f"{what} {how}" for what in ("Parcel", "Courier") for how in ("was late", "got lost")]
    >>> said += [f"{what} {how}" for what in ("Price", "Fee") for how in ("too high", "went up")]
    >>> heard = voices(pd.DataFrame({"text": [f"{text} {i}" for i in range(4) for text in said]}), k=2)
    >>> sorted(heard.themes["dimension"]), heard.themes["share"].tolist()
    (['economic', 'service'], [0.5, 0.5])
    """
    ensure_level(level)
    if "text" not in comments:
        raise TableError(f"comments has no column text; it has {', '.join(map(str, comments.columns))}.")
    texts = comments["text"].fillna("").astype(str).tolist()
    scores = comments["score"].to_numpy(dtype=float) if "score" in comments else np.full(len(texts), np.nan)
    found, mood = find_themes(texts, k, seed=seed), sentiment(texts, scores, seed)
    names = _names(found.words)
    told, _ = without_set_phrases(texts, term_cutter())
    heard = pd.concat([comments.reset_index(drop=True), kinds_of(told, scores)], axis=1)
    heard["theme"] = [names[place] if place != NO_THEME else None for place in found.of_comment]
    heard["sentiment"] = mood.of_comment
    dimensions = _dimensions(found, dimension_words)
    heard["dimension"] = heard["theme"].map(dict(zip(names, dimensions["dimension"], strict=True)))
    themes = pd.concat([_shares(heard, names, level), dimensions], axis=1)
    themes["words"] = found.words
    order = themes["n_comments"].to_numpy().argsort(kind="stable")[::-1]
    return Voices(
        heard, themes.iloc[order].reset_index(drop=True), _typical(heard, found.strength), found, mood
    )


def _names(words: Sequence[Sequence[str]]) -> list[str]:
    names: list[str] = []
    for own in words:
        name = " / ".join(own[:NAMED_BY])
        names.append(name if name not in names else f"{name} ({len(names)})")
    return names


def _dimensions(found: Themes, dimension_words: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Return the dimension that most of a theme's words point to; None where no word points anywhere."""
    points = np.array([[_points(term, words) for term in found.terms] for words in dimension_words.values()])
    weight = found.weights @ points.reshape(len(dimension_words), -1).T
    total = weight.sum(axis=1)
    best = weight.argmax(axis=1) if weight.shape[1] else np.zeros(len(weight), dtype=int)
    names = list(dimension_words)
    share = np.divide(
        weight.max(axis=1, initial=0.0), total, out=np.full(len(total), np.nan), where=total > 0
    )
    chosen = [names[place] if whole > 0 else None for place, whole in zip(best, total, strict=True)]
    return pd.DataFrame({"dimension": pd.Series(chosen, dtype=object), "dimension_share": share})


def _points(term: str, words: Sequence[str]) -> bool:
    """Tell whether a term is one of the words; without spaces, whether one holds the other."""
    if term.isascii():
        return term in words
    return any(word in term or term in word for word in words)


def _shares(heard: pd.DataFrame, names: Sequence[str], level: float) -> pd.DataFrame:
    z = float(norm.ppf((1 + level) / 2))
    rows = []
    for name in names:
        own = heard[heard["theme"] == name]
        low, high = _wilson(len(own), len(heard), z)
        moods = own["sentiment"].dropna()
        error = _half(moods, level)
        kinds = {f"{kind}_share": float((own["kind"] == kind).mean()) for kind in KINDS}
        counts = {
            "theme": name,
            "n_comments": len(own),
            "share": len(own) / len(heard),
            "low": low,
            "high": high,
        }
        mean = moods.mean() if len(moods) else np.nan
        rows.append(
            counts
            | {"sentiment": mean, "sentiment_low": mean - error, "sentiment_high": mean + error}
            | kinds
        )
    return pd.DataFrame(rows)


def _half(moods: pd.Series, level: float) -> float:
    """Return half of Student's interval of the mean, NaN of a single value."""
    n = len(moods)
    return float(t.ppf((1 + level) / 2, n - 1) * moods.std(ddof=1) / np.sqrt(n)) if n > 1 else float("nan")


def _wilson(n: int, total: int, z: float) -> tuple[float, float]:
    """Wilson's interval of a share (Wilson 1927, J. Am. Stat. Assoc. 22)."""
    p, wide = n / total, z**2 / total
    middle = (p + wide / 2) / (1 + wide)
    half = z * np.sqrt(p * (1 - p) / total + z**2 / (4 * total**2)) / (1 + wide)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _typical(heard: pd.DataFrame, strength: F) -> pd.DataFrame:
    ordered = (
        heard.assign(strength=strength)
        .dropna(subset=["theme"])
        .sort_values("strength", ascending=False, kind="stable")
    )
    once = ordered.drop_duplicates(["theme", "text"])
    return (
        once.groupby("theme", sort=False)
        .head(TYPICAL)[["theme", "text"]]
        .sort_values("theme", kind="stable", ignore_index=True)
    )
