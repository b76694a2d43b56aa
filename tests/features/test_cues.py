"""The kind of a comment by its words: on the engine as in memory."""

from typing import Literal

import pandas as pd
import pytest
from ibis.backends import BaseBackend

from goodwill.data.simulate import World, simulate_frames
from goodwill.data.simulate.voice_world import Comments
from goodwill.engine import in_memory, to_frame
from goodwill.features.cues import told_kind
from goodwill.perceived.kinds import kinds_of


def told(texts: list[str], engine: BaseBackend) -> list[str]:
    rows = in_memory(pd.DataFrame({"place": range(len(texts)), "text": texts}), engine, "said")
    found = to_frame(rows.select("place", kind=told_kind(rows.text)), order_by="place")
    return [str(kind) for kind in found["kind"].fillna("unknown")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("It was not very good", "pain"),
        ("Never a problem", "praise"),
        ("Late, rude, but a nice box", "pain"),
        ("Late but nice", "unknown"),
        ("It should be faster, it came late", "expectation"),
        ("Will the bad courier come?", "concern"),
        ("The carpenter has no complaint", "unknown"),
        ("The app isn\u2019t good", "pain"),
        ("They weren't friendly, I can't love it", "pain"),
        ("I cannot complain", "praise"),
        ("服务不太满意，不够方便", "pain"),
        ("质量没有问题", "praise"),
        ("不是那么好用", "pain"),
        ("有没有问题", "concern"),
        ("👍👍", "praise"),
        ("不好用", "pain"),
        ("没问题，不错", "praise"),
        ("希望快一点", "expectation"),
        ("会不会坏", "concern"),
        ("", "unknown"),
    ],
)
def test_words_tell_the_kind(text: str, kind: str, engine: BaseBackend) -> None:
    assert told([text], engine) == [kind]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_engine_reads_as_memory_does(language: Literal["en", "zh"], engine: BaseBackend) -> None:
    world = World(comments=Comments(per_customer=2.0, language=language))
    texts = simulate_frames(customers=300, seed=3, world=world).tables["comments"]["text"]
    texts = texts.astype(str).unique().tolist()
    # One comment teaches nothing of another: the lexicon alone judges.
    alone = [str(kinds_of([text])["kind"].iloc[0]) for text in texts]
    assert len(set(alone)) > 4
    assert told(texts, engine) == alone
