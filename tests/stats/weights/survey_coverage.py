"""How often 95% intervals of raked proportions and means hold the truth, in surveys of made-up populations.

    python tests/stats/weights/survey_coverage.py        # writes tests/reference/coverage_survey.csv

A population of 40,000 people in 2,000 places is made once a scenario. What is asked for goes with age, region
and place; who is drawn may go with it too. Places are drawn within regions. Each survey is raked to age and
region. What people spent is skewed.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pmlib.stats import weights as w

PEOPLE, PLACES = 40_000, 2_000
SURVEYS = 4_000
LEVEL = 0.95
STORED = Path(__file__).parents[2] / "reference" / "coverage_survey.csv"


@dataclass(frozen=True)
class Scenario:
    """What is drawn, and how common what is asked for is."""

    name: str
    respondents: int
    incidence: float
    skew: float = 0.0  # of chances to be drawn: the standard deviation of their logarithm
    clusters: int = 0  # places drawn; people where 0
    likeness: float = 0.0  # of people of one place: the standard deviation of its effect on the log odds


SCENARIOS = (
    Scenario("small", 100, 0.3),
    Scenario("large", 600, 0.3),
    Scenario("skewed weights", 300, 0.3, skew=0.8),
    Scenario("clusters", 400, 0.3, clusters=40, likeness=0.8),
    Scenario("few clusters", 240, 0.4, clusters=16, likeness=0.5),
    Scenario("rare", 500, 0.03),
    Scenario("very rare", 300, 0.02),
    Scenario("rare, skewed weights", 800, 0.03, skew=0.6),
    Scenario("rare, clusters", 800, 0.05, clusters=80, likeness=0.5),
)


class Population:
    """People whose answers are known."""

    def __init__(self, scenario: Scenario, random: np.random.Generator) -> None:
        self.scenario = scenario
        self.place = np.repeat(np.arange(PLACES), PEOPLE // PLACES)
        self.region = random.integers(4, size=PLACES)[self.place]
        self.age = random.choice(5, PEOPLE, p=[0.15, 0.2, 0.25, 0.22, 0.18])
        pull = 0.5 * (self.age - 2) / 2 + 0.4 * (self.region - 1.5)
        pull += scenario.likeness * random.normal(size=PLACES)[self.place]
        middle = np.log(scenario.incidence / (1 - scenario.incidence))
        self.yes = (random.random(PEOPLE) < 1 / (1 + np.exp(-middle - pull))).astype(float)
        self.spent = np.exp(0.3 * pull + 0.6 * random.normal(size=PEOPLE))
        self.chance = np.exp(scenario.skew * (0.5 * pull / pull.std() + random.normal(size=PEOPLE)))

    def survey(self, random: np.random.Generator) -> tuple[np.ndarray, w.Sample]:
        """Draw people and rake them."""
        plan = self.scenario
        if plan.clusters:
            each, home = PEOPLE // PLACES, self.region[:: PEOPLE // PLACES]
            places = np.concatenate(
                [
                    random.choice(np.flatnonzero(home == r), plan.clusters // 4, replace=False)
                    for r in range(4)
                ]
            )
            within = np.array(
                [random.choice(each, plan.respondents // plan.clusters, replace=False) for _ in places]
            )
            drawn = (places[:, None] * each + within).ravel()
            share = np.bincount(home)[self.region[drawn]] / (plan.clusters // 4)
            how = w.design(
                share * each / within.shape[1], strata=self.region[drawn], clusters=self.place[drawn]
            )
        else:
            chance = plan.respondents * self.chance / self.chance.sum()
            drawn = (
                np.flatnonzero(random.random(PEOPLE) < chance)
                if plan.skew
                else random.choice(PEOPLE, plan.respondents, replace=False)
            )
            how = w.design(1 / chance[drawn])
        margins = [
            w.Margin(name, tuple(map(str, range(size))), known[drawn], np.bincount(known).astype(float))
            for name, known, size in (("age", self.age, 5), ("region", self.region, 4))
        ]
        return drawn, w.rake(w.drawn(how), margins)


def coverage(scenario: Scenario, surveys: int, seed: int = 1) -> pd.DataFrame:
    """Count how often each interval held the truth."""
    random = np.random.default_rng(seed)
    people = Population(scenario, random)
    truth, spent = people.yes.mean(), people.spent.mean()
    held = {"proportion, logit": [], "proportion, beta": [], "mean": []}
    for _ in range(surveys):
        drawn, sample = people.survey(random)
        share = w.estimate(sample, w.mean(sample, people.yes[drawn]))
        for kind in ("logit", "beta"):
            low, high = w.proportion_interval(share, LEVEL, kind)
            held[f"proportion, {kind}"].append(low <= truth <= high)
        low, high = w.estimate(sample, w.mean(sample, people.spent[drawn])).interval(LEVEL)
        held["mean"].append(low <= spent <= high)
    rows = [
        (scenario.name, scenario.respondents, round(truth, 4), what, LEVEL, surveys, round(np.mean(found), 4))
        for what, found in held.items()
    ]
    names = ["survey", "respondents", "incidence", "interval", "level", "surveys", "covered"]
    return pd.DataFrame(rows, columns=names)


if __name__ == "__main__":
    pd.concat([coverage(s, SURVEYS) for s in SCENARIOS]).to_csv(STORED, index=False, lineterminator="\n")
