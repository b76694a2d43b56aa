"""Comments and waves in a survey report."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from goodwill.config.surveys import SurveysSection
from goodwill.errors import UsageError
from goodwill.perceived.intake import ReadingRules, read_long
from goodwill.perceived.items import Item
from goodwill.perceived.survey import Survey
from goodwill.pipeline import survey_utility
from goodwill.pipeline.survey_report import SurveyReport, survey_report
from goodwill.pipeline.survey_sheets import survey_sheets
from goodwill.pipeline.survey_utility import chief_outcome
from goodwill.pipeline.survey_voices import hear, waves_of

WHO = [f"c{i}" for i in range(90)]
SAID = [(thing, how) for thing in ("Parcel", "Courier", "Delivery") for how in ("came late", "got lost")]
SAID += [(thing, how) for thing in ("Price", "Fee", "Discount") for how in ("is great", "is fair")]
COMMENTS = pd.DataFrame({
    "customer_id": WHO,
    "text": [" ".join(SAID[i % 12]) for i in range(90)],
    "time": pd.to_datetime(np.where(np.arange(90) < 50, "2024-01-20", "2024-03-05")),
})  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> Survey:
    rng = np.random.default_rng(0)
    mood = rng.normal(size=90)
    parts = []
    for item in ("s1", "s2", "p1", "p2"):
        felt = np.clip(np.rint(4 + mood + rng.normal(size=90)), 1, 7)
        for side, value in (
            ("perception", felt),
            ("expectation", np.clip(felt + rng.integers(0, 3, 90), 1, 7)),
        ):
            parts.append(pd.DataFrame({"item": item, "side": side, "value": value}))
    happy = np.clip(np.rint(3 + mood), 1, 5)
    parts.append(pd.DataFrame({"item": "happy", "side": "score", "value": happy}))
    rows = pd.concat([part.assign(customer_id=WHO) for part in parts], ignore_index=True)
    rows["time"] = pd.to_datetime(np.where(rows["customer_id"].isin(WHO[:45]), "2024-01-10", "2024-03-10"))
    items = [
        Item(name, {"s": "service", "p": "economic"}[name[0]], scale=(1, 7))
        for name in ("s1", "s2", "p1", "p2")
    ]
    return read_long(rows, [*items, Item("happy", scale=(1, 5), measure="overall")], rules=ReadingRules())


@pytest.fixture(scope="module")
def report(asked: Survey) -> SurveyReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey_utility, "RESAMPLES", 2)
        patch.setattr(survey_utility, "REFERENCES", 1)
        return survey_report(asked, SurveysSection(weights="equal"), 0, COMMENTS)


def test_needs_move_from_wave_to_wave(report: SurveyReport) -> None:
    needs = report.frames["needs_map"]
    assert needs["wave"].tolist() == ["2024-01", "2024-01", "2024-03", "2024-03"]
    assert (needs["gap"] < 0).all()
    assert needs["voice_share"].between(0, 1).all()
    assert needs.loc[needs["wave"] == "2024-03", "gap_change"].notna().all()


def test_themes_are_shown_without_anybody_s_words(report: SurveyReport) -> None:
    themes = report.frames["themes"]
    assert set(themes["dimension"]) == {"service", "economic"}
    assert {"text", "customer_id"}.isdisjoint(themes.columns)
    assert report.frames["theme_waves"]["wave"].unique().tolist() == ["2024-01", "2024-03"]


def test_what_people_wrote_and_need_stays_apart(report: SurveyReport) -> None:
    assert report.heard is not None
    assert report.heard.needs["customer_id"].tolist() == WHO
    assert set(report.heard.needs["need"]) <= {"pain", "unknown"}
    assert "Parcel came late" in set(report.heard.typical["text"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_people_read_utility_themes_and_needs(report: SurveyReport, language: str) -> None:
    titles = [sheet.title for sheet in survey_sheets(report, language)]  # type: ignore[arg-type]  # two words
    wanted = {"en": ["What comments are about", "What to mend first, wave 2024-03"],
              "zh": ["评论主题", "需求优先级（2024-03 期）"]}  # fmt: skip
    assert set(wanted[language]) <= set(titles)


def test_utility_says_how_far_each_dimension_pays(report: SurveyReport) -> None:
    assert report.frames["utility"].index.tolist() == ["service", "economic"]
    assert (report.frames["utility"]["rise"] >= 0).all()
    assert {"penalty", "reward", "kind"} <= set(report.frames["penalty_reward"])


def test_utility_is_shown_without_penalties_too(report: SurveyReport) -> None:
    alone = replace(report, frames={"utility": report.frames["utility"]})
    shown = {sheet.title: sheet for sheet in survey_sheets(alone, "en")}
    (utility,) = (sheet for title, sheet in shown.items() if title.startswith("How the outcome responds"))
    assert utility.columns[-1] == "pays up to"


def test_overall_value_must_be_asked_for(asked: Survey) -> None:
    unmeasured = replace(asked, items=asked.items.assign(measure=None))
    with pytest.raises(UsageError, match="no item has a `measure`"):
        chief_outcome(unmeasured)


def test_comments_without_time_or_survey_have_no_waves() -> None:
    heard = hear(None, COMMENTS.drop(columns="time"), "month", 0.95, 0)
    assert heard.said is None
    assert "theme_waves" not in heard.frames


def test_waves_with_names_are_no_time_of_a_comment(asked: Survey) -> None:
    waves = asked.answers["wave"].cat.rename_categories(["before", "after"])
    named = replace(asked, answers=asked.answers.assign(wave=waves))
    heard = hear(named, COMMENTS, "month", 0.95, 0)
    assert heard.lacks_waves
    assert heard.said is None
    assert not hear(asked, COMMENTS, "month", 0.95, 0).lacks_waves


def test_what_is_said_of_money_is_the_price_where_that_was_asked(asked: Survey) -> None:
    dimension = asked.items["dimension"].replace("economic", "price")
    priced = replace(asked, items=asked.items.assign(dimension=dimension))
    found = hear(priced, COMMENTS, "month", 0.95, 0).frames["themes"]
    assert set(found["dimension"]) == {"service", "price"}


def test_groups_are_told_by_what_their_members_wrote(asked: Survey) -> None:
    halves = pd.Series(["x" if place % 2 else "y" for place in range(len(WHO))], index=WHO)
    grouped = replace(asked, groups=halves.reindex(asked.respondents).to_frame("half"))
    report = survey_report(grouped, SurveysSection(weights="equal"), 0, COMMENTS)
    assert report.heard is not None
    assert report.heard.said is not None
    said = report.heard.said
    own = said[said["respondent"].map(halves) == "x"]
    last = own[own["wave"] == "2024-03"]
    needs = report.frames["needs_map_by_group"].query("group == 'x' and wave == '2024-03'")
    is_need = last["kind"].isin(["pain", "concern", "expectation"])
    shares = last[is_need]["dimension"].value_counts() / len(last)
    told = needs.set_index("dimension")["voice_share"]
    assert told.to_dict() == pytest.approx(shares.reindex(told.index).fillna(0).to_dict())
    moved = report.frames["theme_waves_by_group"].query("group == 'x'")
    themes = report.frames["themes_by_group"].query("group == 'x'").set_index("theme")["n_comments"]
    assert moved.groupby("theme")["n_comments"].sum().to_dict() == themes.to_dict()


def test_a_wave_lasts_until_the_next() -> None:
    days = pd.Series(pd.to_datetime(["2024-02-01", "2023-01-01"])).dt.tz_localize("UTC")
    assert waves_of(days, ("2024-01", "2024-03"), "month").tolist() == ["2024-01", None]
    assert waves_of(days, (), "year").tolist() == ["2024", "2023"]
