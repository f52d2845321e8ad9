"""What a tree refuses, in the line that its writer reads."""

import pytest

from pmlib import sizing
from pmlib.result import Absent
from pmlib.sizing.drivers.refusal import TreeError


def refusal(text, **inputs):
    with pytest.raises(TreeError) as refused:
        sizing.tree(text, **inputs)
    return str(refused.value)


LEAVES = [  # what stands right of the name, what is said
    ("[car] =", "nothing stands after the =; write a number, a range or a formula"),
    ("= 10 $", "$ has no price year; write $2025 for money of 2025"),
    ("[EUR/order] = 3", "EUR has no price year; write EUR2025 for money of 2025"),
    ("= 96% .. 92%", "96% .. 92%: the ends are swapped; write 92% .. 96%"),
    ("[car] = 2 .. 6 .. 3", "2 .. 6 .. 3: the points are not in order; write 2 .. 3 .. 6"),
    ("[car] = 2 .. 2", "two points of 2 .. 2 are the same, 2; write it once, or move one"),
    (
        "[car] = 1 .. 2 .. 3 .. 4",
        "'1 .. 2 .. 3 .. 4' holds 4 points; write low .. high, or low .. median .. high",
    ),
    (
        "= 120%",
        "120% is above 100%, which no share can be; for growth write the unit [%/year], for a ratio [1]",
    ),
    (
        "= 90% .. 120%",
        "120% is above 100%, which no share can be; for growth write the unit [%/year], for a ratio [1]",
    ),
    ("= -5%", "-5% is below 0%, which no share can be; for growth write the unit [%/year], for a ratio [1]"),
    (
        "[car] = -3 .. 5",
        "-3 is negative, which no size is; write `normal` after it where it may be below 0, "
        "or the unit [%/year] where it is growth",
    ),
    (
        "[car] = 0 .. 5",
        "0 is no low end of a log-normal law, which stays above 0; "
        "write a small number instead, or a law after it: uniform, normal",
    ),
    (
        "= 0% .. 5%",
        "0% is no end of a logit-normal law, which never gets there; "
        "write 0.1% or 99.9%, or a law after it: uniform",
    ),
    ("[car] = 5%", "5% stands where car is declared; write an amount, or the unit [%]"),
    ("[%] = 0.95", "0.95 has no %, and the unit is %; write 0.95% or 95%"),
    ("[car] = 3 k%", "'3 k%' is a percentage in thousands or more; write one of the two"),
    (
        "[car] = 3 .. 4 (80%) cautious",
        "'cautious' is no law; there are 'normal', 'lognormal', 'logit-normal', "
        "'uniform', 'triangular', 'beta'",
    ),
    ("[car] = 3 .. 4 normal uniform", "found 'uniform' too many in '3 .. 4 normal uniform'; take it away"),
    ("[car] = 5 +- 2 points", "+- 2 points is for percentages; write +- 2% or an amount"),
    ("= 40 points", "40 points: points are for bands, as in 40% +- 3 points; write 40%"),
    (
        "[car] = 3 .. 4 beta",
        "a beta law of two points is for shares; leave the law out, or write the unit [%]",
    ),
    (
        "[car] = 2 .. 3 .. 4 beta (80%)",
        "the ends of a beta law of three points are bounds; take the level away",
    ),
    ("[car] = 2 .. 3 .. 4 uniform", "a uniform law takes low .. high, found 2 .. 3 .. 4"),
    (
        "[car] = 2 .. 3 .. 4 logit-normal",
        "a logit-normal law is for shares; leave the law out, or write the unit [%]",
    ),
    ("[car] = 1e300 tn", "1e300 tn is not finite; write a number"),
    ("[%] = 5 .. 10", "5 has no %, and the unit is %; write 5%"),
    ("[car] = 2 .. 3 M", "2 .. 3 M has M after some of its points only; write it after each"),
    ("= 4 .. 11%", "4 .. 11% has % after some of its points only; write it after each"),
    ("[M car] = 14.2 M", "14.2 M has a scale, and so has its unit M car; write one of the two"),
    ("[car] = 14.2 M person", "declared car, found 14.2 M person; write it in car"),
    ("[car] = 14,200", "14,200 is no number; write 14200 or 14.2"),
    ("[car] = 1.200.300", "1.200.300 is no number; write 1200300"),
    ("[car] = 14 200", "14 200 is no number; write 14200"),
    ("[car] = 0x10", "0x10 is no number; write 0 * x10, or 0 x10 for a unit"),
    ("[car] = 3 3", "a sign is missing between 3 and 3; write + - * or /"),
    ("[car] = .5", "found '.5'; write a 0 before the point, as in 0.5"),
    ("[car] = ２", "found '２', which is no plain digit; write it with 0 to 9"),
    ("[car] = 2 – 3", "found '–' in '2 – 3'; write .. between two ends, or - for minus"),
    ("[car] = inf .. 3", "found 'inf' where a number is due in 'inf .. 3'"),
    ("[car] = nan", "'nan' is no node of the tree; it has 'x'"),
    ("[car] = many", "'many' is no node of the tree; it has 'x'"),
    (
        "[car] = 1e999",
        "1e999 is too large for a number; give its scale in the unit, such as [M person]",
    ),
    ("[car] = 3 .. 4 unifrm", "'unifrm' is no law and no unit; did you mean 'uniform'?"),
    ("[car] = 3 .. 4 (80)", "the level of '3 .. 4 (80)' is not written as one; write it as (80%)"),
    (
        "[car] = 3 .. 4 (100%)",
        "the level 100% is no interval's; write one such as (80%), at most (99.9%)",
    ),
    ("[car] = 3 uniform", "3 is one point, which has no use for the law 'uniform'; write low .. high"),
    (
        "= 3% .. 5% normal",
        "a normal law can leave 0–100%, which a share cannot; "
        "leave the law out (logit-normal), or write uniform, triangular or beta",
    ),
    ("[car] = 3 .. 4 triangular", "a triangular law takes least .. most likely .. most, found 3 .. 4"),
    (
        "= 1% .. 99% uniform (50%)",
        "1% .. 99% as the middle of a uniform law goes beyond what it can be (-0.48 to 1.48); "
        "leave the level out, so that the ends are bounds",
    ),
    (
        "= 40% +- 3%",
        "+- 3% of a percentage may be points or a part of it; write +- 3 points, or low% .. high%",
    ),
    ("[car] = 5 +- 0%", "the band of 5 is 0; write one above 0, or none"),
    ("[car] = 3 .. 4 +- 2%", "3 .. 4 is a range, which takes no band; write one of the two"),
    ("[car] = 3 # CBS; 2025-13", "2025-13 is no date; write a year, 2025-01, 2025-01-31 or 2025-Q1"),
    ("[car] = 3 # CBS; E", "E is no grade; write A, B, C or D"),
]


@pytest.mark.parametrize(("rest", "line"), LEAVES)
def test_a_leaf_that_cannot_be(rest, line):
    assert refusal(f"x {rest}") == f"node x, line 1: {line}"


FORMULAS = [
    (
        "cars [car] = stock\nstock [thousand car] = 3",
        "node cars, line 1: declared car, the formula gives thousand car: a factor of 1,000 is missing; "
        "write `... in car` to convert",
    ),
    (
        "x [EUR2025/year] = a\na [EUR2025/month] = 1",
        "node x, line 1: declared EUR2025/year, the formula gives EUR2025/month: a factor of 12 is missing; "
        "write `... in EUR2025/year` to convert",
    ),
    (
        "x [car] = a * b\na [car/thousand person] = 1\nb [person] = 1",
        "node x, line 1: declared car, the formula gives car/thousand: a factor of 1/1,000 is missing; "
        "write `... in car` to convert",
    ),
    (
        "x [EUR2025] = a + b\na [EUR2025] = 1\nb [USD2025] = 2",
        "node x, line 1: a + b takes equal units, found EUR2025 and USD2025; "
        "write (b in EUR2025) to convert money",
    ),
    (
        "x [EUR2025] = a\na [EUR2020] = 1",
        "node x, line 1: declared EUR2025, the formula gives EUR2020; "
        "write `... in EUR2025` to convert money",
    ),
    (
        "x [EUR2025] = a in EUR2025\na [EUR2020] = 1",
        "node x, line 1: EUR2020 in EUR2025 needs rates, and none were given; pass "
        "money=sizing.money(prices, rates) to the tree, or write EUR2025 where EUR2020 stands",
    ),
    (
        "x [car] = a in car\na [person] = 1",
        "node x, line 1: `in` cannot turn person into car; person stands where car should; "
        "mend the formula, or the unit of a driver",
    ),
    (
        "x [car] = a * b\na [car] = 1\nb [person] = 1",
        "node x, line 1: declared car, the formula gives car person: person is too many; "
        "divide by it, or mend the unit of a driver",
    ),
    (
        "x = a + 1\na [car] = 1",
        "node x, line 1: a + 1 takes equal units, found car and 1: 1 is a number without a unit; "
        "divide by what is in car, or give it a unit",
    ),
    (
        "x = 1 + a - 2\na [thousand car] = 1",
        "node x, line 1: 1 + a takes equal units, found 1 and thousand car: 1 is a number without a unit; "
        "divide by what is in thousand car, or give it a unit",
    ),
    (
        "x = max(a, b)\na [car] = 1\nb [thousand car] = 1",
        "node x, line 1: min or max takes equal units, found car and thousand car: "
        "a factor of 1,000 is missing; write (b in car)",
    ),
    (
        "x = a * (1 + g)\na [car] = 1\ng [%/year] = 3%",
        "node x, line 1: 1 + g takes equal units, found 1 and %/year; "
        "write grow(base, rate, years) for what grows",
    ),
    (
        "x = grow(a, g, 3)\na [car] = 1\ng = 3%",
        "node x, line 1: grow takes a rate per time, found g in %; declare it [%/year]",
    ),
    (
        "x = grow(a, g, t)\na [car] = 1\ng [%/year] = 3%\nt [month] = 6",
        "node x, line 1: grow takes the time of its rate, found %/year and month; write both in years",
    ),
    (
        "x = log(a)\na [car] = 3",
        "node x, line 1: log(a) needs a plain number, found car; divide by 1 [car] first",
    ),
    (
        "x = a ** b\na [car] = 3\nb = 2",
        "node x, line 1: a has the unit car, so its power must be written as a number, "
        "such as 2 or 0.5; found b",
    ),
    (
        "x [house] = a * b\na [cities] = 1\nb [house/family] = 1",
        "node x, line 1: declared house, the formula gives cities house/family: cities/family is too many; "
        "divide by it, or mend the unit of a driver",
    ),
    (
        "x [order] = a\na [order/city/year] = 1",
        "node x, line 1: declared order, the formula gives order/city/year: city year is missing; "
        "multiply by it, or mend the unit of a driver",
    ),
    ("x = a * 3 [car\na = 3", "node x, line 1: a [ is not closed; write ] after the unit"),
    ("x = a * $\na = 3", "node x, line 1: write the amount first, then its unit in brackets: 10 [$2025]"),
    ("x = min(a)\na = 3", "node x, line 1: min takes 2 or more, found 1; write min(a, b)"),
    (
        "x = a ** b\na = 3\nb [car] = 3",
        "node x, line 1: the power b has the unit car; a power is a plain number",
    ),
    (
        "x = a in car * 2\na [car] = 3",
        "node x, line 1: a unit holds no number, found '2'; write thousand, M or bn, and money as EUR2025; "
        "`in` converts all before it: put (… in UNIT) in brackets",
    ),
    ("x [car = 3", "line 1: found 'x [car' before the =; write name [unit] = …"),
    ("a ~ b = 3", "line 1: 'a ~ b' is no name; write one word of letters, digits and _: a_b"),
    ("a ~ b ~ c: 3", "line 1: found 'a ~ b ~ c: 3'; a correlation is written orders ~ basket: -0.4"),
    (
        f"{'a' * 61} = 3",
        f"line 1: the name '{'a' * 38}… is 61 characters long; choose one of at most 60",
    ),
    (
        f"x = {'1' * 10_000}",
        "line 1: the line is 10,004 characters long; give parts of it names of their own",
    ),
    (
        f"x [{'car ' * 100}] = 3",
        "node x, line 1: the unit is 399 characters long; write one such as [order/person/year]",
    ),
    ("x = a * 3 [%]\na = 3", "node x, line 1: 3 [%] has no % after its number; write 3%"),
    ("x [car] = 3\nx [car] = 4", "node x, line 2: a second x, the first is line 1; rename one"),
    (
        "a = b + 1\nb = c\nc = a",
        "node a, line 1: it is made of itself, a → b → c → a; break the circle with a value",
    ),
    (
        "x [car] = cars\ncar [car] = 3",
        "node x, line 1: 'cars' is no node of the tree; did you mean 'car'? It has 'x', 'car'",
    ),
    ("x = 2 a\na = 3", "node x, line 1: a in '2 a' is a node; write * before it, or declare [a]"),
    (
        "x = (1 .. 2) * a\na = 3",
        "node x, line 1: .. makes a range, which stands in a node of its own; name it, and use the name",
    ),
    (
        "x = a b\na = 3\nb = 2",
        "node x, line 1: a sign is missing between 'a' and 'b' in 'a b'; write + - * or /",
    ),
    ("x = (a\na = 3", "node x, line 1: ( is not closed, in '(a'; write )"),
    ("x = a)\na = 3", "node x, line 1: a ) closes nothing; take it away, or open it"),
    ("x = a = b", "node x, line 1: found a second =; write one node a line"),
    ("x [car]", "line 1: found 'x [car]' without a =; write name [unit] = a number, a range or a formula"),
    (
        "small cars = 3",
        "line 1: 'small cars' is no name; write one word of letters, digits and _: small_cars",
    ),
    ("__x = 3", "line 1: '__x' is no name of a node; start it with a letter"),
    ("min = 3", "line 1: 'min' has a meaning of its own here; choose another name"),
    (
        "x\u202e = 3",
        "line 1: found [U+202E] in 'x[U+202E]'; a formula holds names, numbers, + - * / ** ( ) and functions",
    ),
    ("a ~ b: 0.3", "the tree has correlations and no node; write name [unit] = value, one a line"),
    ("a = 3 .. 4\nb = 3 .. 4\na ~ b: 1.4", "line 3: a ~ b: 1.4 is no correlation; write one from -1 to 1"),
    ("a = 3 .. 4\nb = 3 .. 4\na ~ c: 0.4", "line 3: 'c' is no node of the tree; it has 'a', 'b'"),
    (
        "a = 3 .. 4\nb = a\na ~ b: 0.4",
        "line 3: b is a formula; correlate leaves, such as those it is made of",
    ),
    ("a = 3 .. 4\na ~ a: 0.4", "line 2: a ~ a is a leaf with itself; name two"),
    ("a = 3 .. 4\nb = 3 .. 4\na ~ b: 0\nb ~ a: 0", "line 4: b ~ a stands here a second time; keep one"),
]


@pytest.mark.parametrize(("text", "line"), FORMULAS)
def test_a_tree_that_cannot_be(text, line):
    assert refusal(text) == line


def test_money_that_cannot_convert_is_refused():
    text = "x [EUR2025] = a in EUR2025\na [EUR2020] = 1"
    assert refusal(text, money="EUR") == "money is a str; give what sizing.money(prices, rates) makes"
    absent = Absent(title="Money", reason="No prices were given.")
    line = refusal(text, money=absent)
    assert "EUR2020 in EUR2025 needs rates, and they are absent (No prices were given.); pass money=" in line
    assert sizing.tree("x = 3", money=absent).evaluate({})["x"] == 3
    lacking = refusal(text, money=sizing.money())
    assert lacking.startswith("node x, line 1: EUR of 2020 is not EUR of 2025, and no prices were given")


def test_what_is_no_text_is_refused():
    assert refusal(5) == "a tree is a text, found a int; write one node a line"


def computed(text, **values):
    with pytest.raises(TreeError) as refused:
        sizing.tree(text).evaluate(values)
    return str(refused.value)


def test_a_draw_that_gives_no_number_is_named():
    text = "x = log(a)\na = 0 .. 4 uniform"
    assert computed(text, a=[1, 2, 0, 0]) == (
        "node x, line 1: draw 3 gives infinity; see what it divides by, or takes a log or root of"
    )
    assert computed(text, a=[1, -1]).startswith("node x, line 1: draw 2 gives no number")
    assert computed("x = min(1 / a, 5)\na = 1 .. 2", a=[1, 0]).startswith(
        "node x, line 1: draw 2 gives infinity"
    )
    assert computed("x = a + 1\na = 1 .. 2", a=[1, float("nan")]).startswith(
        "node a, line 2: draw 2 gives no number"
    )


def test_a_computed_share_beyond_100_percent_is_refused():
    assert computed("x = a + b\na = 60%\nb = 60%") == (
        "node x, line 1: it comes to 1.2, which no share can be; declare [1] for a ratio"
    )


def test_draws_go_to_leaves_alike():
    text = "x = a + b\na = 1 .. 2\nb = 1 .. 2"
    assert computed(text, x=[1.0]) == "'x' is no leaf; there are 'a', 'b'"
    assert (
        computed(text, a=[1.0, 2], b=[1.0])
        == "the draws of the leaves have shapes [(1,), (2,)]; give as many of each"
    )


def test_changes_that_do_not_fit_are_refused():
    market = sizing.tree("revenue = reach\nreach = 4% .. 11%")
    with pytest.raises(TreeError, match=r"^'reech' is no node of the tree; did you mean 'reach'"):
        market.given(reech="9% .. 15%")
    with pytest.raises(
        TreeError, match=r"^node reach, line 2: 15% .. 9%: the ends are swapped; write 9% .. 15%$"
    ):
        market.given(reach="15% .. 9%")
    with pytest.raises(TreeError, match=r"^reach is changed to 0.1; write a value or a formula as text$"):
        market.given(reach=0.1)
    with pytest.raises(
        TreeError, match=r"^node reach, '3 .. 4': one number is needed; write one such as 60 M$"
    ):
        market.quantity("reach", "3 .. 4")
