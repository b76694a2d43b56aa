"""What is told of contracts whose terms are odd."""

from goodwill.evaluation.terms import contract_findings

NONE_ODD = dict.fromkeys(("repeats", "overlaps", "zero_days", "early_notices", "late_notices"), 0)
PAID = {"paying": 500, "rarely_paid": 25, "longest_period": 365}


def test_of_sound_contracts_only_the_ends_are_told() -> None:
    (found,) = contract_findings({"all": 9, "ended": 3, **NONE_ODD, **PAID}, horizon_days=90)
    assert (found.name, found.level) == ("contract_ends", "ok")


def test_contracts_of_which_none_has_ended_teach_nothing() -> None:
    (found,) = contract_findings({"all": 1419, "ended": 0, **NONE_ODD, **PAID}, horizon_days=90)
    assert found.level == "problem"
    assert found.text.startswith("None of 1,419 contracts has ended before `as_of`")


def test_every_kind_of_oddity_is_a_warning_with_its_count_and_a_remedy() -> None:
    found = contract_findings(
        {"all": 2000, "ended": 1000, **dict.fromkeys(NONE_ODD, 1500), **PAID}, horizon_days=90
    )[1:]
    assert [finding.name for finding in found] == [f"contract_{name}" for name in NONE_ODD]
    assert {finding.level for finding in found} == {"warning"}
    assert all("1,500 of 2,000 contracts" in finding.text for finding in found)
    assert "`duplicates: drop`" in found[0].text


def test_a_horizon_shorter_than_the_period_of_many_is_a_warning_that_names_a_longer_one() -> None:
    counts = {"all": 900, "ended": 300, **NONE_ODD, **PAID, "rarely_paid": 200}
    found = contract_findings(counts, horizon_days=90)[-1]
    assert (found.name, found.level, found.value) == ("contract_rarely_paid", "warning", 0.4)
    assert found.text.startswith("200 of 500 contracts that run are paid less than once in the horizon of 90")
    assert found.text.endswith("A horizon of 365 days holds a payment of each.")
