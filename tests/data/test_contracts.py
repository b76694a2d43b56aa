import pytest

from goodwill.data.contracts import CONTRACTS, Contract
from goodwill.data.tables import Tables

REQUIRED = {
    "transactions": {"customer_id", "time", "amount"},
    "customers": {"customer_id"},
    "interactions": {"customer_id", "time", "kind"},
    "contracts": {"customer_id", "start", "end", "price", "period_days"},
    "balances": {"customer_id", "time", "product", "balance"},
    "surveys": {"item", "side"},
    "comments": {"text"},
    "treatments": {"customer_id", "time", "treatment"},
    "referrals": {"referrer_id", "customer_id", "time"},
    "products": {"product_id"},
    "contact_rules": {"customer_id", "opted_out_at"},
    "profiles": {"customer_id"},
}


def test_the_twelve_tables_require_what_users_rely_on() -> None:
    assert {name: set(contract.required) for name, contract in CONTRACTS.items()} == REQUIRED


def test_every_contract_has_its_place_among_the_tables() -> None:
    assert set(CONTRACTS) <= set(Tables.__dataclass_fields__)


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda contract: contract.name)
def test_names_in_a_contract_are_its_columns(contract: Contract) -> None:
    named = {*contract.key, *(name for group in contract.either for name in group)}
    named |= {contract.time} if contract.time else set()
    assert named <= set(contract.kinds)
    assert contract.time is None or contract.kinds[contract.time] == "time"


def test_ids_are_text_wherever_they_stand() -> None:
    kinds = {
        contract.kinds[name]
        for contract in CONTRACTS.values()
        for name in contract.kinds
        if name.endswith("_id")
    }
    assert kinds == {"text"}


def test_what_has_a_time_is_learned_at_some_time() -> None:
    learned = {name for name, contract in CONTRACTS.items() if "known_at" in contract.kinds}
    assert set(CONTRACTS) - learned == {"products", "profiles"}
