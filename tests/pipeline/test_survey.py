"""`survey` on small files, its words in both languages, and what it refuses."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow.tracking import MlflowClient

from goodwill import tracking
from goodwill.config import Config, read_config
from goodwill.config.surveys import SurveysSection
from goodwill.errors import ConfigError, GoodwillError, OutsideError, TableError, UsageError
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.pipeline import survey_groups, survey_utility
from goodwill.pipeline.check import check_data
from goodwill.pipeline.outcome import Outcome, silent
from goodwill.pipeline.survey import survey_value
from goodwill.pipeline.survey_intake import comments_of, survey_of
from goodwill.pipeline.survey_parts import Wanted
from goodwill.pipeline.survey_report import SurveyReport, survey_report
from goodwill.pipeline.survey_sheets import survey_notes, survey_sheets
from goodwill.pipeline.survey_value import value_frames


@pytest.fixture(scope="module", autouse=True)
def few_resamples() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survey_utility, "RESAMPLES", 1)
        patch.setattr(survey_utility, "REFERENCES", 1)
        yield


WANTED = Wanted(0.95, "holm", 0, {}, {})
RATED = {"ok_q": "quality", "ok_s": "service", "price": "price"}


def answers(n: int = 120) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    mood = rng.normal(size=n)
    columns: dict[str, object] = {"id": [f"c{k:03}" for k in range(n)]}
    for name in RATED:
        for place in (1, 2):
            felt = np.clip(np.rint(4.5 + mood + 0.7 * rng.normal(size=n)), 1, 7)
            columns |= {
                f"{name}{place}": felt,
                f"{name}{place}_x": np.clip(felt + rng.integers(0, 3, n), 1, 7),
            }
            columns |= {f"{name}{place}_i": rng.integers(3, 8, n)}
    columns["nps"] = np.clip(np.rint(7 + 2 * mood + rng.normal(size=n)), 0, 10)
    columns["there"] = rng.choice(["like", "must be", "?"], n, p=[0.7, 0.28, 0.02])
    columns["gone"] = rng.choice(["dislike", "neutral"], n)
    columns |= {"sex": rng.choice(["f", "m"], n), "day": np.repeat(["2024-01-10", "2024-02-10"], n // 2)}
    return pd.DataFrame(columns)


def columns_of(item: str) -> dict[str, str]:
    return {"perception": item, "expectation": f"{item}_x", "importance": f"{item}_i"}


def questions() -> list[dict[str, object]]:
    asked: list[dict[str, object]] = [
        {
            "item": f"{name}{place}", "dimension": dimension, "label": f"{name} {place}",
            "columns": columns_of(f"{name}{place}"),
        }
        for name, dimension in RATED.items() for place in (1, 2)
    ]  # fmt: skip
    asked.append({"item": "nps", "measure": "nps", "scale": [0, 10], "column": "nps", "label_zh": "推荐"})
    return [*asked, {"item": "app", "columns": {"functional": "there", "dysfunctional": "gone"}}]


def written(folder: Path) -> None:
    answers().to_csv(folder / "answers.csv", index=False)
    wide = {"source": str(folder / "answers.csv"), "respondent": "id", "time": "CAST(day AS TIMESTAMP)"}
    surveys = {
        "wide": wide, "scale": [1, 7], "items": questions(), "groups": {"sex": "sex"},
        "answers": {"must_be": ["Must be"]},
    }  # fmt: skip
    config = {"name": "tiny", "output": str(folder / "out"), "surveys": surveys,
              "tracking": {"uri": f"sqlite:///{folder}/mlflow.db"}}  # fmt: skip
    (folder / "tiny.yaml").write_text(yaml.safe_dump(config))


def written_long(folder: Path) -> None:
    rated = answers().melt("id", [f"{name}{k}" for name in RATED for k in (1, 2)], var_name="item")
    rated.assign(side="perception").rename(columns={"id": "respondent"}).to_parquet(folder / "long.parquet")
    answers()[["id", "sex"]].to_csv(folder / "people.csv", index=False)
    asked = [{key: value for key, value in item.items() if key != "columns"} for item in questions()[:6]]
    sections = {
        "name": "long",
        "tables": {"surveys": {"source": str(folder / "long.parquet")}},
        "surveys": {"scale": [1, 7], "items": asked, "groups": {"sex": "sex"}, "weights": "equal",
                    "respondents": {"source": str(folder / "people.csv"), "respondent": "id"}},
    }  # fmt: skip
    (folder / "long.yaml").write_text(yaml.safe_dump(sections))


def reported(config: Config) -> SurveyReport:
    return survey_report(survey_of(config, silent), config.surveys, config.seed)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("survey")
    written(folder)
    written_long(folder)
    return folder


@pytest.fixture(scope="module")
def config(place: Path) -> Config:
    return read_config(place / "tiny.yaml")


@pytest.fixture(scope="module")
def outcome(config: Config) -> Outcome:
    return survey_value(config)


@pytest.mark.usefixtures("outcome")
def test_everything_stands_in_one_file(place: Path) -> None:
    data = json.loads((place / "out/survey.json").read_text())
    wanted = {"dimensions", "gaps", "kano", "nps", "themes", "rivals"}
    assert wanted <= set(data)
    assert [row["dimension"] for row in data["dimensions"]] == ["quality", "service", "price"]
    assert len(data["gaps"]["items"]) == 6
    assert data["nps"][0]["unit"] == "points"
    assert data["missing"] == {"themes": "no comments", "rivals": "fewer than two brands were rated"}


def test_the_numbers_are_those_of_the_answers(outcome: Outcome) -> None:
    table = answers()
    (row,) = outcome.data["nps"]
    promoters, detractors = (table["nps"] >= 9).mean(), (table["nps"] <= 6).mean()
    assert row["estimate"] == pytest.approx(100 * (promoters - detractors))
    assert row["label"] == "推荐"


def test_what_was_wrong_with_the_answers_is_counted(outcome: Outcome) -> None:
    quality = outcome.data["quality"]
    n_odd = int((answers()["there"] == "?").sum())
    assert quality["impossible_by_item"] == {"app": n_odd}
    assert n_odd > 0


def test_people_are_told_of_answers_that_count_as_none(outcome: Outcome) -> None:
    assert "counted as none: " in outcome.notes[0]


def test_waves_and_groups_have_tables_of_their_own(outcome: Outcome) -> None:
    data = outcome.data
    assert data["waves"] == ["2024-01", "2024-02"]
    assert len(data["gaps"]["changes"]) == 6
    assert {row["group"] for row in data["kano"]["by_group"]} == {"f", "m"}


def test_every_part_is_told_of_each_group(outcome: Outcome) -> None:
    found = outcome.data["by_group"]
    assert {"dimension_gaps", "drivers", "penalty_reward", "value", "kano", "kano_continuous"} <= set(found)
    told = (
        "dimensions", "value_by_wave", "gaps", "gap_changes", "needs_map", "reliability", "items",
        "satisfaction_by_wave", "drivers", "utility", "response_curves", "interactions",
    )  # fmt: skip
    for part in told:
        assert {row["group"] for row in found[part]} == {"f", "m"}
    n = {row["group"]: row["n"] for row in found["drivers"]}
    assert sum(n.values()) <= outcome.data["quality"]["n_respondents"]
    assert "Groups beside each other; every table by group is in the file" in [
        s.title for s in outcome.sheets
    ]


def test_a_group_is_told_as_a_survey_of_its_members(config: Config) -> None:
    survey = survey_of(config, silent)
    assert survey.groups is not None
    women = survey.among((survey.groups["sex"] == "f").to_numpy(dtype=bool))
    frames = reported(config).frames
    alone = survey_report(replace(women, groups=None), config.surveys, config.seed).frames
    for table in ("response_curves", "penalty_reward", "interactions", "satisfaction_by_wave", "gap_changes"):
        by_group, expected = frames[f"{table}_by_group"], alone[table]
        found = by_group[by_group["group"] == "f"].drop(columns=["grouping", "group"]).reset_index(drop=True)
        wanted = expected.reset_index() if expected.index.name else expected
        pd.testing.assert_frame_equal(found, wanted)


def small_survey(**columns: list[object]) -> Survey:
    """Return answers to two questions about quality without a declared scale, and one outcome."""
    asked = [Item(name, "quality", columns={"score": name}) for name in ("a", "b")]
    asked.append(Item("happy", measure="csat", columns={"score": "happy"}))
    frame = pd.DataFrame(columns)
    return read_wide(frame, asked, groups=[name for name in frame if name not in {"a", "b", "happy"}])


def test_a_group_is_measured_on_the_scale_of_everybody() -> None:
    survey = small_survey(
        a=[7, 6, 7, 6, 7, 6, 1, 2, 3, 4, 1, 2],
        b=[7, 7, 6, 6, 7, 6, 1, 2, 2, 5, 1, 3],
        happy=[5, 5, 5, 5, 5, 5, 1, 2, 3, 4, 5, 1],
        who=["happy"] * 6 + ["others"] * 6,
    )
    frames = survey_report(survey, SurveysSection(), 0).frames
    scores = frames["dimensions_by_group"].set_index("group")["score"]
    index = frames["value_by_group"].query("figure == 'index'").set_index("group")["mean"]
    assert scores["happy"] == pytest.approx(100 * (np.mean([7, 6.5, 6.5, 6, 7, 6]) - 1) / 6)
    assert scores.to_dict() == pytest.approx(index.to_dict())


def test_groups_are_texts_and_the_small_ones_are_not_told() -> None:
    survey = small_survey(a=[1] * 13, b=[2] * 13, happy=[3] * 13, city=[1.0] * 6 + [2.5] * 5 + [3.0, None])
    told, small = survey_groups.with_told_groups(survey)
    assert told.groups is not None
    assert told.groups["city"].value_counts().to_dict() == {"1": 6, "2.5": 5}
    assert small == {"city": 1}


def test_single_people_are_told_of_nowhere(config: Config) -> None:
    survey = survey_of(config, silent)
    who = pd.DataFrame({"who": survey.respondents}, index=survey.respondents)
    report = survey_report(replace(survey, groups=who), config.surveys, config.seed)
    assert not [name for name in report.frames if name.endswith("_by_group")]
    assert "120 groups of 'who' with fewer than 5 respondents" in " ".join(survey_notes(report, "en"))


def test_nothing_is_told_that_few_of_a_group_answered() -> None:
    survey = small_survey(
        a=[1, 2, 3, 4, 5, 6] * 2, b=[None] * 9 + [2, 3, 4], happy=[1, 5, 2, 4, 3, 5] * 2, who=["x", "y"] * 6
    )
    frames = survey_report(survey, SurveysSection(), 0).frames
    assert set(frames["items_by_group"]["item"]) == {"a"}
    assert {"a", "b"} == set(frames["items"].index)


def test_answers_that_never_vary_have_no_reliability_and_tell_no_groups_apart() -> None:
    survey = small_survey(a=[3] * 30, b=[3] * 30, happy=[3.3] * 30, who=["x"] * 11 + ["y"] * 19)
    frames = survey_report(survey, SurveysSection(), 0).frames
    assert frames["reliability"]["verdict"].tolist() == ["not_computable"]
    assert frames["reliability"]["alpha"].isna().all()
    assert frames["satisfaction_by_group"]["p_value"].isna().all()


def test_a_dimension_of_one_item_is_told_to_have_no_reliability() -> None:
    asked = [Item("a", "quality", columns={"score": "a"})]
    report = survey_report(read_wide(pd.DataFrame({"a": [1, 2, 5]}), asked), SurveysSection(), 0)
    assert report.missing["reliability"].startswith("no dimension has two items that were rated")
    assert report.frames["items"].index.tolist() == ["a"]


def test_a_group_that_rated_nothing_is_told_by_what_it_answered() -> None:
    n, rated = 12, [1, 2, 3, 4, 5, 6]
    survey = small_survey(
        a=[*rated, *[None] * 6], b=[*rated, *[None] * 6], happy=rated * 2, who=["x"] * 6 + ["y"] * 6
    )
    report = survey_report(survey, SurveysSection(), 0)
    assert report.frames["satisfaction_by_group"]["n"].tolist() == [n / 2] * 2
    assert report.frames["dimensions_by_group"]["group"].unique().tolist() == ["x"]
    assert "left out who y: no" in report.missing["reliability_by_group"]


def test_the_groups_left_out_are_told_by_reason(config: Config) -> None:
    survey = survey_of(config, silent)
    assert survey.groups is not None
    of = survey.groups["sex"].map({"f": "f", "m": "m"})
    many = pd.Series([f"g{n % 20:02}" for n in range(len(of))], index=of.index)
    _, missing = survey_groups.group_frames(survey, WANTED, ["utility"], {"n": many})
    assert missing["utility_by_group"].startswith("left out n g00, n g01,")
    assert "n g07 … (20): 6 respondents gave an outcome" in missing["utility_by_group"]


def test_respondents_with_two_groups_are_refused(place: Path) -> None:
    people = pd.concat([answers()[["id", "sex"]], pd.DataFrame({"id": ["c000"], "sex": ["x"]})])
    people.to_csv(place / "doubled.csv", index=False)
    source = f"surveys.respondents.source={place}/doubled.csv"
    with pytest.raises(TableError, match="1 respondents stand in the file again with other groups"):
        survey_of(read_config(place / "long.yaml", [source]), silent)


def test_nothing_is_written_where_the_tracking_store_fails(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["slow parcel late", "parcel lost again", "price too high", "fees went up again"] * 15
    texts = pd.DataFrame({"respondent": [f"c{n:03}" for n in range(60)], "text": said})
    texts.to_csv(place / "texts.csv", index=False)

    def full(*_: object) -> None:
        msg = "the store is full"
        raise OutsideError(msg)

    monkeypatch.setattr(tracking, "log_json", full)
    overrides = [f"output={place}/fails", f"tables.comments={{source: {place}/texts.csv}}"]
    with pytest.raises(OutsideError):
        survey_value(read_config(place / "tiny.yaml", overrides))
    written = {file.name for file in (place / "fails").iterdir()}
    assert written.isdisjoint({"needs.csv", "typical_comments.csv", "survey.json"})


def test_a_group_too_small_for_a_part_is_named(config: Config) -> None:
    survey = survey_of(config, silent)
    first = survey.respondents[0]
    lone = pd.DataFrame({"who": np.where(survey.respondents == first, "alone", "rest")}, survey.respondents)
    frames, missing = survey_groups.group_frames(survey, WANTED, ["drivers"], {"who": lone["who"]})
    assert missing["drivers_by_group"].startswith("left out who alone: ")
    assert set(frames["drivers_by_group"]["group"]) == {"rest"}


def test_groups_of_a_multitude_are_told_from_a_part(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_groups, "MOST_RESPONDENTS", 60)
    survey = survey_of(config, silent)
    assert survey.groups is not None
    frames, _ = survey_groups.group_frames(survey, WANTED, ["gaps"], {"sex": survey.groups["sex"]})
    found = frames["dimension_gaps_by_group"]
    assert found.loc[found["dimension"] == "all", "n"].sum() <= 60


def test_people_read_a_sheet_per_part(outcome: Outcome) -> None:
    titles = [sheet.title.split(":")[0].split(" (")[0] for sheet in outcome.sheets]
    assert not [row for row in outcome.sheets[0].rows if "_" in row[0]]
    assert titles[:3] == ["Survey", "Perceived value by dimension, 0 to 100", "Perceived value in all"]
    assert "Kano" in titles
    assert all(len(row) == len(sheet.columns) for sheet in outcome.sheets for row in sheet.rows)
    assert "Not computed: rivals: fewer than two brands were rated." in outcome.notes
    assert outcome.notes[-1].endswith("survey.json")
    assert outcome.data["notes"]["en"] == outcome.notes[:-1]


@pytest.mark.no_cover
def test_people_read_chinese_where_they_want_to(place: Path) -> None:
    report = reported(read_config(place / "tiny.yaml", ["surveys.groups={}"]))
    assert survey_sheets(report, "zh")[0].title == "问卷：120 位受访者"
    assert "未计算：竞争对标：被评价的品牌不足两个。" in survey_notes(report, "zh")


def test_pictures_are_in_the_language_of_the_reader(place: Path) -> None:
    outcome = survey_value(read_config(place / "tiny.yaml", ["language=zh", f"output={place / 'zh'}"]))
    client = MlflowClient(f"sqlite:///{place}/mlflow.db")
    folder = Path(client.download_artifacts(str(outcome.data["run_id"]), "pictures"))
    picture = (folder / "value_profile.svg").read_text(encoding="utf-8")
    assert {"各维度的感知价值", "质量", "服务"} <= set(re.findall(">([^<]+)</text>", picture))


def test_nothing_of_a_respondent_is_tracked(outcome: Outcome, config: Config) -> None:
    client = MlflowClient(config.tracking.uri)
    folder = Path(client.download_artifacts(str(outcome.data["run_id"]), ""))
    said = "".join(file.read_text(encoding="utf-8") for file in folder.rglob("*") if file.is_file())
    run = client.get_run(str(outcome.data["run_id"])).data
    assert "survey.satisfaction.nps.estimate" in run.metrics
    assert {"kano.svg", "gaps.svg"} <= {file.name for file in folder.rglob("*.svg")}
    assert not any(f"c{number:03}" in said + str(run.params) for number in range(120))


@pytest.mark.parametrize(
    "weights", ["derived", "combined", "equal", {"quality": 2.0, "service": 1.0, "price": 1.0}]
)
def test_weights_come_from_where_the_config_says(place: Path, weights: object) -> None:
    config = read_config(place / "tiny.yaml", [f"surveys.weights={json.dumps(weights)}"])
    found, _ = value_frames(survey_of(config, silent), config.surveys, 0, {})
    assert found.weights_from == (weights if isinstance(weights, str) else "given")


def test_a_long_table_gives_the_same_as_a_wide_one(outcome: Outcome, place: Path) -> None:
    report = reported(read_config(place / "long.yaml"))
    wide = [row["score"] for row in outcome.data["dimensions"]]
    assert report.frames["dimensions"]["score"].tolist() == pytest.approx(wide)
    assert report.missing["satisfaction"] == "no item has a `measure`"


def test_a_survey_alone_cannot_be_checked_or_trained_on(config: Config) -> None:
    with pytest.raises(UsageError, match=r"this command needs tables.transactions"):
        check_data(config)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("surveys.impossible=error", "outside their scale or unknown words"),
        ("surveys.respondents={source: NOWHERE, respondent: id}", "NOWHERE"),
        ("surveys.wide.where=sex = 'x'", "the table has no rows"),
    ],
)
def test_answers_that_cannot_be_read_are_refused(place: Path, override: str, said: str) -> None:
    with pytest.raises(GoodwillError, match=said):
        survey_of(read_config(place / "tiny.yaml", [override]), silent)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("id,nps,nps\na,1,2\n", "names nps more than once"),
        ("id,other\na,1\n", "surveys.items.nps: there is no column 'nps'. There are: id, other"),
        ("id,nps\na,99\n", "no answer is left of 1 cells"),
        (b"id,nps,who\na,9,\xff\xfe\x81\n", "line 2: not UTF-8. Set `encoding:`"),
    ],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    place: Path, tmp_path: Path, text: str | bytes, said: str
) -> None:
    (tmp_path / "odd.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    wide = {"source": str(tmp_path / "odd.csv"), "respondent": "id", "encoding": "utf-8"}
    overrides = [f"surveys.wide={json.dumps(wide)}", f"surveys.items={json.dumps(questions()[6:7])}",
                 "surveys.groups={}", f"output={tmp_path}/out"]  # fmt: skip
    with pytest.raises(GoodwillError, match=re.escape(said)):
        survey_value(read_config(place / "tiny.yaml", overrides))
    assert not (tmp_path / "out").exists()


def test_one_sided_kano_questions_are_a_stated_gap(place: Path) -> None:
    items = [*questions()[:2], {"item": "app", "columns": {"functional": "there"}}]
    overrides = [f"surveys.items={json.dumps(items)}", "surveys.groups={}"]
    config = read_config(place / "tiny.yaml", overrides)
    assert "1 features were asked from one side only" in reported(config).missing["kano"]


def test_an_item_in_no_dimension_is_named(place: Path) -> None:
    items = [{**item, "dimension": None} if item["item"] == "ok_q1" else item for item in questions()[:6]]
    overrides = [f"surveys.items={json.dumps(items)}", "surveys.groups={}"]
    report = reported(read_config(place / "tiny.yaml", overrides))
    assert ("items in no dimension", "ok_q1") in survey_sheets(report, "en")[0].rows
    assert ("未归入维度的题项", "ok_q1") in survey_sheets(report, "zh")[0].rows


def test_an_item_that_never_varies_is_named(config: Config) -> None:
    survey = survey_of(config, silent)
    value = survey.answers["value"].mask(survey.answers["item"] == "ok_s2", 4.0)
    found = replace(survey, answers=survey.answers.assign(value=value), groups=None)
    sheet = survey_sheets(survey_report(found, config.surveys, 0), "en")[0]
    assert ("items all answered alike", "ok_s 2") in sheet.rows


def test_weights_are_not_derived_from_nothing(place: Path) -> None:
    overrides = [f"surveys.items={json.dumps(questions()[:6])}", "surveys.weights=derived"]
    assert (
        "Weights cannot be derived"
        in reported(read_config(place / "tiny.yaml", overrides)).missing["dimensions"]
    )


@pytest.mark.parametrize(("own", "titles"), [("us", ["Value map", "Where we lead"]), (None, ["Value map"])])
def test_brands_are_compared_where_ours_is_known(place: Path, own: str | None, titles: list[str]) -> None:
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"respondent": np.repeat(np.arange(30), 3), "brand": ["us", "north", "south"] * 30})
    table.assign(item="good", side="perception", value=rng.integers(1, 8, 90)).to_parquet(
        place / "brands.parquet"
    )
    sections = {
        "name": "brands", "tables": {"surveys": {"source": str(place / "brands.parquet")}},
        "surveys": {"brand": own, "items": [{"item": "good", "dimension": "quality", "scale": [1, 7]}],
                    "prices": {"us": 10, "north": 12, "south": 8}},
    }  # fmt: skip
    (place / "brands.yaml").write_text(yaml.safe_dump(sections))
    shown = [sheet.title for sheet in survey_sheets(reported(read_config(place / "brands.yaml")), "en")]
    assert [title for title in titles if any(one.startswith(title) for one in shown)] == titles
    assert any(one.startswith("Where we lead") for one in shown) is (own is not None)


def test_the_column_whose_sign_a_price_turns_round_is_a_difference(config: Config) -> None:
    row = {"rival": "north", "item": "price1", "ours": 4.0, "theirs": 4.4, "lead": -0.4, "low": -0.5,
           "high": -0.3, "verdict": "lead"}  # fmt: skip
    report = SurveyReport(survey_of(config, silent), frames={"leads": pd.DataFrame([row])})
    sheet = survey_sheets(report, "en")[-1]
    assert sheet.columns[4:] == ["ours − theirs", "95% interval", "verdict"]
    assert sheet.rows[0][4:] == ("-0.40", "[-0.50, -0.30]", "lead")


def test_an_effect_that_is_not_clearly_lopsided_is_not_called_symmetric(config: Config) -> None:
    utility = pd.DataFrame({"rise": 9.0, "rise_low": 4.0, "rise_high": 15.0, "pays_up_to": 60.0}, ["quality"])
    contrasts = pd.DataFrame({"penalty": -8.7, "reward": -2.2, "kind": "performance"}, ["quality"])
    report = SurveyReport(survey_of(config, silent), frames={"utility": utility, "penalty_reward": contrasts})
    told = [survey_sheets(report, language)[-1].rows[0][-1] for language in ("en", "zh")]
    assert told == ["no clear asymmetry", "无明显不对称"]


def test_what_a_cost_does_is_told_of_a_cost(config: Config) -> None:
    utility = pd.DataFrame(
        {"rise": -9.0, "rise_low": -14.0, "rise_high": -4.0, "pays_up_to": None}, ["price"]
    )
    contrasts = pd.DataFrame({"penalty": 8.7, "reward": -2.2, "kind": "contrary"}, ["price"])
    gaps = pd.DataFrame({"dimension": ["all", "price", "quality"], "gap": [-0.1, -0.9, -0.2]})
    drivers = {"dimension": ["price"], "share": [0.4], "share_low": [0.2], "share_high": [0.5], "n": [50]}
    who = {"grouping": "sex", "group": "f"}
    frames = {"utility": utility, "penalty_reward": contrasts, "dimension_gaps_by_group": gaps.assign(**who),
              "drivers_by_group": pd.DataFrame(drivers).assign(**who)}  # fmt: skip
    groups, utilities = survey_sheets(SurveyReport(survey_of(config, silent), frames=frames), "en")[1:]
    assert groups.rows == [("sex: f", "50", "price 40% [20, 50]", "-0.10", "quality -0.20")]
    assert utilities.rows[0][-3:] == ("8.7", "-2.2", "a cost: the less, the better")


def test_a_cost_whose_rise_may_be_chance_is_unclear(config: Config) -> None:
    utility = pd.DataFrame({"rise": -4.4, "rise_low": -12.2, "rise_high": 3.3, "pays_up_to": None}, ["price"])
    report = SurveyReport(survey_of(config, silent), frames={"utility": utility})
    assert "no clear rise" in survey_sheets(report, "en")[-1].rows[0]


def test_a_rise_that_may_be_chance_pays_up_to_nothing(config: Config) -> None:
    utility = pd.DataFrame(
        {"rise": 4.4, "rise_low": -3.3, "rise_high": 12.2, "pays_up_to": 83.0}, ["quality"]
    )
    report = SurveyReport(survey_of(config, silent), frames={"utility": utility})
    told = [survey_sheets(report, language)[-1].rows[0][-1] for language in ("en", "zh")]
    assert told == ["no clear rise", "提升不明确"]


def test_a_driver_of_a_group_without_an_interval_is_told_alone(config: Config) -> None:
    driver = {"dimension": "price", "share": 0.4, "share_low": None, "share_high": None, "n": 50}
    drivers = pd.DataFrame([driver | {"grouping": "sex", "group": "f"}])
    report = SurveyReport(survey_of(config, silent), frames={"drivers_by_group": drivers})
    assert survey_sheets(report, "en")[-1].rows == [("sex: f", "50", "price 40%")]


def test_groups_are_told_with_their_index_and_tiers_by_their_name(config: Config) -> None:
    who = {"grouping": "tier", "group": "lead"}
    drivers = {"dimension": ["price"], "share": [0.4], "share_low": [0.2], "share_high": [0.5], "n": [50]}
    value = {"figure": ["index"], "mean": [61.0], "low": [58.0], "high": [64.0]}
    frames = {
        "drivers_by_group": pd.DataFrame(drivers).assign(**who),
        "value_by_group": pd.DataFrame(value).assign(**who),
    }
    report = SurveyReport(survey_of(config, silent), frames=frames)
    told = [survey_sheets(report, language)[-1].rows[0] for language in ("en", "zh")]
    assert [row[0] for row in told] == ["Value tier: Lead", "价值等级: 铅"]
    assert told[0][2] == "61.0 [58.0, 64.0]"


def test_differences_of_shares_are_told_in_percentage_points(config: Config) -> None:
    row = {"wave": "2024-02", "item": "nps", "estimate": 0.5, "low": 0.4, "high": 0.6, "p_adjusted": 0.5}
    waves = pd.DataFrame([row | {"unit": "share", "change": 0.069}, row | {"unit": "index", "change": -2.0}])
    limits = pd.DataFrame({"rise": 0.3, "rise_low": 0.2, "rise_high": 0.4, "pays_up_to": 50.0}, ["quality"])
    frames = {"satisfaction_by_wave": waves, "utility": limits,
              "response_curves": pd.DataFrame({"response": [0.2, 0.5]})}  # fmt: skip
    by_wave, utility = survey_sheets(SurveyReport(survey_of(config, silent), frames=frames), "en")[1:]
    assert [row[4] for row in by_wave.rows] == ["+6.9 pp", "-2.0"]
    assert "percentage points" in utility.title
    assert utility.rows == [("quality", "30.0", "[20.0, 40.0]", "50")]


def test_comments_are_read_in_a_stable_order(place: Path) -> None:
    pd.DataFrame({"respondent": ["b", "a"], "text": ["two", "one"]}).to_csv(place / "said.csv", index=False)
    config = read_config(place / "tiny.yaml", [f"tables.comments={{source: {place}/said.csv}}"])
    said = comments_of(config)
    assert said is not None
    assert said["text"].tolist() == ["one", "two"]
    assert comments_of(read_config(place / "tiny.yaml")) is None


def test_a_config_without_a_survey_is_refused(place: Path) -> None:
    (place / "none.yaml").write_text(
        "{name: x, snapshot: {as_of: 2024-01-01, horizon_days: 9}, tables: {transactions: {source: x}}}"
    )
    with pytest.raises(UsageError, match=r"neither tables.surveys nor surveys.wide"):
        survey_value(read_config(place / "none.yaml"))


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("surveys.items=[]", "items are required with a wide file"),
        ("tables.surveys={source: x}", "keep the one that holds the answers"),
        (
            "surveys.items=[{item: a, column: x, columns: {score: y}}]",
            "`column` and `columns` are both given",
        ),
        ("surveys.itms=[]", "did you mean `items`"),
        ("surveys.waves=[spring, autumn]", "which is not set; waves by time need no order"),
        ("surveys.cross=[sex]", "named in `groups` and in `cross`"),
        ("surveys.weights={quality: 1, looks: 2}", "looks is no dimension of an item"),
    ],
)
def test_a_config_that_contradicts_itself_is_refused(place: Path, override: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_config(place / "tiny.yaml", [override])


def test_groups_of_a_long_table_need_a_file(place: Path) -> None:
    config = read_config(place / "long.yaml", ["surveys.respondents=null"])
    with pytest.raises(UsageError, match="Name the file that describes respondents"):
        survey_of(config, silent)


def test_a_file_of_other_respondents_is_refused(place: Path) -> None:
    pd.DataFrame({"id": ["zz"], "sex": ["f"]}).to_csv(place / "others.csv", index=False)
    source = f"surveys.respondents.source={place}/others.csv"
    with pytest.raises(TableError, match="none of 120 respondents is in the file"):
        survey_of(read_config(place / "long.yaml", [source]), silent)


def test_segments_of_the_latest_scores_are_groups(place: Path) -> None:
    scores = pd.DataFrame({"customer_id": [f"c{n:03}" for n in range(100)], "segment": ["new", "loyal"] * 50})
    (place / "crossed").mkdir()
    scores.to_parquet(place / "crossed/scores.parquet")
    overrides = [f"output={place}/crossed", "surveys.cross=[segment]"]
    groups = survey_of(read_config(place / "tiny.yaml", overrides), silent).groups
    assert groups is not None
    assert list(groups) == ["sex", "segment"]
    assert groups["segment"].value_counts(dropna=False).tolist() == [50, 50, 20]


@pytest.mark.parametrize(
    ("cross", "ids", "file", "said"),
    [
        ("segmnt", "c{}", "scores.parquet", "Did you mean 'segment'"),
        ("segment", "z{}", "scores.parquet", "none of 120 respondents"),
        ("segment", "c{}", "others.parquet", "there are no scores"),
    ],
)
def test_scores_that_do_not_fit_the_survey_are_refused(
    place: Path, cross: str, ids: str, file: str, said: str
) -> None:
    folder = place / f"{cross}_{file}"
    folder.mkdir()
    scores = pd.DataFrame({"customer_id": [ids.format(f"{n:03}") for n in range(9)], "segment": "new"})
    scores.to_parquet(folder / file)
    config = read_config(place / "tiny.yaml", [f"output={folder}", f"surveys.cross=[{cross}]"])
    with pytest.raises((UsageError, TableError), match=said):
        survey_of(config, silent)


def test_people_are_told_of_what_the_answers_left_open(place: Path) -> None:
    items = [{**item, "columns": {"perception": item["item"]}} for item in questions()[:6]]
    wide = {"source": str(place / "answers.csv"), "respondent": "id", "wave": "day"}
    overrides = [
        f"surveys.items={json.dumps(items)}",
        f"surveys.wide={json.dumps(wide)}",
        "surveys.groups={}",
    ]
    report = reported(read_config(place / "tiny.yaml", overrides))
    assert report.cautions == ("equal_weights", "waves_by_name")
    told = " ".join(survey_notes(report, "en"))
    assert "so all dimensions weigh the same" in told
    assert "Waves stand in the order of their names." in told
    named = read_config(place / "tiny.yaml", [*overrides, "surveys.waves=['2024-02-10', '2024-01-10']"])
    assert survey_of(named, silent).waves == ("2024-02-10", "2024-01-10")


def test_a_group_may_be_called_as_a_fact_is(tmp_path: Path) -> None:
    rows = {"id": [*range(12)], "brand": ["ours", "theirs"] * 6, "heavy": [1, 9] * 6, "q": [1, 5, 4] * 4}
    pd.DataFrame(rows).to_csv(tmp_path / "wide.csv", index=False)
    section = {
        "wide": {"source": str(tmp_path / "wide.csv"), "respondent": "id"},
        "groups": {"brand": "brand", "weight": "heavy"},
        "items": [{"item": "q", "dimension": "quality", "scale": [1, 5]}],
    }
    survey = survey_of(Config.model_validate({"name": "facts", "surveys": section}), silent)
    assert survey.brands == ()
    assert survey.answers["weight"].unique().tolist() == [1.0]
    assert survey.groups is not None
    assert sorted(survey.groups["weight"]) == [1] * 6 + [9] * 6
