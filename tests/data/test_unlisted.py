import ibis

from goodwill.data.unlisted import Unlisted, unlisted_products


def test_refunds_that_outweigh_sales_have_no_share() -> None:
    lines = ibis.memtable({"product_id": ["1", "3"], "amount": [5.0, -9.0]})
    assert unlisted_products(lines, ibis.memtable({"product_id": ["1"]})) == Unlisted(1, 2, 0.0)
