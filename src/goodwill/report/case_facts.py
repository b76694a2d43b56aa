"""What is told of one customer in a sentence: what others like him did, and what he contributes in data."""

from goodwill.report.case import Case, Similar
from goodwill.report.words import Words


def outcome_facts(similar: Similar, words: Words) -> str:
    """Return what similar customers did next, and how long they had been silent beside this one."""
    outcomes = similar.outcomes
    middle = outcomes["value"].quantile([0.25, 0.75])
    said = words(
        "dossier.similar_says",
        n=words.count(len(outcomes)),
        day=similar.as_of,
        days=similar.horizon_days,
        share=words.share(float(outcomes["churned"].mean())),
        low=words.compact(float(middle.iloc[0])),
        high=words.money(float(middle.iloc[1])),
    )
    theirs, own = similar.silent_days, similar.own_silent_days
    if theirs is None or own is None:
        return said
    silence = words("dossier.similar_silence", theirs=words.count(round(theirs)), own=words.count(round(own)))
    return words("sentence_joint").join((said, silence))


def data_facts(case: Case, words: Words) -> list[str]:
    """Return what the customer contributes in data, in a sentence; none where nothing is known of it."""
    if not case.data:
        return []
    kinds = [
        f"{words.code('data_kinds', kind)} {words.count(round(index))}"
        for kind, index in case.data.items()
        if kind != "all"
    ]
    index = words.count(round(case.data["all"]))
    return [words("dossier.data", index=index, kinds=words("page.list_joint").join(kinds))]
