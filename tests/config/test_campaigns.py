from pathlib import Path

import pytest

from goodwill.config import read_config
from goodwill.errors import ConfigError, UsageError
from goodwill.pipeline.check import check_data

MAILING = """
name: mailing
campaigns:
  - {name: spring, source: mailing.csv, outcomes: {spend: money}}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mailing.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_campaigns_need_no_other_table(tmp_path: Path) -> None:
    (campaign,) = read_config(written(tmp_path, MAILING)).campaigns
    assert (campaign.treatment, campaign.control, campaign.randomised, campaign.level) == (
        "treatment",
        "control",
        True,
        0.95,
    )


def test_commands_that_need_a_main_table_say_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mailing: this command needs tables\.transactions.* has no table"):
        check_data(read_config(written(tmp_path, MAILING)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("source:", "sorce:"), r"campaigns\.0\.sorce: unknown key; did you mean `source`\?"),
        ((", outcomes: {spend: money}", ""), r"outcomes are required with a source"),
        (("source: mailing.csv,", "window_days: 9, where: a > 1,"), r"where has no meaning without a source"),
        (("source: mailing.csv,", "window_days: 9, time: a,"), r"time has no meaning without a source"),
        (("source: mailing.csv, ", ""), r"window_days is required without a source"),
        (("money}", "money}, before: {visit: old}"), r"visit is no outcome; outcomes are spend"),
        (("money}", "money}, costs: {letter: -1}"), r"costs\.letter: .*greater than or equal to 0"),
        (("money}", "money}, treatment: got, covariates: [got]"), r"covariates: got says who was treated"),
        (("money}", "euros}"), r"outcomes\.spend: .*'binary' or 'money'"),
        (("mailing.csv", "'${GOODWILL_NOT_SET}/m.csv'"), r"campaigns\.0\.source: the environment variable"),
    ],
)
def test_wrong_campaign_names_key_and_remedy(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_config(written(tmp_path, MAILING.replace(*change)))


def test_a_campaign_of_the_tables_needs_treatments(tmp_path: Path) -> None:
    text = "name: shop\ncampaigns: [{name: spring, window_days: 30}]"
    with pytest.raises(ConfigError, match=r"campaigns: spring has no source.*tables\.treatments"):
        read_config(written(tmp_path, text))
