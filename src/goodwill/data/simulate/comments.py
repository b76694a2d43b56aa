"""Comments with a planted theme and kind each."""

from itertools import product

import numpy as np
import pyarrow as pa

from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import Floats, Integers
from goodwill.data.simulate.phrases import FILLERS, KINDS, THEMES
from goodwill.data.simulate.scene import Scene
from goodwill.data.simulate.voice_world import Comments

SOURCES = ("comment", "review", "social", "interview", "focus group")
_SOURCE_ODDS = (0.45, 0.3, 0.15, 0.06, 0.04)
_THEME_ODDS = (0.24, 0.2, 0.18, 0.14, 0.14, 0.1)
_IDLE = "none"


def draw_comments(scene: Scene, voice: Comments) -> tuple[pa.Table, pa.Table]:
    """Return a row per comment, and its theme, kind and dimension in the same order (the truth).

    The less satisfied write more often, and more of pain; a share of all comments has no theme.
    """
    people, rng = scene.people, scene.stream("comments")
    eager = np.exp(-0.5 * people.satisfaction - 0.125)
    who = np.repeat(np.arange(len(people)), rng.poisson(voice.per_customer * eager))
    theme = rng.choice(len(THEMES), len(who), p=_THEME_ODDS)
    kind = _kinds(people.satisfaction[who], rng)
    idle = rng.random(len(who)) < voice.noise_share
    day = people.signup[who] + rng.random(len(who)) * (scene.world.days - people.signup[who])
    source = rng.choice(len(SOURCES), len(who), p=_SOURCE_ODDS)
    named = np.where(idle, len(THEMES), theme)
    comments = pa.table({
        "customer_id": coded(who, people.ids),
        "text": _texts(voice, named, kind, rng),
        "time": moments(scene.world.start, day),
        "source": coded(source, SOURCES),
    })  # fmt: skip
    truth = pa.table({
        "customer_id": coded(who, people.ids),
        "theme": coded(named, [*(item.name for item in THEMES), _IDLE]),
        "kind": coded(np.where(idle, len(KINDS), kind), [*KINDS, _IDLE]),
        "dimension": coded(named, [*(item.dimension for item in THEMES), _IDLE]),
    })  # fmt: skip
    return comments, truth


def _kinds(satisfaction: Floats, rng: np.random.Generator) -> Integers:
    """Draw the kind of each comment: praise from the satisfied, pain from the others."""
    appeal = np.stack(
        [0.6 - satisfaction, np.zeros_like(satisfaction), np.full_like(satisfaction, 0.1), satisfaction]
    )
    return np.argmax(appeal + rng.gumbel(size=appeal.shape), axis=0)


def _texts(voice: Comments, theme: Integers, kind: Integers, rng: np.random.Generator) -> pa.DictionaryArray:
    """Draw a sentence of the theme and kind, with or without an idle one; without a theme, two idle ones."""
    sentences, first, count = _sentences(voice)
    group = np.where(theme == len(THEMES), len(count) - 1, theme * len(KINDS) + kind)
    return coded(first[group] + (rng.random(len(group)) * count[group]).astype(np.int64), sentences)


def _sentences(voice: Comments) -> tuple[list[str], Integers, Integers]:
    """Return every comment there can be, and where each theme and kind begins and how many it has."""
    fillers = FILLERS[voice.language]
    gap, stop = (" ", ".") if voice.language == "en" else ("", "。")
    groups: list[list[str]] = []
    for theme in THEMES:
        words = theme.en if voice.language == "en" else theme.zh
        for said in words.said:
            plain = [
                f"{subject}{gap}{predicate}{stop}" for subject, predicate in product(words.subjects, said)
            ]
            groups.append(plain + [f"{text}{gap}{filler}" for text, filler in product(plain, fillers)])
    groups.append([f"{one}{gap}{other}" for one, other in product(fillers, fillers)])
    count = np.array([len(group) for group in groups])
    return [text for group in groups for text in group], np.cumsum(count) - count, count
