"""Files of tests, panels, series and ledgers of launches are recognised, and read at once."""

import random

import pytest

from pmlib import impact


def users(header="user_id,variant,orders,revenue,orders_before"):
    chance = random.Random(1)
    rows = [f"u{i},{'AB'[i % 2]},{i % 3},{chance.random() * 30:.2f},{i % 4}" for i in range(200)]
    return "\n".join([header, *rows])


def by_state():
    rows = [
        f"{state},{2000 + year},{100 + 3 * year + 7 * index},{int(index == 0 and year > 5)}"
        for index, state in enumerate(["Ohio", "Iowa", "Utah", "Maine"])
        for year in range(10)
    ]
    return "\n".join(["State,Year,Sold packs,Treated", *rows])


def by_day():
    rows = [f"2024-01-{day:02d},{100 + day % 7},{50 + day % 5}" for day in range(1, 32)]
    return "\n".join(["Day,Signups,Spend", *rows])


def ledger():
    rows = [f"Launch {i},{i / 100},{0.01 + i / 1000},Fares,{2010 + i}" for i in range(1, 8)]
    return "\n".join(["Name,Effect,SE,Domain,Year", *rows])


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        (users(), {"user_id": "unit", "variant": "variant", "orders": "kpi", "orders_before": "covariate"}),
        (by_state(), {"State": "unit", "Year": "period", "Sold packs": "kpi", "Treated": "treated"}),
        (by_day(), {"Day": "period", "Signups": "kpi", "Spend": "kpi"}),
        (ledger(), {"Name": "launch", "Effect": "effect", "SE": "effect_se", "Domain": "domain"}),
    ],
)
def test_columns_get_the_roles_of_what_they_hold(proposed, text, roles):
    table, _ = proposed(text)
    found = {name: rule.role for name, rule in table.columns.items()}
    assert {name: found[name] for name in roles} == roles


def test_a_test_is_analysed_as_it_was_proposed(proposed):
    _, source = proposed(users())
    assert source.measured == ("orders", "revenue") and source.covariates == ("orders_before",)
    assert set(impact.experiment(source).frame["metric"]) == {"orders", "revenue"}


def test_a_panel_and_a_series_are_laid_out_as_proposed(proposed):
    _, panel = proposed(by_state())
    assert impact.panel(panel).first["Ohio"] == 6
    _, series = proposed(by_day())
    assert impact.kpi(series).step.name == "day" and impact.kpi(series, "Spend").values.iloc[0] == 51


def test_a_series_of_sales_needs_no_role_beside_theirs(proposed):
    _, source = proposed("Month,Sales\n" + "\n".join(f"2023-{m:02d}-01,{900 + m}" for m in range(1, 13)))
    assert source.has("units")
    assert impact.kpi(source).values.iloc[0] == impact.kpi(source, "Sales").values.iloc[0] == 901
