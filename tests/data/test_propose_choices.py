"""Files of choices and of deals are recognised, however their columns are called, and nothing else is."""

import gzip
import random
from pathlib import Path

import pytest

from pmlib.data.propose import propose, sketch

REPOSITORY = Path(__file__).parents[2]


def head(path: str) -> str:
    """The first 800 rows of a file, which are whole choices."""
    text = gzip.decompress((REPOSITORY / path).read_bytes()).decode()
    return "".join(text.splitlines(keepends=True)[:801])


YOGURT = head("tests/reference/yogurt_choices.csv.gz")
KETCHUP, CAMERAS = head("data/ketchup_choices.csv.gz"), head("data/camera_choices.csv.gz")


def roles(table):
    return {name: rule.role for name, rule in table.columns.items() if rule.role}


def named(text, *header):
    """Call the columns of a file otherwise."""
    return ",".join(header) + text[text.index("\n") :]


@pytest.mark.parametrize(
    "header",
    [
        ("household", "purchase", "brand", "price", "feature", "chosen"),
        ("HH_ID", "Trip no", "Item", "Price (cents)", "Feature", "Purchased"),
        ("id", "obsID", "alt name", "price", "feat", "choice"),
        ("Befragter", "Aufgabe", "Marke", "Preis", "Handzettel", "Gewählt"),
    ],
)
def test_a_panel_is_recognised_by_its_choices(proposed, header):
    table, source = proposed(named(YOGURT, *header))
    given = dict(zip(header, ("chooser", "occasion", "product", "price", "attribute", "chosen"), strict=True))
    assert roles(table) == given
    assert table.key == list(header[:3])
    assert all("role" in table.columns[name].guess for name in header)
    assert source.frame["chosen"].sum() == source.frame["occasion"].nunique() == 200
    assert source.frame["occasion"].dtype.kind == "i"  # the tenth comes after the second


def test_the_shipped_panel_and_study_get_the_roles_that_they_are_shipped_with(proposed):
    table, _ = proposed(KETCHUP)
    assert roles(table) == {
        "household": "chooser",
        "purchase": "occasion",
        "brand": "product",
        "price": "price",
        "feature": "attribute",
        "display": "attribute",
        "chosen": "chosen",
    }
    table, source = proposed(CAMERAS)
    features = dict.fromkeys(("pixels", "zoom", "video", "swivel", "wifi"), "attribute")
    assert roles(table) == {
        "resp": "chooser",
        "task": "occasion",
        "brand": "firm",  # of which a task may show two: it is no product
        **features,
        "price_100usd": "price",
        "chosen": "chosen",
    }
    assert table.key == ["resp", "task", "alt"]
    assert source.lacks("chooser", "firm", "product") == ["product"]


def test_what_is_about_who_chooses_is_no_attribute_of_what_is_chosen(proposed):
    lines = [
        f"{who},{20 + who},{item},{maker},{price + who % 2},{int(item == 'ABC'[who % 3])},{int(who != 5)}"
        for who in range(1, 40)
        for item, maker, price in (("A", "Acme", 3), ("B", "Acme", 4), ("C", "Bolt", 5))
    ]
    table, source = proposed("\n".join(["respondent,age,option,maker,cost,picked,available", *lines]) + "\n")
    assert roles(table) == {
        "respondent": "chooser",
        "option": "product",
        "maker": "firm",
        "cost": "price",  # to the one who chooses
        "picked": "chosen",
        "available": "available",
    }
    assert source.attributes == () and source.frame["age"].nunique() == 39


def test_a_flag_that_marks_several_of_a_set_marks_no_choice(proposed):
    lines = [f"{who},{item},{int(item < 3)},{item}.5" for who in range(20) for item in range(4)]
    table, _ = proposed("\n".join(["customer,brand,purchased,price", *lines]) + "\n")
    assert not {"chooser", "chosen"} & set(roles(table).values())


def deals(
    *,
    outcomes=("Won", "Lost"),
    header="Deal ID;Account;Close Date;Competitor;Outcome;Reason;Segment;Deal Size",
):
    chance, lines = random.Random(1), [header]
    for i in range(60):
        day = f"{1 + i % 28:02d}.{1 + i % 12:02d}.2025"
        rival, why = chance.choice(["Acme", "Bolt", ""]), chance.choice(["Price", "Feature"])
        ended, segment = outcomes[i % 3 == 0], chance.choice("SL")
        lines.append(f"D-{i:03d};Customer {i};{day};{rival};{ended};{why};{segment};{1000 + i}")
    return "\n".join(lines) + "\n"


def test_decided_deals_are_recognised_by_how_they_ended(proposed):
    table, source = proposed(deals())
    assert roles(table) == {
        "Close Date": "period",
        "Competitor": "firm",
        "Outcome": "won",
        "Reason": "reason",
        "Segment": "attribute",
        "Deal Size": "attribute",
    }
    assert table.key == ["Deal ID"]
    outcome = table.columns["Outcome"]
    assert (outcome.type, outcome.values) == ("flag", ["Lost", "Won"]) and "values" in outcome.guess
    assert source.frame["won"].sum() == 40 and source.frame["firm"].isna().any()
    assert table.columns["Reason"].values is None  # a new reason is news


@pytest.mark.parametrize(
    "outcomes", [("Closed Won", "Closed Lost"), ("win", "loss"), ("Gewonnen", "Verloren")]
)
def test_outcomes_are_flags_however_they_are_written(proposed, outcomes):
    _, source = proposed(deals(outcomes=outcomes))
    assert source.frame["won"].sum() == 40


def test_deals_that_are_still_open_are_left_out_and_said_to_be(proposed):
    text = deals(outcomes=("Closed Won", "Closed Lost"))
    lines = text.replace("Closed Won", "Negotiation", 5).replace("Closed Lost", "Qualified", 2)
    table, source = proposed(lines)
    assert table.keep == {"Outcome": ["Closed Lost", "Closed Won"]}
    assert len(source.frame) == 53 and source.frame["won"].sum() == 35
    assert source.said == ("7 of 60 rows left out: Outcome is not Closed Lost or Closed Won",)


def test_a_flag_called_won_needs_no_labels(proposed):
    header = "opportunity;account;decided;rival;won;why;segment;size"
    table, source = proposed(deals(outcomes=("1", "0"), header=header))
    assert roles(table) == {
        "decided": "period",
        "rival": "firm",
        "won": "won",
        "why": "reason",
        "segment": "attribute",
        "size": "attribute",
    }
    assert source.frame["won"].sum() == 40


def test_flags_of_a_table_that_cannot_be_read_yet_are_counted_all_the_same(proposed, tmp_path):
    file = tmp_path / "data" / "panel.csv"
    file.write_text(YOGURT.replace("10.8", "dear", 1))
    source = sketch(propose(file, "data/panel.csv", "panel"))
    assert source.frame["chosen"].sum() == 200 and source.frame["product"].nunique() == 4
