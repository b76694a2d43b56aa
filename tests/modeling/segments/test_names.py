import numpy as np

from goodwill.modeling.segments.names import WORDS, names_of


def test_order_of_segments_changes_no_name() -> None:
    labels = ["days_since_last_order", "n_order_days", "spend_total"]
    centres = np.array([[-1.2, 1.5, 1.4], [1.0, -0.8, -0.9], [-0.9, -0.7, -0.8]])
    shares, turned = np.array([0.3, 0.4, 0.3]), [2, 0, 1]
    names = names_of(labels, centres, shares)
    assert names[0] == "recent_frequent_big_spenders"
    assert names_of(labels, centres[turned], shares[turned]) == [names[i] for i in turned]


def test_small_moves_of_the_centres_change_no_name() -> None:
    rng = np.random.default_rng(0)
    labels = ["n_order_days", "age", "bill"]
    centres, shares = np.array([[2.0, 0.1, -0.5], [-1.0, 1.2, 0.1], [-0.9, -1.1, 1.3]]), np.ones(3) / 3
    names = names_of(labels, centres, shares)
    assert all(names_of(labels, centres + rng.normal(0, 0.05, (3, 3)), shares) == names for _ in range(50))


def test_contracts_have_names_of_their_own() -> None:
    labels = ["n_contracts_cancelled = 1", "days_to_next_payment", "contract_period_days", "plan = gold"]
    centres = np.array([[-0.3, -0.9, -1.2, 0.5], [-0.3, 1.5, 1.4, -0.2], [1.9, -0.2, 1.3, -0.2]])
    assert names_of(labels, centres, np.array([0.5, 0.3, 0.2])) == [
        "short_terms_payment_due_soon",
        "long_terms_payment_far_off",
        "long_terms_notice_given",
    ]


def test_no_two_columns_share_their_words() -> None:
    of_contracts = list(WORDS.items())[list(WORDS).index("contract_period_days") :]
    assert len({word for _, pair in of_contracts for word in pair}) == 2 * len(of_contracts)


def test_names_grow_only_as_far_as_they_must() -> None:
    labels = ["n_order_days", "spend_mean"]
    centres = np.array([[2.0, 0.8], [2.0, -0.8], [-1.0, 0.0]])
    names = names_of(labels, centres, np.array([0.2, 0.2, 0.6]))
    assert names == ["frequent_large_baskets", "frequent_small_baskets", "rare"]


def test_namesakes_are_told_apart_by_rank() -> None:
    centres = np.array([[2.0, 0.05], [2.1, -0.05], [2.05, 0.0], [-1.0, 0.0]])
    names = names_of(["age", "bill"], centres, np.array([0.1, 0.1, 0.1, 0.7]))
    assert names == ["high_age_lowest_age", "high_age_highest_age", "high_age_second_lowest_age", "low_age"]


def test_nothing_to_say_is_typical() -> None:
    centres = np.array([[1.5, 0.0], [-1.5, 0.0], [0.0, 0.0]])
    names = names_of(["age", "city = rome"], centres, np.ones(3) / 3)
    assert names == ["high_age", "low_age", "typical_customers"]


def test_segments_that_differ_in_nothing_still_have_unique_names() -> None:
    names = names_of(["age"], np.array([[0.01], [-0.01]]), np.ones(2) / 2)
    assert names == ["typical_customers_highest_age", "typical_customers_lowest_age"]


def test_contacts_of_one_kind_are_said_once() -> None:
    labels = ["n_interactions_complaint_30d", "n_interactions_complaint_90d", "n_interactions_365d"]
    labels += ["days_since_interaction_complaint", "days_since_last_interaction"]
    centres = np.array([[2.0, 1.9, 1.2, -1.8, -1.1], [-0.4, -0.5, -0.2, 0.5, 0.3]])
    names = names_of(labels, centres, np.array([0.2, 0.8]))
    assert names[0] == "high_n_interactions_complaint_30d_high_n_interactions_365d"
    assert all(name.count("complaint") <= 1 for name in names)
