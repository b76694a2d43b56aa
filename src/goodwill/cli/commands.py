"""The commands: read the words, call one pipeline function, show what it returns."""

from pathlib import Path
from typing import Annotated

import typer

from goodwill.cli import forget, measure, monitor, plan, report, survey
from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer(
    help="Measure, predict and raise the value of customers.",
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands the flag over by position
    if wanted:
        from importlib.metadata import version

        typer.echo(f"goodwill {version('goodwill')}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Measure, predict and raise the value of customers: churn, lifetime value, segments."""


@app.command(epilog="Example: goodwill init orders.csv --out configs/shop.yaml")
def init(
    *,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Data files to look at.")],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Config to write.", show_default="configs/NAME.yaml")
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="OURS=THEIRS", help="Say what a column is, such as churn=Exited."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing config.")] = False,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Look at data files, guess the columns and write a config."""
    from goodwill.cli.show import Screen
    from goodwill.pipeline.start import write_config

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(write_config(files, out=out, replace=force, columns=columns or ()))


@app.command(epilog="Example: goodwill simulate --customers 5000 --out models/quickstart/data")
def simulate(
    *,
    customers: Annotated[int, typer.Option(metavar="N", min=1, help="Number of customers.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write; the truth goes to DIR/truth/.")],
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Seed of all randomness.")] = 0,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Write the tables of a simulated shop, with the truth beside them."""
    from goodwill.cli.show import Screen
    from goodwill.pipeline.start import write_tables

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(write_tables(out, customers=customers, seed=seed, progress=screen.progress))


@app.command(epilog="Example: goodwill check configs/cdnow.yaml")
def check(
    *,
    config: ConfigFile,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Report data quality and modelling assumptions, before any model."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.check import check_data

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            check_data(screen.speaking(read_config(config, overrides or ())), progress=screen.progress)
        )


@app.command(epilog="Example: goodwill train configs/cdnow.yaml --set tuning.trials=0")
def train(
    *,
    config: ConfigFile,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Train churn, value and segments: backtest, tune, fit, evaluate, log, register, gate."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.train import train_models

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            train_models(screen.speaking(read_config(config, overrides or ())), progress=screen.progress)
        )


@app.command(epilog="Example: goodwill score configs/cdnow.yaml --as-of 1998-01-01 --out scores.parquet")
def score(
    *,
    config: ConfigFile,
    model: Annotated[
        str | None,
        typer.Option(metavar="URI|DIR", help="models:/name@alias or a folder.", show_default="@champion"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day to score from.", show_default="the config's"),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|FOLDER|table:NAME",
            help="Also write the scores here: .parquet or .csv by its ending, scores.parquet in a folder, or "
            "a table of the database that `engine` names.",
        ),
    ] = None,
    horizon_days: Annotated[
        list[int] | None,
        typer.Option("--horizon-days", metavar="DAYS", min=1, help="Horizon; give it again for several."),
    ] = None,
    hindsight: Annotated[
        bool, typer.Option("--hindsight", help="Allow a day the model has already seen the future of.")
    ] = False,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Score every customer with a trained model."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.score import Request, score_customers

    wanted = Request(
        model=model, as_of=as_of, out=out, horizon_days=tuple(horizon_days or ()), hindsight=hindsight
    )
    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            score_customers(
                screen.speaking(read_config(config, overrides or ())), wanted, progress=screen.progress
            )
        )


@app.command(epilog="Example: goodwill promote configs/cdnow.yaml 3")
def promote(
    *,
    config: ConfigFile,
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1, help="Version to serve from now on.")],
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Make a registered version the champion by hand, for instance to roll back."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.promote import promote_version

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(promote_version(screen.speaking(read_config(config, overrides or ())), version))


app.add_typer(plan.app)
app.add_typer(measure.app)
app.add_typer(survey.app)
app.add_typer(monitor.app)
app.add_typer(report.app)
app.add_typer(forget.app)
