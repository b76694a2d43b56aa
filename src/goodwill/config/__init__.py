"""The config file: read once, validated, frozen. It stops at the pipeline; below it live plain arguments."""

from goodwill.config.model import Config
from goodwill.config.read import expand_variables, read_config

__all__ = ["Config", "expand_variables", "read_config"]
