import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.lesson import Lesson, learned_noise

RNG = np.random.default_rng(0)
N = 4_000
COLUMNS = pd.DataFrame({"order_value": np.where(np.arange(N) % 2, 1.0, -1.0)})
USUAL = RNG.gamma(2.0, size=N)


def test_noise_is_told_by_more_than_what_customers_do_anyway() -> None:
    spread = np.sqrt(USUAL) * np.where(COLUMNS["order_value"] > 0, 3.0, 1.0)
    noise = learned_noise(COLUMNS, USUAL, spread * RNG.normal(size=N), seed=0)
    assert np.corrcoef(noise, spread**2)[0, 1] > 0.9
    assert (spread**2 / noise).mean() == pytest.approx(1.0, abs=0.1)


def test_a_part_keeps_the_noise_of_its_customers() -> None:
    lesson = Lesson(COLUMNS, USUAL, USUAL, noise=USUAL)
    assert lesson.part(USUAL > 1).precision == pytest.approx(1 / USUAL[USUAL > 1])


def test_no_precision_is_endless() -> None:
    assert np.isfinite(Lesson(COLUMNS, USUAL, np.zeros(N)).precision).all()
