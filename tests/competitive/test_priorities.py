"""Features joined with their worth to buyers: what to match, leap with or ignore."""

import pandas as pd
import pytest

from pmlib.competitive import feature_parity, feature_priorities
from pmlib.data import source
from pmlib.result import Absent, Number, Result
from pmlib.table import Column

COLUMNS = {
    "power": Column("Power", "hp", better="higher"),
    "noise": Column("Noise", "dB", better="lower"),
    "sso": Column("Single sign-on", better="higher"),
    "app": Column("App", better="higher"),
    "grade": Column("Grade", better="higher"),
}


def parity(focal="A"):
    frame = pd.DataFrame(
        {
            "firm": ["A", "A", "B", "C"],
            "power": [10.0, 20.0, 40.0, 30.0],
            "noise": [50.0, 50.0, 60.0, 70.0],
            "sso": [0, 0, 1, 0],
            "app": [0, 0, 0, 0],
            "grade": pd.Categorical(["low", "low", "top", "low"], ["low", "top"], ordered=True),
        }
    )
    made = source(frame, "offers", columns=COLUMNS, attributes=list(COLUMNS), line="made up")
    return feature_parity(made, focal=focal, rivals=[f for f in "ABC" if f != focal])


def worth(**rows):
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "low", "high"])
    return frame.rename_axis("term").reset_index()


def test_each_verdict_follows_from_standing_and_worth():
    found = feature_priorities(
        parity(),
        worth(
            power=(2, 1, 3),
            noise=(-4, -5, -3),
            sso=(5, -1, 11),
            app=(7, 4, 10),
            **{"grade: top": (-2, -4, 0)},
        ),
    ).frame.set_index("attribute")
    assert found["verdict"].to_dict() == {
        "power": "must match",  # behind, and worth more than nothing
        "noise": "leap",  # ahead: less noise is better, and each dB less is worth 3 to 5
        "app": "leap",  # nobody has it
        "sso": "cannot tell",  # its worth may be nothing
        "grade": "ignore",  # worth nothing or less
    }
    assert found["standing"].to_dict() | {} == {
        "power": "behind", "noise": "ahead", "app": "nobody has it", "sso": "behind", "grade": "behind",
    }  # fmt: skip


def test_the_gap_is_worth_its_size_times_the_worth_of_a_unit():
    rows = feature_priorities(parity(), worth(power=(2, 1, 3), noise=(-4, -5, -3), sso=(6, 3, 9))).frame
    rows = rows.set_index("attribute")
    # 15 hp against 40 at 2 (1 to 3) each; 50 dB against 60 at 4 (3 to 5) for each less
    assert rows.loc["power", ["gap", "value", "value_low", "value_high"]].tolist() == [-25, -50, -75, -25]
    assert rows.loc["noise", ["gap", "value", "value_low", "value_high"]].tolist() == [10, 40, 30, 50]
    # a flag is worth having: all of it; a number one typical step
    assert rows.loc["sso", ["estimate", "low", "high"]].tolist() == [6, 3, 9]
    assert rows.loc["power", "estimate"] == pytest.approx(2 * 11.18034, rel=1e-6)


def test_what_is_worth_less_than_matters_is_ignored():
    paid = worth(sso=(6, 3, 9))
    assert feature_priorities(parity(), paid).frame["verdict"].tolist() == ["must match"]
    assert feature_priorities(parity(), paid, materiality=10).frame["verdict"].tolist() == ["ignore"]


def test_what_a_reader_is_told():
    result = feature_priorities(parity(), worth(power=(2, 1, 3), sso=(5, -1, 11)), unit="$ (2025)")
    assert result.title == "Power must be matched"
    assert result.finding == (
        "Match power; of 1 we cannot tell. Being as good at power as the best rival is worth "
        "$50 ($25 to $75) a buyer."
    )
    assert result.advice == "Close the gap in power first, if its cost allows."
    assert [n.name for n in result.numbers] == ["worth_power"]
    check = result.checks[0]
    assert not check.passed and "Noise (no worth known)" in check.saw
    assert "<svg" in result.html()


def test_money_and_level_come_from_the_result_that_knows_them():
    number = Number(name="wtp", label="", value=5, low=1, high=9, level=0.9)
    paid = Result(
        title="",
        finding="",
        frame=worth(sso=(5, 1, 9)),
        columns={"estimate": Column("Worth", "€")},
        numbers=(number,),
    )
    found = feature_priorities(parity(), paid)
    assert str(found.numbers[0]) == "€5.0 (€1.0 to €9.0)" and found.numbers[0].level == 0.9


def test_tables_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"^worth lacks \['low', 'high'\]; it has \['term', 'estimate'\]"):
        feature_priorities(parity(), pd.DataFrame({"term": ["sso"], "estimate": [1.0]}))
    with pytest.raises(ValueError, match=r"^worth has two rows for 'sso'; keep one"):
        feature_priorities(parity(), pd.concat([worth(sso=(1, 0, 2))] * 2))
    with pytest.raises(ValueError, match=r"^worth of 'sso' runs from 2 down to 0; swap them"):
        feature_priorities(parity(), worth(sso=(1, 2, 0)))
    with pytest.raises(ValueError, match=r"^materiality is -1"):
        feature_priorities(parity(), worth(sso=(1, 0, 2)), materiality=-1)


def test_what_is_missing_is_said():
    assert feature_priorities(parity(), worth(colour=(1, 0, 2))).reason.startswith(
        "No feature is both compared"
    )
    absent = Absent(title="Worth", reason="No choices were given.")
    assert feature_priorities(parity(), absent).reason == "Worth: No choices were given."
    assert feature_priorities(absent, worth(sso=(1, 0, 2))).reason == "Worth: No choices were given."
