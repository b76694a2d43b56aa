"""Where the page comes from: config, data, model, day; the clock only where it is named."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import table_of
from goodwill.report.words import Words
from goodwill.wording import told


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the provenance, and what must not be concluded of predictions, where there are any."""
    facts = {**material.facts, **material.doubts}
    known = {name: value for name, value in facts.items() if value is not None}
    rows = [
        (
            words.column(name),
            words.code("gate", value) if name == "gate" else told(str(value), words.language),
        )
        for name, value in known.items()
    ]
    frame = pd.DataFrame(rows, columns=["fact", "value"])
    table = table_of(frame, {"fact": "text", "value": "text"}, words)
    told_of = [Exhibit("source-facts", words("source.facts"), words("source.how"), table)]
    if not material.has_customers:
        return told_of
    limits = [str(line) for line in words.texts["source"]["limits"]]
    return [*told_of, Exhibit("source-limits", words("source.limits_title"), points=limits)]
