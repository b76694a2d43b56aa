"""Whether the table of products knows what is sold."""

from goodwill.data.unlisted import Unlisted
from goodwill.evaluation.findings import Finding, level_of

_MANY_SHARE, _MOST_SHARE = 0.01, 0.5


def unlisted_finding(unlisted: Unlisted) -> Finding:
    """Return what lines of products that are not listed mean for margins and categories.

    Parameters
    ----------
    unlisted : as `unlisted_products` counts them.

    Examples
    --------
    >>> found = unlisted_finding(Unlisted(n_lines=90, n_lines_total=100, money_share=0.95))
    >>> found.level, found.text[:58]
    ('problem', '90 of 100 order lines, 95% of the money, are of products t')
    """
    share = max(unlisted.n_lines / max(unlisted.n_lines_total, 1), unlisted.money_share)
    level = level_of(share, _MANY_SHARE, _MOST_SHARE)
    text = (
        f"{unlisted.n_lines:,} of {unlisted.n_lines_total:,} order lines, {unlisted.money_share:.0%} of the "
        "money, are of products that the table of products does not list. They have no category and no "
        "margin rate from it: where no cost is given, value.margin_rate counts. "
    )
    remedy = (
        "Few enough." if level == "ok" else "Compare how both tables write product_id, or complete the list."
    )
    return Finding("unlisted_products", level, share, text + remedy)
