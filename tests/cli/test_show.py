import io
import re
import sys
from pathlib import Path

import pytest

from goodwill.cli.show import Screen, in_words
from goodwill.config import read_config
from goodwill.pipeline.outcome import Outcome, Sheet

ESCAPE = "\x1b"
NOTE = "A sentence that is longer than the eighty columns of a terminal, and goes on over its end."
OUTCOME = Outcome({"x": 1}, [Sheet("Table", ("name", "value"), [("a", "1")])], [NOTE])


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def terminal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Terminal:
    """Make both streams one terminal of 80 columns; pytest's own capture would undo it in a fixture."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"COLUMNS": "80", "TERM": "xterm-256color", **environment}.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


def test_a_pipe_gets_no_escape_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.progress("Reading", 1, 2)
        screen.show(OUTCOME)
    said = capsys.readouterr()
    assert ESCAPE not in said.out + said.err


def test_a_pipe_gets_one_line_per_step(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        for step, done in [("Reading", None), ("Tuning", 1), ("Tuning", 2), ("[Fitting]", None)]:
            screen.progress(step, done, 2)
    assert capsys.readouterr().err.splitlines() == ["Reading", "Tuning", "[Fitting]"]


def test_a_pipe_keeps_sentences_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(quiet=False, as_json=False).show(OUTCOME)
    assert NOTE in capsys.readouterr().out.splitlines()


def test_blank_lines_stand_between_tables_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    sheet = Sheet("t", ("", ""), [("rows", "12")])
    Screen(quiet=False, as_json=False).show(Outcome({}, [sheet, sheet]))
    assert capsys.readouterr().out == "t\nrows  12\n\nt\nrows  12\n"


def test_a_terminal_gets_colours_and_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    with Screen(quiet=False, as_json=False) as screen:
        screen.progress("Reading", 1, 2)
        screen.show(OUTCOME)
    assert ESCAPE in stream.getvalue()
    assert "Reading" in stream.getvalue()


def test_a_terminal_gets_sentences_wrapped_at_words(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    Screen(quiet=False, as_json=False).show(OUTCOME)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()[-2:]]
    assert " ".join(lines) == NOTE


def test_no_color_leaves_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch, NO_COLOR="1")
    with Screen(quiet=False, as_json=False) as screen:
        screen.progress("Reading", 1, 2)
        screen.show(OUTCOME)
    assert not re.search(rf"{ESCAPE}\[[\d;]*3\d", stream.getvalue())


def test_quiet_leaves_a_terminal_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = terminal(monkeypatch)
    with Screen(quiet=True, as_json=False) as screen:
        screen.progress("Reading", 1, 2)
        screen.show(OUTCOME)
    assert not stream.getvalue()


def test_a_config_among_the_notes_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    text = f"name: shop\ntables:\n  # {NOTE}\n"
    Screen(quiet=False, as_json=False).show(Outcome({}, notes=[text]))
    assert capsys.readouterr().out == text + "\n"


def test_brackets_in_data_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    sheet = Sheet("[bold]t[/bold]", ("[red]a",), [("[link=x]b",)])
    Screen(quiet=False, as_json=False).show(Outcome({}, [sheet], ["[green]c"]))
    said = capsys.readouterr().out
    assert all(text in said for text in ("[bold]t[/bold]", "[red]a", "[link=x]b", "[green]c"))


def test_a_no_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    status = Screen(quiet=False, as_json=False).show(Outcome({}, is_no=True))
    assert status == 1
    assert "the answer is no (exit status 1)" in capsys.readouterr().out


def test_sentences_go_beside_json_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(quiet=False, as_json=True).show(OUTCOME)
    assert capsys.readouterr() == ('{"x": 1}\n', f"{NOTE}\n")


def test_a_quiet_program_gets_json_alone(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(quiet=True, as_json=True).show(OUTCOME)
    assert capsys.readouterr() == ('{"x": 1}\n', "")


def test_a_chinese_config_is_answered_in_chinese(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Screen(quiet=False, as_json=False) as screen:
        screen.speaking(read_config(shop, ["language=zh"]))
        screen.progress("Passing the gate")
        sheet = Sheet("Assumptions", ("check", "verdict"), [("whales", "ok")])
        screen.show(Outcome({}, [sheet], ["Steady enough."], is_no=True))
    said = capsys.readouterr()
    assert said.err.split() == ["评审"]
    assert said.out.split()[:3] == ["假设检查", "检查项", "结论"]
    assert said.out.splitlines()[-2:] == ["足够平稳。", "任务已完成，结论为“否”（退出码 1）。"]


def test_names_from_the_data_are_not_translated() -> None:
    sheet = Sheet("Plan", ("offer", "verdict"), [("offer", "ok"), ("spend", "warning")])
    assert in_words(sheet, "zh").rows == [["offer", "正常"], ["spend", "警告"]]
    assert in_words(sheet, "zh").columns == ["优惠", "结论"]
