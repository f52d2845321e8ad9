"""Intervals of win rates, reasons, trends, drivers and moves hold the truth as often as they say.

The stored table is of 2,000 simulated tables each; to make it again, run this file as a script.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from simulated_deals import EFFECTS, REASONS, deals, table

from pmlib.competitive import loss_reasons, win_drivers, win_loss, win_trend
from pmlib.competitive.moves import share_moves

STORED = Path(__file__).parents[1] / "reference" / "coverage_win_loss.csv"
REPLICATES, SUBSET, LEVEL = 2000, 40, 0.95


def rates(seed):
    """Win rates of all deals and against one rival, and the shares of two reasons."""
    frame = deals(seed, 250)
    draw = np.random.default_rng(seed + 10**6)
    frame["won"] = (draw.random(250) < np.where(frame["rival"] == "Acme", 0.25, 0.5)).astype(int)
    frame["why"] = pd.Series(draw.choice(list(REASONS), 250, p=list(REASONS.values()))).where(
        frame["won"] == 0
    )
    made = table(frame)
    chance = frame["rival"].map({"Acme": 0.25}).fillna(0.5)
    gaps = {
        r: chance[frame["rival"] == r].mean() - chance[frame["rival"] != r].mean()
        for r in ("Acme", "Beta", "Gamma")
    }
    won, why = win_loss(made).frame.set_index("group"), loss_reasons(made).frame.set_index("reason")
    return {
        "all deals": held(won.loc["All deals"], 0.25 * 0.5 + 0.5 * 0.5),
        "against a rival": held(won.loc["Acme"], 0.25),
        "every gap to other deals": all(held(won.loc[r], gaps[r], ("gap_low", "gap_high")) for r in gaps),
        "a frequent reason": held(why.loc["Price"], REASONS["Price"]),
        "a rare reason": held(why.loc["No budget"], REASONS["No budget"]),
    }


def returning(seed):
    """The win rate where customers decide alike: 60 of them, five deals each."""
    frame = deals(seed, 300, each=5, alike=0.4)[["opportunity", "customer"]]
    draw = np.random.default_rng(seed + 10**6)
    frame["won"] = (draw.random(300) < draw.beta(2, 3, 60)[frame["customer"]]).astype(int)
    return {"all deals": held(win_loss(table(frame, chooser="customer")).frame.iloc[0], 0.4)}


def trend(seed):
    """The change of the rate in a year."""
    draw = np.random.default_rng(seed)
    days = draw.integers(0, 1096, 300)
    chance = expit(-0.5 + 0.3 * (days - days.min()) / 365.25)
    frame = pd.DataFrame({"won": (draw.random(300) < chance).astype(int)})
    frame["decided"] = pd.Timestamp("2022-01-01") + pd.to_timedelta(days, unit="D")
    found = win_trend(table(frame))
    truth = 0.3 * (chance * (1 - chance)).mean()
    return {"change in a year": found.low <= truth <= found.high}


def drivers(seed, size=400, **how):
    """Coefficients and changes of the chance, of a number, a flag, a level and a rival."""
    frame = deals(seed, size, **how)
    found = win_drivers(table(frame, **({"chooser": "customer"} if "each" in how else {})), penalty="auto")
    rows, p = found.frame.set_index("term"), frame["chance"]
    log_odds = np.log(p / (1 - p))
    # Where a level happens to be the most frequent, the others are compared with it: the contrast turns around.
    against = {"(rival): Beta": ("rival", "Acme"), "segment: Mid": ("segment", "SMB")}
    told = {
        "size": (EFFECTS["size"], float((p * (1 - p)).mean()) * EFFECTS["size"] * frame["size"].std(ddof=0))
    }
    bare = log_odds - EFFECTS["trial"] * frame["trial"]
    told["trial"] = EFFECTS["trial"], float((expit(bare + EFFECTS["trial"]) - expit(bare)).mean())
    for term, (column, _) in against.items():
        effect = EFFECTS[term.partition(": ")[2]]
        bare = log_odds - frame[column].map(EFFECTS).fillna(0)
        told[term] = effect, float((expit(bare + effect) - expit(bare)).mean())
    results = {}
    for term, (effect, change) in told.items():
        turned = term not in rows.index
        row = rows.loc[f"{term.partition(': ')[0]}: {against[term][1]}" if turned else term]
        sign = -1 if turned else 1
        low, high = np.log(row[["odds_low", "odds_high"]].to_numpy(float))
        results[f"change: {term}"] = held(row, sign * change)
        results[f"coefficient: {term}"] = bool(low <= sign * effect <= high)
    return results


def moves(seed):
    """The move of a share between two samples of 400 buyers."""
    draw = np.random.default_rng(seed)
    then, now = (
        pd.DataFrame({"firm": list("ABC"), "volume": draw.multinomial(400, p)})
        for p in ([0.2, 0.3, 0.5], [0.15, 0.33, 0.52])
    )
    found = share_moves(then, now, sampled=True, level=LEVEL).set_index("firm")
    return {"move of a share": held(found.loc["A"], -0.05)}


def held(row, truth, ends=("low", "high")):
    return bool(row[ends[0]] <= truth <= row[ends[1]])


SCENARIOS = {
    "rates, 250 deals": rates,
    "customers with five deals": returning,
    "trend, 300 deals": trend,
    "drivers, 400 deals": drivers,
    "drivers, 150 deals (penalised)": lambda seed: drivers(seed, 150),
    "drivers, 120 customers with five deals": lambda seed: drivers(seed, 600, each=5, alike=0.3),
    "moves, two samples of 400": moves,
}


def coverage(scenario, replicates):
    found = pd.DataFrame([SCENARIOS[scenario](seed) for seed in range(1, replicates + 1)])
    frame = pd.DataFrame({"coverage": found.mean(), "replicates": found.notna().sum()})
    return frame.rename_axis("quantity").reset_index().assign(scenario=scenario)


def test_stored_intervals_cover_what_they_say():
    stored = pd.read_csv(STORED)
    assert set(stored["scenario"]) == set(SCENARIOS)
    assert (stored["replicates"] >= REPLICATES).all()
    assert stored["coverage"].between(0.93, 0.97).all(), stored[~stored["coverage"].between(0.93, 0.97)]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_subset_agrees_with_the_stored_table(scenario):
    stored = pd.read_csv(STORED).set_index(["scenario", "quantity"])["coverage"]
    for row in coverage(scenario, SUBSET).itertuples():
        expected = stored[scenario, row.quantity]
        # four standard errors of a share of 40; a wrong interval of half the width covers about 67 %
        assert abs(row.coverage - expected) < 4 * np.sqrt(expected * (1 - expected) / SUBSET), row


if __name__ == "__main__":
    asked = sys.argv[1:] or list(SCENARIOS)
    parts = [coverage(scenario, REPLICATES) for scenario in asked]
    frame = pd.concat(parts)[["scenario", "quantity", "replicates", "coverage"]]
    frame.to_csv(STORED, index=False, lineterminator="\n")
