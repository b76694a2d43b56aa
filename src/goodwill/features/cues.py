"""What kind of thing a comment says, told by its words on any engine: a wish, a worry, a pain or praise."""

from collections.abc import Mapping, Sequence

import ibis
from ibis.expr import types as ir

# How pains, worries and wishes are put. The grammar of a wish or a worry outweighs good and bad words.
KIND_CUES: Mapping[str, tuple[str, ...]] = {
    "expectation": (
        "should", "ought to", "would like", "i wish", "wish you", "hope", "hopefully", "please add",
        "would be nice", "would be better", "could you", "suggest", "expect", "looking forward", "i want",
        "need more", "希望", "应该", "建议", "最好", "期待", "期望", "要是能", "请增加", "想要", "盼",
    ),
    "concern": (
        "?", "？", "might", "may", "worry", "worried", "worries", "concern", "concerned", "afraid", "unsure",
        "not sure", "wonder", "doubt", "what if", "is it", "担心", "会不会",
        "有没有", "是否", "能不能", "不知道",
        "怕", "吗", "疑问", "顾虑", "不确定",
    ),
    "pain": (
        "bad", "worse", "worst", "terrible", "awful", "poor", "broke", "broken", "late", "slow", "rude",
        "wrong", "refused", "crash", "crashes", "crashed", "useless", "expensive", "disappointed",
        "disappointing", "annoying", "dirty", "problem", "fails", "failed", "lost", "waited", "complain",
        "差", "坏", "慢", "太贵", "错", "失望", "糟", "拒绝", "投诉", "闪退", "垃圾", "粗鲁",
        "难用", "脏", "问题", "👎", "😡", "😠", "😞",
    ),
    "praise": (
        "good", "great", "excellent", "perfect", "love", "loved", "friendly", "fast", "easy", "nice", "best",
        "happy", "satisfied", "wonderful", "kind", "helpful", "amazing", "fair", "beautiful", "beautifully",
        "好用", "很好", "满意", "喜欢", "友好", "方便", "快捷", "棒", "赞", "划算", "公道",
        "亲切", "精致", "不错", "👍", "❤", "😊", "😍",
    ),
}  # fmt: skip

# A negation, and at most one word between, turns a word of praise into a pain and the reverse. In Chinese
# words of degree may stand between: "not very good" is a pain, "there is no problem" praise.
NEGATIONS = (
    "not", "never", "no", "nothing", "hardly", "without", "cannot", "[a-z]+n't", "isnt", "arent", "wasnt",
    "werent", "dont", "doesnt", "didnt", "cant", "wont",
)  # fmt: skip
APOSTROPHE = "\u2019"  # as phones and text processors write it
CHINESE_NEGATION = "[不没](有|是|太|够|很|算|大|会|怎么|那么|这么|什么|特别|十分|非常|觉得|感觉)*"
_LETTER, _MARK = "[a-z0-9_]", "\x01"


def told_kind(text: ir.StringValue) -> ir.StringValue:
    """Return the kind that a comment's words tell: expectation, concern, pain or praise; null where none.

    The grammar of a wish, then of a worry, outweighs good and bad words; of these the more frequent tell. A
    negation turns a word round. The same rule as the first step of `goodwill.perceived.kinds_of`, which goes
    on to learn from all comments; here a comment is judged by itself, so that no other can move it.

    Examples
    --------
    >>> said = ["It should be faster", "Is it safe?", "Not good", "A late parcel, a rude agent"]
    >>> ibis.duckdb.connect().execute(told_kind(ibis.array(said).unnest())).tolist()
    ['expectation', 'concern', 'pain', 'pain']
    """
    # A blank ends one word and begins the next, and a match takes it: two are there for the taking.
    padded = text.lower().replace(APOSTROPHE, "'").replace(" ", "  ")
    pain, praise = _count(padded, "pain"), _count(padded, "praise")
    no_pain, no_praise = _count(padded, "pain", denied=True), _count(padded, "praise", denied=True)
    worse = 2 * (no_praise - no_pain) + pain - praise
    return ibis.cases(
        (padded.re_search(_pattern(KIND_CUES["expectation"])), "expectation"),
        (padded.re_search(_pattern(KIND_CUES["concern"])), "concern"),
        (worse > 0, "pain"),
        (worse < 0, "praise"),
        else_=ibis.null("string"),
    ).name("kind")


def _count(padded: ir.StringValue, kind: str, *, denied: bool = False) -> ir.IntegerValue:
    marked = padded.re_replace(_pattern(KIND_CUES[kind], denied=denied), _MARK)
    return marked.length() - marked.replace(_MARK, "").length()


def _pattern(words: Sequence[str], *, denied: bool = False) -> str:
    """Match a word of letters as a whole, anything else (Chinese, signs) wherever it stands.

    Without backslashes, look-ahead and word boundaries, which engines write, know or mean differently.
    """
    ordered = sorted(words, key=len, reverse=True)
    latin, other = (
        "|".join(word.replace("?", "[?]").replace(" ", " +") for word in ordered if _is_latin(word) == wanted)
        for wanted in (True, False)
    )
    begin, end = "(^|[^a-z0-9_])", "($|[^a-z0-9_])"
    if denied:
        nots = "|".join(NEGATIONS)
        return f"{begin}({nots}) +({_LETTER}+ +)?(({latin}){end}|({other}))|{CHINESE_NEGATION}({other})"
    return f"{begin}({latin}){end}|{other}"


def _is_latin(word: str) -> bool:
    return word[0].isascii() and word[0].isalpha()
