"""A survey weighted to a population: what incidence, and the report on the weights, stand on."""

from dataclasses import dataclass

from pmlib.data import Source
from pmlib.data.source import check_source
from pmlib.data.words import meant, shown
from pmlib.given import ungiven
from pmlib.parameters import check_flag, check_number
from pmlib.result import Absent, Check
from pmlib.sizing.survey.fit import METHODS, fit, read_design
from pmlib.sizing.survey.population import Population, read_population
from pmlib.stats import weights as stats

MARGINS = ("margin", "margin_level", "margin_total")
HEAVY = 5.0  # times the average: a weight to look at
PEOPLE = 1.05  # mean weight from which weights count people rather than compare respondents


@dataclass(frozen=True, eq=False)
class Weighted:
    """A survey with its weights.

    design : the sample as it was drawn; sample : as weighted. to : margins it was weighted to, None without.
    people : whether weights count people. fixed : whether their sum is known.
    """

    survey: Source
    design: stats.Sample
    sample: stats.Sample
    to: Population | None
    people: bool
    fixed: bool
    checks: tuple[Check, ...]

    @property
    def words(self) -> str:
        """What it is weighted to, in words."""
        if self.to is None:
            return "as drawn"
        names = [m.name for m in self.to.margins] + [t.name for t in self.to.totals]
        return "weighted to " + (" and ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else names[0])


def weigh(
    title: str,
    survey: Source,
    population: Source | None,
    *,
    method: str,
    trim: float | None,
    rescale: bool,
    missing: str | None,
) -> Weighted | Absent:
    """Weight a survey to a population, or say why that cannot be.

    Raises
    ------
    ValueError : one line that names the margin, level, row or parameter.
    """
    if absent := ungiven(title, survey, "survey"):
        return absent
    check_source(survey)
    if isinstance(population, Absent):
        return Absent(title=title, reason=population.reason)
    if population is not None:
        check_source(population)
        if population.given and (lacks := population.lacks(*MARGINS)):
            return Absent(title=title, reason=f"{population.name} has no column of role {', '.join(lacks)}.")
    if survey.frame.empty:
        return Absent(title=title, reason=f"{survey.name} has no respondents.")
    _check(method, trim, rescale)
    drawn = stats.drawn(read_design(survey))
    to = None
    if population is not None and population.given:
        to = read_population(survey, population, drawn.weights, rescale=rescale, missing=missing)
    sample = fit(drawn, to, method, trim)
    counted = bool(to and to.counts) or bool(drawn.weights.mean() >= PEOPLE)
    checks = _checks(survey, drawn, sample, to)
    return Weighted(survey, drawn, sample, to, counted, bool(to and to.counts and to.margins), checks)


def _check(method: str, trim: float | None, rescale: bool) -> None:
    check_flag("rescale", rescale)
    if trim is not None:
        check_number("trim", trim, "the largest weight in multiples of the average, such as 5")
    if method not in METHODS:
        raise ValueError(f"method is {shown(method)}; {meant(method, METHODS, 'it may be')}")
    if trim is not None and not trim > 1:
        raise ValueError(
            f"trim is {trim!r}; it is the largest weight in multiples of the average, so above 1, such as 5"
        )


def _checks(
    survey: Source, drawn: stats.Sample, sample: stats.Sample, to: Population | None
) -> tuple[Check, ...]:
    checks = []
    if to is not None and to.margins:
        gap = stats.worst_gap(sample.weights, to.margins)
        checks.append(Check("Weights meet every margin", gap < 1e-9, f"the worst level is off by {gap:.1g}"))
    if to is not None:
        checks += [Check("Margins were used as given", False, said) for said in to.said]
    if lonely := drawn.design.lonely:
        names = ", ".join(lonely[:4]) + (" …" if len(lonely) > 4 else "")
        saw = f"{len(lonely)} had one ({names}), compared with all others: errors are on the safe side"
        checks.append(Check("Every stratum has two clusters", False, saw))
    relative = sample.weights / sample.weights.mean()
    heavy = int((relative > HEAVY).sum())
    saw = f"weights are {relative.min():.2g} to {relative.max():.2g} times the average"
    saw += f"; {heavy:,} above {HEAVY:g}" if heavy else ""
    checks.append(Check(f"No respondent counts for more than {HEAVY:g}", not heavy, saw))
    if "design_weight" not in survey.frame and "stratum_size" in survey.frame:
        checks.append(Check("Chances to be drawn are known", True, "from the sizes of the strata"))
    return tuple(checks)
