"""An estimate beside a mix of controls, and everything that tells how far off it may be."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from pmlib.impact.panel.comparable import Comparable
from pmlib.stats.synthetic import Mixed, mixed
from pmlib.stats.synthetic_errors import Placebos, bootstrap, further, jackknife, placebos

MANY = 10  # treated units, from which their own differences tell the error
AWAY = 0.1  # of a standard error, beyond which an unfinished search for weights is finished
HEAVIEST = 40  # donors left out one by one
POWER = 0.8


@dataclass(frozen=True)
class Backdated:
    """What is found at a pretended launch, before the true one. to : its period, as written."""

    effect: float = float("nan")
    se: float = float("nan")
    to: str = ""
    df: int = 0


@dataclass(frozen=True)
class Share:
    """An effect as a share of what would have been; nan unless that is above 0."""

    value: float = float("nan")
    se: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")

    @property
    def known(self) -> bool:
        return self.value == self.value


@dataclass(frozen=True, eq=False)
class Trial:
    """The estimate and its error.

    mix : the one told. published, minimum : with the weights where the authors' code stops, and at the very
        minimum. reach : by period, half the width of the interval.
    observed : mean of the treated since their launches.
    placebos : none where the controls are not more than the treated.
    without : estimate by donor left out. wide : what half the interval is of standard errors.
    """

    method: str
    errors: str
    level: float
    mix: Mixed
    published: Mixed
    minimum: Mixed
    observed: float
    se: float
    df: int
    wide: float
    placebos: Placebos | None
    jackknife_se: float
    without: dict[str, float]
    backdated: Backdated

    @property
    def effect(self) -> float:
        return self.mix.effect

    @property
    def low(self) -> float:
        return self.effect - self.wide * self.se

    @property
    def high(self) -> float:
        return self.effect + self.wide * self.se

    @property
    def found(self) -> bool:
        """Whether the interval holds no 0."""
        return self.low > 0 or self.high < 0

    @property
    def without_it(self) -> float:
        """What would have been, as a mean over treated units and periods."""
        return self.observed - self.effect

    @property
    def placebo_se(self) -> float:
        return self.placebos.se if self.placebos else float("nan")

    @property
    def reach(self) -> np.ndarray:
        if self.placebos is None or not self.placebos.se:
            return np.full(len(self.mix.gaps), np.nan)
        return self.wide * self.se / self.placebos.se * self.placebos.gaps.std(axis=0)

    @property
    def seen(self) -> float:
        """The effect that is found in 4 of 5 cases."""
        return (self.wide + float(norm.ppf(POWER))) * self.se

    @property
    def detectable(self) -> float:
        """The same, as a share of what would have been."""
        return self.seen / self.without_it if self.without_it > 0 else float("nan")

    @property
    def rmse_before(self) -> float:
        return self.mix.misfit[0]

    @property
    def rmse_ratio(self) -> float:
        before, since = self.mix.misfit
        return since / before if before > 0 else float("inf")

    @property
    def placebo_ratios(self) -> np.ndarray:
        assert self.placebos is not None
        before, since = self.placebos.misfits.T
        return np.divide(since, before, out=np.full(len(since), np.inf), where=before > 0)

    @property
    def fits_worse(self) -> float:
        """The share of placebos whose mix is farther off before the launch."""
        return (
            float((self.placebos.misfits[:, 0] > self.rmse_before).mean()) if self.placebos else float("nan")
        )

    @property
    def p_effect(self) -> float:
        return _rank(np.abs(self.placebos.effects), abs(self.effect)) if self.placebos else float("nan")

    @property
    def p_ratio(self) -> float:
        return _rank(self.placebo_ratios, self.rmse_ratio) if self.placebos else float("nan")

    @property
    def alarms(self) -> np.ndarray:
        """Whether, for each placebo, an interval made as the effect's would hold no 0."""
        if self.placebos is None:
            return np.zeros(0, bool)
        sizes = np.abs(self.placebos.effects)
        if self.errors == "placebo":
            ends = further(self.level, self.df) * self.placebos.others_se
        elif self.errors == "jackknife":
            ends = self.wide * self.placebos.own_se
        else:
            ends = np.full(len(sizes), np.nan)
        return sizes > np.where(np.isnan(ends), self.wide * self.se, ends)

    @property
    def false_alarms(self) -> float:
        return float(self.alarms.mean()) if len(self.alarms) else float("nan")

    @property
    def share(self) -> Share:
        base = self.without_it
        if not base > 0:
            return Share()
        sure = self.observed - self.high > 0  # else what would have been may be 0, and its share anything
        low, high = (e / (self.observed - e) if sure else e / base for e in (self.low, self.high))
        error = self.se * (self.observed / base**2 if sure else 1 / base)
        return Share(self.effect / base, error, low, high)


def trial(
    chosen: Comparable, method: str, *, errors: str | None, level: float, reps: int, seed: int
) -> Trial:
    """Estimate, and find the error by placebos or by the treated units' own differences."""
    outcomes, first = chosen.outcomes, chosen.first
    rng = np.random.default_rng(seed)
    treated, controls = len(chosen.treated), len(chosen.controls)
    published, minimum = mixed(outcomes, first, method), mixed(outcomes, first, method, exact=True)
    tried = placebos(outcomes, first, method, reps=reps, rng=rng) if controls > treated else None
    yardstick = tried.se if tried else jackknife(outcomes, minimum)
    finished = abs(published.effect - minimum.effect) <= AWAY * yardstick
    mix = published if finished else minimum
    left_out = jackknife(outcomes, mix)
    kind = _kind(errors, treated, tried, left_out, level_counts=method == "sc")
    if kind == "placebo":
        assert tried is not None
        se, df = tried.se, controls - 1
        wide = further(level, controls)
    else:
        drawn = kind == "bootstrap"
        se = float(bootstrap(outcomes, first, method, reps=reps, rng=rng).std()) if drawn else left_out
        df = treated - 1
        wide = float(t.ppf((1 + level) / 2, df))
    return Trial(
        method=method,
        errors=kind,
        level=level,
        mix=mix,
        published=published,
        minimum=minimum,
        observed=_observed(outcomes, first),
        se=se,
        df=df,
        wide=wide,
        placebos=tried,
        jackknife_se=left_out,
        without=_without(chosen, minimum),
        backdated=_backdated(chosen, method, reps, rng),
    )


def _kind(
    asked: str | None, treated: int, tried: Placebos | None, left_out: float, *, level_counts: bool
) -> str:
    """Choose what the error rests on; fixed weights tell too much of it where the mix must meet the level."""
    allowed = {
        "placebo": tried is not None,
        "jackknife": not np.isnan(left_out),
        "bootstrap": treated > 1,
    }
    if asked is None:
        few = treated < MANY or level_counts
        order = ("placebo", "jackknife", "bootstrap") if few else ("jackknife", "bootstrap")
        return next((kind for kind in order if allowed[kind]), "placebo")
    if not allowed[asked]:
        needs = {
            "placebo": "more units without it than with it",
            "jackknife": "two treated units of every launch, and two donors",
            "bootstrap": "two treated units",
        }
        raise ValueError(f"errors is {asked!r}, which needs {needs[asked]}; leave it out")
    return asked


def _observed(outcomes: np.ndarray, first: np.ndarray) -> float:
    since = (first[:, None] >= 0) & (np.arange(outcomes.shape[1]) >= first[:, None])
    return float(outcomes[since].mean())


def _without(chosen: Comparable, minimum: Mixed) -> dict[str, float]:
    """Estimate without each of the heaviest donors."""
    weights, found = minimum.unit_weights, {}
    for at in np.argsort(-weights, kind="stable")[:HEAVIEST]:
        if weights[at] > 0:
            kept = np.arange(len(chosen.first)) != minimum.controls[at]
            again = mixed(chosen.outcomes[kept], chosen.first[kept], minimum.method, exact=True)
            found[chosen.controls[at]] = again.effect
    return found


def _backdated(chosen: Comparable, method: str, reps: int, rng: np.random.Generator) -> Backdated:
    """Pretend that all had it a third of the periods earlier, and look at the time before the true launch."""
    before, periods = chosen.launch, chosen.outcomes.shape[1]
    back = max(1, min(periods - before, before // 3))
    if before - back < 2:
        return Backdated()
    outcomes = chosen.outcomes[:, :before]
    first = np.where(chosen.first >= 0, before - back, -1)
    count = len(chosen.controls)
    effect = mixed(outcomes, first, method, exact=True).effect
    se = float("nan")
    if count > len(chosen.treated):
        se = placebos(outcomes, first, method, reps=reps, rng=rng).se
    return Backdated(effect, se, chosen.periods[before - back], count - 1)


def _rank(placebo: np.ndarray, own: float) -> float:
    return float((1 + (placebo >= own).sum()) / (1 + len(placebo)))
