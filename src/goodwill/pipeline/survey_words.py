"""What people read in the sheets of a survey, in English and Chinese; codes stay as they are."""

from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import yaml

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


def say(code: str, language: Language, **facts: object) -> str:
    """Return what people read for a code; a name that is no code is itself.

    Examples
    --------
    >>> say("must_be", "zh"), say("t_value", "en"), say("parking", "en")
    ('必备', 'Perceived value in all', 'parking')
    """
    if code not in _words():
        return code
    english, chinese = _words()[code]
    return (chinese if language == "zh" else english).format(**facts)


@cache
def _words() -> dict[str, tuple[str, str]]:
    text = files("goodwill.pipeline").joinpath("survey_words.yaml").read_text(encoding="utf-8")
    return {str(code): (english, chinese) for code, (english, chinese) in yaml.safe_load(text).items()}
