"""Tests too large for memory are added up where they stand: the same numbers, and no row arrives."""

import numpy as np
import pandas as pd
import pytest

from pmlib import data, impact
from pmlib.impact.randomised.moments import moments

COLUMNS = """
user = { type = "integer", role = "unit" }
arm = { type = "category", role = "variant", nullable = true }
country = { type = "text", role = "stratum" }
shop = { type = "integer", role = "cluster" }
spend = { type = "number", role = "kpi", nullable = true }
visits = { type = "integer", role = "kpi" }
before = { type = "number", role = "covariate" }
"""
ROLES = {"unit": "user", "variant": "arm", "stratum": "country", "cluster": "shop"}
MEASURED = ["spend", "visits", "before"]


@pytest.fixture
def users() -> pd.DataFrame:
    random, n = np.random.default_rng(5), 3_000
    shop = random.integers(0, 60, n)
    arm = np.array(["old", "new", "newer"], object)[shop % 3]
    spend = np.round(1e6 + random.gamma(0.5, 60, n), 2)
    return pd.DataFrame(
        {
            "user": np.arange(n),
            "arm": np.where(random.random(n) < 0.01, None, arm),
            "country": np.where(shop < 30, "Chile", "Peru"),
            "shop": shop,
            "spend": np.where(random.random(n) < 0.05, np.nan, spend),
            "visits": random.poisson(3, n),
            "before": random.lognormal(0, 3, n),
        }
    )


@pytest.fixture
def declare(tmp_path, monkeypatch):
    monkeypatch.setenv("PMLIB_ROOT", str(tmp_path))
    (tmp_path / "data").mkdir()

    def declared(users: pd.DataFrame, kind: str = "parquet", columns: str = COLUMNS, key='key = ["user"]'):
        file = tmp_path / f"data/users.{kind}"
        users.to_csv(file, index=False) if kind == "csv" else users.to_parquet(file, row_group_size=500)
        head = (
            f'[users]\ntitle = "Users"\norigin = "us"\nlicence = "ours"\npath = "data/{file.name}"\n{key}\n'
        )
        (tmp_path / "data/sources.toml").write_text(f"{head}[users.columns]{columns}", encoding="utf-8")

    return declared


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("without", [(), ("shop",), ("shop", "country")])
def test_they_are_the_moments_of_the_rows(users, declare, kind, without):
    columns = "\n".join(line for line in COLUMNS.splitlines() if not line.startswith(without or ("-",)))
    declare(users, kind, columns)
    roles = {role: column for role, column in ROLES.items() if column not in without}
    frame = users.drop(columns=list(without))
    here = moments(data.source(frame, kpis=["spend", "visits"], covariates=["before"], **roles), MEASURED)
    for _ in ("first", "next"):
        there = moments(data.read("users", take="moments"), MEASURED)
        for name in ("arms", "strata", "rows", "no_variant", "clustered"):
            assert getattr(here, name) == getattr(there, name)
        for name in ("assigned", "missing", "clusters"):
            assert np.array_equal(getattr(here, name), getattr(there, name))
        for metric in (["visits"], ["spend", "visits"], ["before", "spend"]):
            these, those = here.of(metric), there.of(metric)
            assert np.array_equal(these.n, those.n) and np.array_equal(these.users, those.users)
            np.testing.assert_allclose(those.mean, these.mean, rtol=1e-9)
            apart = np.sqrt(np.einsum("...ii->...i", these.cov))
            noise = 1e-7 * apart[..., :, None] * apart[..., None, :]
            assert (np.abs(those.cov - these.cov) <= noise).all()


def test_they_are_the_same_to_the_last_bit_in_any_order_of_rows(users, declare):
    declare(users)
    first = data.read("users", take="moments").moments
    declare(users.sample(frac=1, random_state=1))
    again = data.read("users", take="moments").moments
    assert np.array_equal(first.grouped.mean, again.grouped.mean)
    assert np.array_equal(first.grouped.scatter, again.grouped.scatter)


def test_whole_numbers_and_prices_are_exact(users, declare):
    declare(users.assign(visits=7))
    found = data.read("users", by=["country"], take="moments")
    assert (found.frame["visits"] == 7).all() and (found.moments.grouped.scatter[:, 1, 1] == 0).all()
    whole = users.groupby(["country", users["spend"].isna()])["spend"].mean()
    assert found.frame["spend"].to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-14, nan_ok=True)


def test_some_rows_and_any_groups_may_be_asked_for(users, declare):
    declare(users)
    found = data.read("users", where={"country": "Peru"}, by=["variant"], take="moments")
    here = moments(data.source(users[users["country"] == "Peru"], kpis=["spend"], variant="arm"), ["visits"])
    assert moments(found, ["visits"]).of(["visits"]).mean == pytest.approx(here.of(["visits"]).mean)


@pytest.mark.parametrize(
    ("columns", "key", "asked", "said"),
    [
        (COLUMNS, "", {"take": "moments"}, r"never sees a user twice: key = \[\"user\"\] of \[users\]"),
        (COLUMNS.replace("variant", ""), "", {"take": "moments"}, "needs by, .* no column of role variant"),
        (
            COLUMNS.replace("kpi", "attribute").replace("covariate", "attribute"),
            'key = ["user"]',
            {"take": "moments"},
            "users has no column of these roles",
        ),
        (COLUMNS, "", {"take": "moment"}, """take is 'moment'; write "moments", or by column"""),
    ],
)  # fmt: skip
def test_what_cannot_be_added_up_is_refused(users, declare, columns, key, asked, said):
    declare(users, columns=columns, key=key)
    with pytest.raises(data.DataError, match=said):
        data.read("users", **asked)


def test_a_user_twice_is_found_where_the_rows_stand(users, declare):
    declare(pd.concat([users, users.tail(1)]))
    with pytest.raises(data.DataError, match="the same user"):
        data.read("users", take="moments")


def test_what_was_not_added_up_is_not_there(users, declare):
    declare(users)
    found = data.read("users", take="moments")
    with pytest.raises(data.DataError, match="users was read without 'orders'; it has 'spend'"):
        moments(found, ["orders"])


def test_an_experiment_of_any_size_gives_what_its_rows_give(users, declare):
    columns = "\n".join(line for line in COLUMNS.splitlines() if not line.startswith(("shop", "country")))
    declare(users, columns=columns)
    asked = ["spend ~ before", "spend / visits", "visits"]
    there = impact.experiment(data.read("users", take="moments"), asked)
    here = impact.experiment(data.read("users"), asked)
    for column in ("estimate", "se", "df", "low", "high", "p", "relative_low", "r2"):
        np.testing.assert_allclose(there.frame[column], here.frame[column], rtol=1e-6)
    assert there.frame["verdict"].tolist() == here.frame["verdict"].tolist()
    for metric in ("median(spend)", "visits > 2"):
        with pytest.raises(
            data.DataError, match="needs every user, and users was added up: read it without take"
        ):
            impact.experiment(data.read("users", take="moments"), [metric])
