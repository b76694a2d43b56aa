"""Topics of comments that hardly share words."""

import numpy as np
from scipy.sparse import csr_matrix

from goodwill.perceived import topics
from goodwill.perceived.topics import learn_topics, stability

# Two themes of three subjects by three predicates: no comment holds two subjects.


def planted(themes: int) -> csr_matrix:
    rows = np.zeros((9 * themes, 6 * themes))
    for theme in range(themes):
        for place in range(9):
            rows[9 * theme + place, 6 * theme + place // 3] = rows[
                9 * theme + place, 6 * theme + 3 + place % 3
            ] = 1
    return csr_matrix(rows)


def test_words_that_never_meet_share_a_topic() -> None:
    found, share = learn_topics(planted(2), 2).assign(planted(2))
    assert len(set(found[:9])) == len(set(found[9:])) == 1
    assert found[0] != found[9]
    assert (share > 0.9).all()


def test_many_comments_are_assigned_in_chunks(monkeypatch: object) -> None:
    learned = learn_topics(planted(2), 2)
    whole = learned.assign(planted(2))[0]
    monkeypatch.setattr(topics, "CHUNK", 4)  # type: ignore[attr-defined]  # pytest's fixture
    assert (learned.assign(planted(2))[0] == whole).all()


def test_the_planted_number_is_the_most_stable() -> None:
    table = csr_matrix(np.tile(planted(3).toarray(), (3, 1)))
    found = stability(table, range(2, 6), 6, np.random.default_rng(0))
    assert found.loc[found["agreement"].idxmax(), "k"] == 3
