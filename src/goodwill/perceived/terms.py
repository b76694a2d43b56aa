"""Cut comments into terms: words between spaces, Chinese by a dictionary or by pairs of characters."""

import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.util import find_spec

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from goodwill.perceived.lexicon import CHINESE_STOP

Cut = Callable[[str], list[str]]
# Han, kana and the scripts of South-East Asia do not part words by spaces.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W\d_{_UNSPACED}]{{2,}}")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_CONTRACTION = re.compile(r"\b[a-z]+n['\u2019]t\b|['\u2019](?:s|m|re|ve|ll|d)\b")
_STOP = re.compile("[" + "".join(sorted(CHINESE_STOP)) + "]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])\s*|\n+")
SET_PHRASE_SHARE, OWN_WORDS_SHARE, FEWEST = 0.02, 0.5, 3


def term_cutter() -> Cut:
    """Return the function that cuts a text into terms, lower case, without words of grammar.

    Chinese is cut by jieba where the extra `zh` is installed, else into pairs of neighbouring characters.

    Examples
    --------
    >>> term_cutter()("The parcel was late, again!")
    ['parcel', 'late']
    """
    words = _chinese_words() if find_spec("jieba") else _pairs

    def cut(text: str) -> list[str]:
        found: list[str] = []
        for run in _RUN.findall(_CONTRACTION.sub("", text.lower())):
            if _IS_UNSPACED.match(run):
                found += words(run)
            elif run not in ENGLISH_STOP_WORDS:
                found.append(run)
        return found

    return cut


def without_set_phrases(texts: Sequence[str], cut: Cut) -> tuple[list[str], list[str]]:
    """Return the texts without greetings and other set phrases, and those phrases, the commonest first.

    A set phrase is a sentence that at least 2 % of the texts (and three) repeat word for word, and whose
    words hardly occur elsewhere: at least half of each one's use is this very sentence. One that mostly is
    the whole text is what people say, however many say the same, unless it holds but one word ("no comment").

    Examples
    --------
    >>> said = [f"{thing} broke. Kind regards." for thing in ("Door", "Lamp", "Lid", "Pump")]
    >>> without_set_phrases(said, term_cutter())
    (['Door broke.', 'Lamp broke.', 'Lid broke.', 'Pump broke.'], ['Kind regards.'])
    """
    parts = [[part.strip() for part in _SENTENCE.split(text) if part.strip()] for text in texts]
    repeated = Counter(part for own in parts for part in own)
    alone = Counter(own[0] for own in parts if len(own) == 1)
    least = max(FEWEST, SET_PHRASE_SHARE * len(texts))
    used = Counter[str]()
    for part, n in repeated.items():
        used.update(dict.fromkeys(cut(part), n))
    phrases = [
        part
        for part, n in repeated.most_common()
        if n >= least and _is_apart(n, alone[part], [used[term] for term in set(cut(part))])
    ]
    known = set(phrases)
    return [" ".join(part for part in own if part not in known) for own in parts], phrases


def _is_apart(n: int, n_alone: int, uses: Sequence[int]) -> bool:
    """Tell whether a sentence stands beside what is said, and its words are hardly used in it."""
    says_nothing = len(uses) <= 1
    return (says_nothing or n_alone < OWN_WORDS_SHARE * n) and n >= OWN_WORDS_SHARE * max(uses, default=0)


def _pairs(run: str) -> list[str]:
    return [part[i : i + 2] for part in _STOP.split(run) for i in range(len(part) - 1)]


def _chinese_words() -> Cut:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba is older than the Python it runs on, and says so
        import jieba  # noqa: PLC0415 - an optional extra that takes a second to load

    jieba.setLogLevel(logging.ERROR)
    return lambda run: [word for word in jieba.lcut(run) if word not in CHINESE_STOP]
