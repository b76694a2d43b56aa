"""`goodwill plan`: who gets which offer under a budget."""

from typing import Annotated

import typer

from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer()


@app.command(epilog="Example: goodwill plan configs/quickstart.yaml --budget 2000")
def plan(
    *,
    config: ConfigFile,
    budget: Annotated[float, typer.Option(metavar="N", help="Money for all offers together.")],
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Plan who gets which offer under a budget."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.plan import plan_offers

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            plan_offers(
                screen.speaking(read_config(config, overrides or ())), budget, progress=screen.progress
            )
        )
