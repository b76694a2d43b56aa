"""Surveys with planted weights, gaps, reliability and Kano types."""

import numpy as np
import pandas as pd
import pyarrow as pa

from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import Floats, Integers
from goodwill.data.simulate.scene import Scene
from goodwill.data.simulate.voice_world import Surveys

ANSWERS = ("like", "must_be", "neutral", "live_with", "dislike")
# (functional, dysfunctional) answers of a respondent who sees the feature as planted.
_KANO_PAIRS = {
    "must_be": ((1, 4), (2, 4), (3, 4)),
    "one_dimensional": ((0, 4),),
    "attractive": ((0, 1), (0, 2), (0, 3)),
    "indifferent": ((2, 2), (2, 3), (1, 2)),
    "reverse": ((4, 0), (3, 0), (2, 0)),
}
_ANSWER_SD, _EXPECTATION_SD = 1.1, 0.8
# Ratings that follow overall value: instrument, item, lowest and highest answer, mean, spread.
_OUTCOMES = (
    ("value", "overall_value", 1, 7, 4.6, 1.2),
    ("nps", "recommend", 0, 10, 7.2, 2.0),
    ("csat", "satisfaction", 1, 5, 3.7, 0.9),
    ("effort", "ease", 1, 7, 4.9, 1.3),
    ("loyalty", "repurchase", 1, 7, 4.8, 1.3),
)
_OUTCOME_NOISE = 0.6
_FIELD_DAYS = 21


def draw_surveys(scene: Scene, survey: Surveys) -> tuple[pa.Table, pa.Table]:
    """Return a row per answer, and what each respondent really feels (the truth).

    The common factor of all dimensions is the customer's satisfaction, which also drives complaints.
    """
    people, rng = scene.people, scene.stream("surveys")
    who, day = _respondents(scene, survey, rng)
    noise = rng.standard_normal((len(who), len(survey.dimensions)))
    shared = survey.factor_correlation
    feels = np.sqrt(shared) * people.satisfaction[who][:, None] + np.sqrt(1 - shared) * noise
    weights = np.array([dimension.weight for dimension in survey.dimensions])
    value = feels @ weights + survey.value_noise * rng.standard_normal(len(who))
    blocks = [
        *_servqual(survey, feels, rng),
        *_outcomes(value, survey, rng),
        *_kano(survey, len(who), rng),
        *_rivals(survey, feels, rng),
    ]
    truth = {f"feels_{d.name}": feels[:, place] for place, d in enumerate(survey.dimensions)}
    told = pa.table({
        "customer_id": coded(who, people.ids), "time": moments(scene.world.start, day),
        **truth, "overall_value": value,
    })  # fmt: skip
    return _table(scene, blocks, who, day), told


def planted(survey: Surveys) -> dict[str, pa.Table]:
    """Return what was planted for all respondents: dimensions with their weights, and Kano types."""
    dimensions = pd.DataFrame([dimension.model_dump() for dimension in survey.dimensions])
    kano = pd.DataFrame({"item": list(survey.kano), "type": list(survey.kano.values())})
    return {
        "dimensions": pa.Table.from_pandas(dimensions, preserve_index=False),
        "kano": pa.Table.from_pandas(kano, preserve_index=False),
    }


# instrument, item, side, brand, and the numbers or answer codes of all respondents
_Block = tuple[str, str, str, str | None, Floats]


def _respondents(scene: Scene, survey: Surveys, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Return who answers and when: each once; waves are spread over the second half of the history."""
    people, days = scene.people, scene.world.days
    waves = days * (0.5 + 0.5 * np.arange(survey.waves) / survey.waves)
    day = waves[rng.integers(survey.waves, size=len(people))] + rng.random(len(people)) * min(
        _FIELD_DAYS, days / 10
    )
    late = (people.signup > day) & (survey.response_share == 1)
    day = np.where(late, people.signup + rng.random(len(people)) * (days - people.signup), day)
    answers = (rng.random(len(people)) < survey.response_share) & (people.signup <= day) & (day < days)
    who = np.flatnonzero(answers)
    return who, day[who]


def _rating(mean: float, spread: float, score: Floats, top: int, bottom: int = 1) -> Floats:
    return np.clip(np.rint(mean + spread * score), bottom, top)


def _servqual(survey: Surveys, feels: Floats, rng: np.random.Generator) -> list[_Block]:
    keep, top = survey.item_reliability, survey.scale_points
    blocks: list[_Block] = []
    for place, dimension in enumerate(survey.dimensions):
        hopes = rng.standard_normal(len(feels))
        for number in range(1, survey.items_per_dimension + 1):
            item = f"{dimension.name}_{number}"
            own = rng.standard_normal((3, len(feels)))
            felt = np.sqrt(keep) * feels[:, place] + np.sqrt(1 - keep) * own[0]
            hoped = np.sqrt(keep) * hopes + np.sqrt(1 - keep) * own[1]
            stated = _rating(0.55 * top + 2.0 * dimension.weight, 1.0, own[2], top)
            perceived = _rating(dimension.perception, _ANSWER_SD, felt, top)
            expected = _rating(dimension.expectation, _EXPECTATION_SD, hoped, top)
            blocks += [
                ("servqual", item, "perception", None, perceived),
                ("servqual", item, "expectation", None, expected),
                ("importance", item, "importance", None, stated),
            ]
    return blocks


def _outcomes(value: Floats, survey: Surveys, rng: np.random.Generator) -> list[_Block]:
    spread = np.sqrt(sum(d.weight**2 for d in survey.dimensions) + survey.value_noise**2)
    blocks: list[_Block] = []
    for instrument, item, bottom, top, mean, width in _OUTCOMES:
        noise = 0.0 if instrument == "value" else _OUTCOME_NOISE * rng.standard_normal(len(value))
        blocks.append(
            (instrument, item, "score", None, _rating(mean, width, value / spread + noise, top, bottom))
        )
    return blocks


def _kano(survey: Surveys, n: int, rng: np.random.Generator) -> list[_Block]:
    blocks: list[_Block] = []
    for item, kind in survey.kano.items():
        pairs = np.array(_KANO_PAIRS[kind])
        planted_pair = pairs[rng.integers(len(pairs), size=n)]
        chance = rng.integers(len(ANSWERS), size=(n, 2))
        agrees = rng.random(n) < survey.kano_agreement
        answers = np.where(agrees[:, None], planted_pair, chance).astype(float)
        blocks += [
            ("kano", item, side, None, answers[:, column])
            for column, side in enumerate(("functional", "dysfunctional"))
        ]
    return blocks


def _rivals(survey: Surveys, feels: Floats, rng: np.random.Generator) -> list[_Block]:
    blocks: list[_Block] = []
    for brand, benefit, price in [("ours", 0.0, 0.0), *((r.name, r.benefit, r.price) for r in survey.rivals)]:
        for place, dimension in enumerate(survey.dimensions):
            halo = 0.3 * feels[:, place] + rng.standard_normal(len(feels))
            felt = _rating(dimension.perception, _ANSWER_SD, halo + benefit, survey.scale_points)
            blocks.append(("rivals", dimension.name, "perception", brand, felt))
        paid = _rating(4.0, _ANSWER_SD, rng.standard_normal(len(feels)) + price, survey.scale_points)
        blocks.append(("rivals", "price", "score", brand, paid))
    return blocks if survey.rivals else []


def _table(scene: Scene, blocks: list[_Block], who: Integers, day: Floats) -> pa.Table:
    n, n_blocks = len(who), len(blocks)
    numbers = np.concatenate([block[4] for block in blocks])
    is_answer = np.repeat([block[0] == "kano" for block in blocks], n)
    words = [[str(block[place]) for block in blocks] for place in range(3)]
    brands = pa.array([block[3] for block in blocks], pa.string()).dictionary_encode()
    columns = {
        name: coded(np.repeat(codes, n), list(levels))
        for name, texts in zip(("instrument", "item", "side"), words, strict=True)
        for codes, levels in [pd.factorize(np.array(texts, dtype=object))]
    }
    answer = pa.array(np.where(is_answer, numbers, 0).astype(np.int32), mask=~is_answer)
    return pa.table({
        "customer_id": coded(np.tile(who, n_blocks), scene.people.ids),
        "time": moments(scene.world.start, np.tile(day, n_blocks)),
        **columns,
        "value": pa.array(numbers, mask=is_answer),
        "answer": pa.DictionaryArray.from_arrays(answer, pa.array(ANSWERS)),
        "brand": brands.take(pa.array(np.repeat(np.arange(n_blocks), n))),
    })  # fmt: skip
