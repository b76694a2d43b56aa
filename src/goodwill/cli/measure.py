"""The command that says what campaigns returned."""

import typer

from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer()


@app.command(epilog="Example: goodwill measure configs/hillstrom.yaml")
def measure(
    *,
    config: ConfigFile,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Measure what campaigns caused: effects with intervals, design checks, return on cost."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.measure import measure_campaigns

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            measure_campaigns(screen.speaking(read_config(config, overrides or ())), progress=screen.progress)
        )
