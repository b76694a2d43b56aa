import json

import numpy as np
import pandas as pd

from goodwill.modeling.encoding import MOST_LEVELS, Encoding

X = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        "as_of": pd.Timestamp("2024-01-01"),
        "n_visits": [1, 2, 3, 4],
        "score": [0.5, np.nan, 0.5, 1.0],
        "n_constant": 7,
        "is_member": [True, False, True, True],
        "plan": ["basic", "plus", "plus", None],
    }
)


def test_keys_skipped_and_constant_columns_are_left_out() -> None:
    encoding = Encoding.fit(X, skip=["score"])
    assert encoding.numbers == ("n_visits", "is_member")
    assert encoding.levels == {"plan": ("plus", "basic")}


def test_levels_become_columns_and_a_missing_one_is_none_of_them() -> None:
    encoded = Encoding.fit(X).encode(X)
    assert encoded.filter(like="plan").to_numpy().tolist() == [[0, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0]]
    assert encoded["is_member"].tolist() == [1, 0, 1, 1]
    np.testing.assert_array_equal(encoded["score"], X["score"])


def test_unseen_levels_are_other_and_counted() -> None:
    encoding, new = Encoding.fit(X), X.assign(plan=["gold", "plus", "gold", None])
    assert encoding.encode(new)["plan=other"].tolist() == [1, 0, 1, 0]
    assert encoding.unseen(new) == {"plan": 2}
    assert encoding.unseen(X) == {}
    assert encoding.unseen(X.drop(columns="plan")) == {}


def test_columns_and_order_do_not_depend_on_the_frame() -> None:
    encoding = Encoding.fit(X)
    bare = encoding.encode(X[["plan", "customer_id"]].iloc[::-1])
    assert list(bare) == list(encoding.encode(X))
    assert bare["n_visits"].isna().all()
    assert bare.index.tolist() == [3, 2, 1, 0]


def test_text_in_a_number_is_missing() -> None:
    encoded = Encoding.fit(X).encode(X.assign(n_visits=["1", "many", None, "4"]))
    np.testing.assert_array_equal(encoded["n_visits"], [1, np.nan, np.nan, 4])


def test_booleans_with_gaps_and_codes_held_as_objects_keep_their_levels() -> None:
    held = pd.DataFrame({"agreed": [True, None, False], "branch": pd.Series([10, 20, 10], dtype=object)})
    encoding = Encoding.fit(held)
    encoded = encoding.encode(held)
    assert encoding.unseen(held) == {}
    assert encoded["agreed=True"].tolist() == [1, 0, 0]
    assert encoded["agreed=False"].tolist() == [0, 0, 1]
    assert encoded["branch=10"].tolist() == [1, 0, 1]


def test_categories_are_text() -> None:
    held = pd.DataFrame({"plan": pd.Categorical(["a", "b", "a"], categories=["a", "b", "c"])})
    assert Encoding.fit(held).levels == {"plan": ("a", "b")}


def test_rare_levels_and_those_beyond_the_limit_are_other() -> None:
    common = [f"level{i:02}" for i in range(MOST_LEVELS + 3) for _ in range(10)]
    held = pd.DataFrame({"branch": [*common, "once"]})
    encoding = Encoding.fit(held)
    assert encoding.levels["branch"] == tuple(f"level{i:02}" for i in range(MOST_LEVELS))
    assert encoding.unseen(held) == {"branch": 31}


def test_a_stored_encoding_encodes_the_same() -> None:
    encoding = Encoding.fit(X)
    again = Encoding.from_dict(json.loads(json.dumps(encoding.to_dict())))
    assert again == encoding
    pd.testing.assert_frame_equal(again.encode(X), encoding.encode(X))


def test_what_is_infinite_is_missing() -> None:
    encoding, odd = Encoding.fit(X), X.assign(n_visits=[np.inf, 2, -np.inf, 4], score=["inf", "1", None, "x"])
    assert encoding.encode(odd)["n_visits"].isna().tolist() == [True, False, True, False]
    assert encoding.encode(odd)["score"].isna().tolist() == [True, False, True, True]
