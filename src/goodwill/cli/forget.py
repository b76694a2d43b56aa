"""The command that takes customers out of everything goodwill wrote."""

from typing import Annotated

import typer

from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer()


@app.command(epilog="Example: goodwill forget configs/cdnow.yaml 00123 00456")
def forget(
    *,
    config: ConfigFile,
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Customers to remove.", show_default=False)],
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Remove customers from all outputs and the history of scores."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.removal import remove_customers

    with Screen(quiet=quiet, as_json=as_json) as screen:
        read = screen.speaking(read_config(config, overrides or ()))
        return screen.show(remove_customers(read, ids, progress=screen.progress))
