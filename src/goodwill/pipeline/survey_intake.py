"""From a config to its survey: the long table, or the wide file, with what is known of respondents."""

from dataclasses import replace

import pandas as pd
from ibis.expr import types as ir

from goodwill import engine as engines
from goodwill.config import Config, expand_variables
from goodwill.config.surveys import ItemSection, SurveysSection, WideSection
from goodwill.config.tables import TablesSection
from goodwill.data.expressions import nearest, read_condition, read_expression
from goodwill.data.sources import read_source, source_files
from goodwill.errors import TableError, UsageError
from goodwill.perceived.intake import Item, ReadingRules, Survey, read_long, read_wide
from goodwill.pipeline.kept import kept_rows
from goodwill.pipeline.outcome import Progress
from goodwill.pipeline.tables import open_tables

_FACTS = ("respondent", "time", "wave", "weight", "brand")


def survey_of(config: Config, progress: Progress) -> Survey:
    """Read the survey of a config.

    Raises
    ------
    UsageError
        If the config has no survey, or its item list contradicts itself.
    SourceError, TableError
        If a file cannot be read or a table breaks its contract.
    """
    progress("Reading surveys")
    rules, items = _rules(config.surveys), [_item(item, config.surveys) for item in config.surveys.items]
    if config.surveys.wide is not None:
        return _crossed(config, _from_wide(config, config.surveys.wide, items, rules))
    if config.tables.surveys is None:
        raise UsageError(
            f"{config.name}: the config has neither tables.surveys nor surveys.wide. Add the one that holds "
            "the answers."
        )
    rows = _answers(config)
    everyone = rows["respondent"] if "respondent" in rows else rows["customer_id"]
    groups = _groups(config, pd.Index(everyone.dropna().unique()))
    return _crossed(config, read_long(rows, items, groups=groups, rules=rules))


def comments_of(config: Config) -> pd.DataFrame | None:
    """Read the comments of a config, if it has any, in a stable order."""
    if config.tables.comments is None:
        return None
    alone = config.model_copy(update={"tables": TablesSection(comments=config.tables.comments)})
    return _ordered(open_tables(alone).tables.present["comments"])


def _rules(section: SurveysSection) -> ReadingRules:
    return ReadingRules(
        answers={str(code): words for code, words in section.answers.items()},
        wave=section.wave,
        waves=section.waves,
        own_brand=section.brand,
        duplicates=section.duplicates,
        straight_liners=section.straight_liners,
        impossible=section.impossible,
    )


def _item(section: ItemSection, all_items: SurveysSection) -> Item:
    is_kano = {"functional", "dysfunctional"} & set(section.places)
    scale = section.scale or (None if is_kano else all_items.scale)
    own = section.not_applicable
    return Item(
        item=section.item,
        dimension=section.dimension,
        kind=section.kind,
        scale=scale,
        importance_scale=section.importance_scale,
        is_reversed=section.reversed,
        not_applicable=all_items.not_applicable if own is None else own,
        numbers=all_items.numbers if section.numbers is None else section.numbers,
        measure=section.measure,
        label_en=section.label,
        label_zh=section.label_zh,
        columns=section.places,
    )


def _answers(config: Config) -> pd.DataFrame:
    # The answers as they came: the survey itself turns and cuts them.
    alone = config.model_copy(
        update={"tables": TablesSection(surveys=config.tables.surveys), "surveys": SurveysSection()}
    )
    return _ordered(open_tables(alone).tables.present["surveys"])


def _ordered(table: ir.Table) -> pd.DataFrame:
    """Return the rows in an order that no engine and no thread decides."""
    kept = table.drop("known_at") if "known_at" in table.columns else table
    return engines.fetch(kept.order_by([kept[name] for name in kept.columns])).to_pandas()


def _from_wide(config: Config, section: WideSection, items: list[Item], rules: ReadingRules) -> Survey:
    """Evaluate every column, which may be an expression, under a name of its own."""
    table = _source(config, section.source, section.encoding, section.respondent, "surveys.wide.source")
    if section.where is not None:
        table = table.filter(read_condition(table, section.where, "surveys.wide.where"))
    named = {
        f"{side} of {item.item}": (column, f"surveys.items.{item.item}")
        for item in items
        for side, column in item.columns.items()
    }
    facts = {name: (getattr(section, name), f"surveys.wide.{name}") for name in _FACTS}
    given = {name: (column, place) for name, (column, place) in facts.items() if column is not None}
    groups = {} if config.surveys.respondents else config.surveys.groups
    # A group may be called as a fact is, such as weight or brand.
    named_groups = {f"group {name}": (column, f"surveys.groups.{name}") for name, column in groups.items()}
    texts = named | given | named_groups
    wanted = {name: read_expression(table, text, place) for name, (text, place) in texts.items()}
    frame = engines.fetch(table.select(**wanted)).to_pandas()
    renamed = [
        replace(item, columns={side: f"{side} of {item.item}" for side in item.columns}) for item in items
    ]
    survey = read_wide(frame, renamed, groups=tuple(named_groups), rules=rules)
    if config.surveys.respondents:
        return replace(survey, groups=_groups(config, survey.respondents))
    return replace(
        survey, groups=None if survey.groups is None else survey.groups.set_axis([*groups], axis=1)
    )


def _groups(config: Config, respondents: pd.Index) -> pd.DataFrame | None:
    """Read the groups from the file that describes respondents."""
    section, names = config.surveys.respondents, config.surveys.groups
    if not names:
        return None
    if section is None:
        raise UsageError(
            f"surveys.groups: {', '.join(names)} cannot be found in a long table of answers. "
            "Name the file that describes respondents in surveys.respondents."
        )
    place = "surveys.respondents"
    table = _source(config, section.source, section.encoding, section.respondent, f"{place}.source")
    who = read_expression(table, section.respondent, f"{place}.respondent").cast("string")
    wanted = {
        name: read_expression(table, column, f"surveys.groups.{name}") for name, column in names.items()
    }
    frame = engines.fetch(table.select(respondent=who, **wanted)).to_pandas().drop_duplicates()
    frame = frame.set_index("respondent")
    n_doubled = int(frame.index.duplicated().sum())
    if n_doubled:
        raise TableError(
            f"{place}: {n_doubled:,} respondents stand in the file again with other groups. "
            "Keep one row of each."
        )
    n_unknown = int((~respondents.astype(str).isin(frame.index)).sum())
    if n_unknown == len(respondents):
        raise TableError(
            f"{place}: none of {len(respondents):,} respondents is in the file. Check `respondent`."
        )
    return frame


def _crossed(config: Config, survey: Survey) -> Survey:
    """Add columns of the latest scores, such as segment or tier, to the groups of respondents."""
    names, place = list(dict.fromkeys(config.surveys.cross)), config.output_dir / "scores.parquet"
    if not names:
        return survey
    if not place.exists():
        raise UsageError(f"surveys.cross: there are no scores at {place}. Run `goodwill score` first.")
    scores = kept_rows(place).to_pandas().drop_duplicates("customer_id").set_index("customer_id")
    absent = [name for name in names if name not in scores]
    if absent:
        hint = nearest(absent[0], scores.columns)
        raise UsageError(f"surveys.cross: {place} has no column {absent[0]}. {hint}")
    known = scores[names].reindex(survey.respondents)
    if not known.notna().any(axis=None):
        raise TableError(
            f"surveys.cross: none of {len(known):,} respondents is in {place}. Crossing needs customer ids."
        )
    groups = known if survey.groups is None else survey.groups.join(known)
    return replace(survey, groups=groups)


def _source(
    config: Config, source: str, encoding: str | None, respondent: str | None, place: str
) -> ir.Table:
    options, path = config.engine_options, expand_variables(source, where=place)
    engine = engines.connect(
        memory_limit=options.memory_limit, spill_dir=options.spill_dir, threads=options.threads
    )
    texts = () if respondent is None else (respondent,)
    table = read_source(engine, path, encoding=encoding, text_columns=texts)
    if "::" not in path and not path.startswith("table:"):
        engines.confine(engine, paths=source_files(path))
    return table
