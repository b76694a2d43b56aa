"""The command that watches a model in service."""

from typing import Annotated

import typer

from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer()


@app.command(epilog="Example: goodwill monitor configs/cdnow.yaml --as-of 1998-07-01")
def monitor(
    *,
    config: ConfigFile,
    model: Annotated[
        str | None,
        typer.Option(metavar="URI|DIR", help="models:/name@alias or a folder.", show_default="@champion"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="DATE", help="Day to look from.", show_default="the config's"),
    ] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Say whether a model can go on serving: drift, matured scores, the tables; one verdict."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.monitor import monitor_model

    with Screen(quiet=quiet, as_json=as_json) as screen:
        read = screen.speaking(read_config(config, overrides or ()))
        return screen.show(monitor_model(read, model=model, as_of=as_of, progress=screen.progress))
