"""By which settings a model learned what value is, where the config now says others."""

from goodwill.config import Config
from goodwill.pipeline.found_model import FoundModel
from goodwill.pipeline.runs import config_of, run_of
from goodwill.predictor import CustomerValuePredictor


def value_doubts(config: Config, model: FoundModel) -> list[str]:
    """Return what to know where a model of this output folder was trained with another `value` section.

    What it predicts is margin as it learned it, and what is counted now follows the config.
    """
    run = run_of(config.output_dir, model.hash)
    if run is None or not isinstance(model.predictor, CustomerValuePredictor):
        return []
    then = config_of(run.path).get("value", {})
    now = config.value.model_dump(mode="json")
    moved = [name for name in now if name in then and then[name] != now[name]]
    if not moved:
        return []
    former, present = (", ".join(f"{name} {money[name]:g}" for name in moved) for money in (then, now))
    told = f"The model learned value by {former}, and the config now says {present}: its clv stays as it was."
    return [f"{told} Train again, or set `value` as it was."]
