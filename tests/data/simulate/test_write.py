"""Simulations as frames and as files: same seed same data, whole or not at all, by the contracts."""

from pathlib import Path

import pandas as pd
import pytest

from goodwill.data.contracts import CONTRACTS
from goodwill.data.simulate import World, chunks, read_truth, simulate_frames, world_from, write_simulation
from goodwill.errors import OutsideError, UsageError


@pytest.fixture(scope="module")
def shop() -> dict[str, pd.DataFrame]:
    return simulate_frames(customers=300, seed=5).tables


def test_tables_keep_their_contracts(shop: dict[str, pd.DataFrame]) -> None:
    for name, table in shop.items():
        contract = CONTRACTS[name]
        assert set(contract.required) <= set(table.columns)
        assert contract.is_open or set(table.columns) <= set(contract.kinds)


def test_required_columns_have_no_nulls(shop: dict[str, pd.DataFrame]) -> None:
    assert [name for name, t in shop.items() if t[list(CONTRACTS[name].required)].isna().any(axis=None)] == []


def test_keys_do_not_repeat(shop: dict[str, pd.DataFrame]) -> None:
    keyed = {name: table[list(CONTRACTS[name].key)] for name, table in shop.items() if CONTRACTS[name].key}
    assert sorted(keyed) == ["customers", "products"]
    assert not any(keys.duplicated().any() for keys in keyed.values())


def test_same_seed_same_data() -> None:
    first, second = (simulate_frames(customers=200, seed=9).tables for _ in range(2))
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, second[name])


def test_another_seed_gives_other_data() -> None:
    first, second = (simulate_frames(customers=50, seed=seed).tables["transactions"] for seed in (1, 2))
    assert first["amount"].tolist() != second["amount"].tolist()


def test_more_customers_leave_whole_chunks_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", 40)
    small, large = (simulate_frames(customers=n, seed=3).tables["customers"] for n in (80, 130))
    pd.testing.assert_frame_equal(small, large.head(80))


def test_no_part_moves_when_another_is_switched_off() -> None:
    quiet = simulate_frames(customers=60, world=world_from({"interactions": None})).tables
    assert set(quiet) == {"products", "customers", "transactions"}
    loud = simulate_frames(customers=60).tables
    pd.testing.assert_frame_equal(quiet["customers"], loud["customers"])


def test_ids_may_be_digits_with_leading_zeros() -> None:
    tables = simulate_frames(customers=2, world=World(id_prefix="")).tables
    assert tables["customers"]["customer_id"].tolist() == ["0000000", "0000001"]


def test_files_hold_what_frames_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", 40)
    rows = write_simulation(tmp_path / "sim", customers=100, seed=4)
    frames = simulate_frames(customers=100, seed=4)
    for name, frame in (frames.tables | {f"truth/{name}": t for name, t in frames.truth.items()}).items():
        assert rows[name] == len(frame)
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "sim" / f"{name}.parquet"), frame)


def test_the_truth_is_read_back_from_its_folder(tmp_path: Path) -> None:
    write_simulation(tmp_path / "sim", customers=10, seed=4)
    found, drawn = read_truth(tmp_path / "sim"), simulate_frames(customers=10, seed=4).truth
    assert set(found) == set(drawn)
    pd.testing.assert_frame_equal(found["customers"], drawn["customers"])


def test_progress_counts_customers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", 40)
    seen: list[int] = []
    write_simulation(tmp_path / "sim", customers=100, progress=seen.append)
    assert seen == [40, 80, 100]


def test_a_former_simulation_is_replaced(tmp_path: Path) -> None:
    for customers in (20, 10):
        write_simulation(tmp_path / "sim", customers=customers)
    assert len(pd.read_parquet(tmp_path / "sim" / "customers.parquet")) == 10
    assert [path.name for path in tmp_path.iterdir()] == ["sim"]


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious.txt").write_text("keep me")
    with pytest.raises(UsageError, match="exists and holds no simulation"):
        write_simulation(tmp_path, customers=5)
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]


def test_nothing_is_left_of_a_run_that_breaks(tmp_path: Path) -> None:
    def full(_: int) -> None:
        message = "no space left on device"
        raise OSError(message)

    with pytest.raises(OutsideError, match=r"could not be written to .*no space left"):
        write_simulation(tmp_path / "sim", customers=5, progress=full)
    assert list(tmp_path.iterdir()) == []


def test_a_negative_seed_is_an_error() -> None:
    with pytest.raises(UsageError, match="seed: -1 is no whole number from 0 up"):
        simulate_frames(customers=5, seed=-1)
