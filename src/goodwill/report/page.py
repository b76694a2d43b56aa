"""The page: one HTML file with everything in it, no network, nothing from the data that could run."""

import base64
import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from goodwill.report.exhibit import Chapter
from goodwill.report.material import Material
from goodwill.report.story import chapters_of
from goodwill.report.words import Words, words_of


def report_page(material: Material) -> str:
    """Return the report as one self-contained HTML page.

    Examples
    --------
    >>> import pandas as pd
    >>> scores = pd.DataFrame({"customer_id": ["a", "b"], "clv": [9.0, 1.0], "segment": ["<b>", "x"]})
    >>> page = report_page(Material("shop", scores=scores))
    >>> "<b>" in page.split("<main")[1].split("</main>")[0]
    False
    """
    words = words_of(material.language, material.currency, material.class_names, material.industry)
    title = words("page.title", name=material.name)
    subtitle = words("page.subtitle") if material.has_scores() else ""
    if material.as_of:
        subtitle = words("page.subtitle_day", day=material.as_of)
    return html_page(title, subtitle, chapters_of(material, words), words)


def html_page(title: str, subtitle: str, chapters: Sequence[Chapter], words: Words) -> str:
    """Return chapters as a page; every text is escaped, only our own scripts may run."""
    is_drawn = any(exhibit.figure for chapter in chapters for exhibit in chapter.exhibits)
    scripts = [get_plotlyjs()] if is_drawn else []
    scripts.append(_asset("page.js"))
    environment = Environment(
        loader=PackageLoader("goodwill.report", "assets"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        title=title,
        subtitle=subtitle,
        chapters=chapters,
        words=words,
        style=Markup(_asset("page.css")),  # noqa: S704 - our own file
        scripts=[Markup(script) for script in scripts],  # noqa: S704 - Plotly's and our own, no data in them
        policy=" ".join(f"'sha256-{_digest(script)}'" for script in scripts),
        document=Markup(inert_json(_document(chapters, words))),  # noqa: S704 - inert_json leaves no tag
    )


def inert_json(content: object) -> str:
    r"""Return JSON that no HTML parser takes for a tag, a comment or the end of a script.

    Examples
    --------
    >>> inert_json(["</script><!--", "a & b"])
    '["\\u003c/script\\u003e\\u003c!--", "a \\u0026 b"]'
    """
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _document(chapters: Sequence[Chapter], words: Words) -> dict[str, object]:
    exhibits = [exhibit for chapter in chapters for exhibit in chapter.exhibits]
    return {
        "figures": {exhibit.key: exhibit.figure for exhibit in exhibits if exhibit.figure},
        "tables": {
            exhibit.key: {
                "columns": [column.name for column in exhibit.table.columns],
                "rows": exhibit.table.rows,
            }
            for exhibit in exhibits
            if exhibit.table
        },
        "texts": {"sorted_up": words("page.sorted_up"), "sorted_down": words("page.sorted_down")},
    }


def _asset(name: str) -> str:
    return files("goodwill.report").joinpath("assets", name).read_text(encoding="utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
