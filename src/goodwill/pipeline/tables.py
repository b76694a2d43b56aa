"""From a config to the tables it names: connected, read, mapped and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill import engine as engines
from goodwill.config import Config, expand_variables, read_config
from goodwill.config.tables import TableSection, TransactionsSection
from goodwill.data.checks import check_table
from goodwill.data.contracts import CONTRACTS
from goodwill.data.expressions import nearest
from goodwill.data.mapping import Counts, Rules, map_table
from goodwill.data.sources import read_source, source_files
from goodwill.data.tables import Tables
from goodwill.errors import ConfigError, GoodwillError, UsageError
from goodwill.pipeline.carried import ensure_carried
from goodwill.pipeline.outcome import Progress, silent
from goodwill.pipeline.survey_tables import customers_wide, with_survey


@dataclass(frozen=True)
class Opened:
    """The tables of a config, the engine that holds them, and what became of their rows."""

    tables: Tables
    engine: BaseBackend
    counts: Mapping[str, Counts]


def read_tables(config: str | Path) -> Tables:
    """Return the tables that a config file names, mapped to their contracts and checked.

    Raises
    ------
    ConfigError
        If the config is wrong.
    SourceError, TableError
        If a source cannot be read or a table breaks its contract.
    """
    return open_tables(read_config(config)).tables


def ensure_main_table(config: Config) -> None:
    """Refuse a config that says nothing of what customers bring.

    Raises
    ------
    UsageError
        If neither transactions nor contracts nor profiles are configured.
    """
    if not config.tables.has_main:
        raise UsageError(
            f"{config.name}: this command needs tables.transactions, tables.contracts or tables.profiles, "
            f"and the config has {', '.join(config.tables.present) or 'no table'}. Add one."
        )


def open_tables(config: Config, *, progress: Progress = silent) -> Opened:
    """Connect the engine, then read, map and check every table of a config.

    Raises
    ------
    ConfigError
        If a sign-up fact, or what scores are to carry, is no column of the customers.
    """
    options = config.engine_options
    engine = engines.open_engine(
        expand_variables(config.engine, where="engine"),
        memory_limit=options.memory_limit,
        spill_dir=options.spill_dir,
        threads=options.threads,
    )
    try:
        mapped, counts = _read(config, engine, progress)
        _ensure_attributes(config, mapped)
        mapped = with_survey(config, engine, mapped)
        ensure_carried(config.score.carry, mapped)
    except GoodwillError:
        engine.disconnect()
        raise
    if config.engine == engines.EMBEDDED:
        folders = [config.output_dir, *([Path(options.spill_dir)] if options.spill_dir else [])]
        engines.confine(engine, paths=_files(config), directories=folders)
    return Opened(_tables(config, mapped), engine, counts)


def _read(
    config: Config, engine: BaseBackend, progress: Progress
) -> tuple[dict[str, ir.Table], dict[str, Counts]]:
    mapped: dict[str, ir.Table] = {}
    counts: dict[str, Counts] = {}
    for name, section in config.tables.present.items():
        progress(f"Reading {name}")
        mapped[name], counts[name] = _mapped(engine, name, section)
    return mapped, counts


def _ensure_attributes(config: Config, mapped: Mapping[str, ir.Table]) -> None:
    """Refuse a sign-up fact that the customers do not have: it would be no feature, and nobody would know."""
    section = config.tables.customers
    for name in () if section is None else section.known_at_signup:
        if name not in (there := mapped["customers"].columns):
            raise ConfigError(
                f"tables.customers.known_at_signup: {name!r} is no column of tables.customers. "
                f"{nearest(name, there)}"
            )


def drawn_customers(
    tables: Tables, max_customers: int, as_of: date | None = None
) -> tuple[Tables, str | None]:
    """Return the tables of at most about `max_customers` customers, and how many, where some are left out.

    Who is drawn depends on the id, and on how many customers were known before `as_of`, so that all rows of a
    customer are drawn together, in every table, and later rows change nobody who is drawn.
    """
    known = tables if as_of is None else tables.before(as_of).tables
    main = known.transactions if known.transactions is not None else known.contracts
    n_customers = 0 if main is None else _count(main)
    if n_customers <= max_customers:
        return tables, None
    below = engines.drawn_below(max_customers / n_customers)
    drawn = {
        name: engines.kept(table.filter(engines.is_drawn(table.customer_id, below)))
        for name, table in tables.present.items()
        if "customer_id" in table.columns
    }
    return replace(tables, **drawn), f"about {max_customers:,} of {n_customers:,} customers"


def _count(table: ir.Table) -> int:
    found = engines.fetch(table.aggregate(n=table.customer_id.nunique()))
    return int(found["n"][0].as_py())


def _files(config: Config) -> list[Path]:
    """Return the files that lazy tables go on reading; databases and workbooks are attached or copied."""
    sources = [section.source for section in config.tables.present.values()]
    sources += [] if (wide := customers_wide(config)) is None else [wide.source]
    sources = [expand_variables(source) for source in sources]
    plain = [source for source in sources if "::" not in source and not source.startswith("table:")]
    return [file for source in plain for file in source_files(source)]


def _mapped(engine: BaseBackend, name: str, section: TableSection) -> tuple[ir.Table, Counts]:
    contract, rules = CONTRACTS[name], _rules(section)
    texts = [column.name for column in contract.columns if column.kind == "text"]
    source = read_source(
        engine,
        expand_variables(section.source, where=f"tables.{name}.source"),
        encoding=section.encoding,
        text_columns=tuple(section.columns.get(text, text) for text in texts),
    )
    table, counts = map_table(source, contract, section.columns or None, rules)
    check_table(table, contract, counts, rules)
    return table, counts


def _rules(section: TableSection) -> Rules:
    rules = Rules(
        where=section.where,
        known_at=section.known_at,
        time_zone=section.time_zone,
        duplicates=section.duplicates,
        null_ids=section.null_ids,
    )
    if isinstance(section, TransactionsSection):
        return replace(rules, refunds=section.refunds, occasion=section.occasion)
    return rules


def _tables(config: Config, mapped: Mapping[str, ir.Table]) -> Tables:
    sections = config.tables
    return Tables(
        **mapped,
        occasion=sections.transactions.occasion if sections.transactions else "day",
        known_at_signup=sections.customers.known_at_signup if sections.customers else (),
        fixed_term=sections.contracts.fixed_term if sections.contracts else False,
    )
