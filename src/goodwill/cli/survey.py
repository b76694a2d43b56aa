"""The command that says what customers feel they get."""

import typer

from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer()


@app.command(epilog="Example: goodwill survey configs/kiosk.yaml")
def survey(
    *,
    config: ConfigFile,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Measure perceived value: benefits and costs, gaps, Kano, loyalty, drivers, rivals."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.survey import survey_value

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            survey_value(screen.speaking(read_config(config, overrides or ())), progress=screen.progress)
        )
