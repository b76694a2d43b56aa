"""What people look at: `goodwill report` and `goodwill customer`."""

from pathlib import Path
from typing import Annotated

import typer

from goodwill.cli.options import ConfigFile, Debug, Json, Overrides, Quiet

app = typer.Typer()


@app.command(epilog="Example: goodwill report configs/cdnow.yaml --out report.html")
def report(
    *,
    config: ConfigFile,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Page to write.", show_default="OUTPUT/report.html")
    ] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Tell all results on one self-contained HTML page."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.report import write_report

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            write_report(
                screen.speaking(read_config(config, overrides or ())), out=out, progress=screen.progress
            )
        )


@app.command(epilog="Example: goodwill customer configs/cdnow.yaml 00001 --out customer.html")
def customer(
    *,
    config: ConfigFile,
    customer_id: Annotated[str, typer.Argument(metavar="ID", help="The customer, as in the tables.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write it as an HTML page.")] = None,
    overrides: Overrides = None,
    quiet: Quiet = False,
    as_json: Json = False,
    debug: Debug = False,
) -> int:
    """Tell one customer as a case: history, classes, predictions, reasons, what similar ones did."""
    from goodwill.cli.show import Screen
    from goodwill.config import read_config
    from goodwill.pipeline.dossier import tell_customer

    with Screen(quiet=quiet, as_json=as_json) as screen:
        return screen.show(
            tell_customer(
                screen.speaking(read_config(config, overrides or ())),
                customer_id,
                out=out,
                progress=screen.progress,
            )
        )
