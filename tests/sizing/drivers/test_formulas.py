"""A formula means what arithmetic says, and can do nothing else."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pmlib import sizing
from pmlib.sizing.drivers.compute import compute
from pmlib.sizing.drivers.parse import FUNCTIONS, formula
from pmlib.sizing.drivers.refusal import TreeError

NAMES = {"a": 1.5, "b": 0.25, "cars": 3.0}
numbers = st.sampled_from(["1", "2.5", "0.1", "3e2", "1_000"])
atoms = st.one_of(numbers, st.sampled_from(sorted(NAMES)))
formulas = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", " - ", " * "]), inner).map("".join),
        inner.map("({})".format),
        inner.map("-{}".format),
        inner.map("sqrt(abs2({}))".format),
        st.tuples(inner, inner).map(lambda both: "min({}, {})".format(*both)),
        st.tuples(inner, inner).map(lambda both: "max({}, {})".format(*both)),
        st.tuples(atoms, st.sampled_from(["2", "-1", "0.5", "2**0.5"])).map("**".join),
    ),
    max_leaves=12,
)


@settings(max_examples=150, derandomize=True)
@given(formulas)
def test_a_formula_is_worth_what_python_says(text):
    text = text.replace("sqrt(abs2(", "sqrt(max(0, ").replace("+-", "+ -")  # which would be a band
    try:
        expected = eval(text, {"min": min, "max": max, "sqrt": lambda v: v**0.5}, dict(NAMES))
    except ZeroDivisionError:
        assume(False)
    arrays = {name: np.full(3, value) for name, value in NAMES.items()}
    assert compute(formula(text).steps, NAMES) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert compute(formula(text).steps, arrays) == pytest.approx(np.full(3, expected), rel=1e-12, abs=1e-12)
    assert all((arrays[name] == value).all() for name, value in NAMES.items())


def test_signs_bind_as_in_algebra():
    def worth(text):
        return compute(formula(text).steps, {})

    assert worth("-2**2") == -4
    assert worth("2**-1") == 0.5
    assert worth("2**3**2") == 512
    assert worth("8/4/2") == 1
    assert worth("1 - 2 - 3") == -4
    assert worth("2 × 3 − 1") == 5
    assert worth("--2") == 2
    assert worth("10% * 2 k") == 200
    assert worth("exp(log(3))") == pytest.approx(3)
    assert worth("max(1, 2, 3) + min(4, 5)") == 7
    assert worth("grow(100, 2%, 3)") == pytest.approx(106.1208)


@pytest.mark.parametrize(
    "text",
    [
        '__import__("os")',
        "open(1)",
        "a.__class__",
        "a.real",
        "(lambda: 3)()",
        "[x for x in a]",
        "{1: 2}",
        "a if b else cars",
        "a and b",
        "not a",
        "a := 3",
        "a; b",
        "f'{a}'",
        "'a'",
        '"a"',
        "`a`",
        "a @ b",
        "a // b",
        "a % b",
        "a == b",
        "a < b",
        "~a",
        "a | b",
        "a[0]",
        "eval(a)",
        "exec",
        "__builtins__",
        "getattr(a, b)",
        "sum(a)",
        "True",
        "1j",
        "0x10",
        "a\\b",
        "...",
        "*a",
        "a!",
        "a?b",
        "min",
        "@a",
        "$a",
    ],
)
def test_nothing_else_is_reachable(text):
    with pytest.raises(TreeError) as refused:
        sizing.tree(f"x = {text}\na = 1\nb = 2\ncars = 3")
    assert str(refused.value).startswith("node x, line 1: ")
    assert "\n" not in str(refused.value)


def test_functions_are_the_six_of_the_language():
    assert sorted(FUNCTIONS) == ["exp", "grow", "log", "max", "min", "sqrt"]


def test_depth_is_refused_and_length_is_not():
    deep = f"x = {'(' * 150}1{')' * 150}"
    for text in (deep, "x = " + "2**" * 200 + "2", "x = " + "sqrt(" * 150 + "1" + ")" * 150):
        with pytest.raises(ValueError, match=r"over 100 deep; give parts of it names of their own$"):
            sizing.tree(text)
    assert sizing.tree(f"x = {'-' * 4000}1").evaluate({})["x"] == 1
    assert sizing.tree(f"x = {'+'.join(['a'] * 4000)}\na = 3").evaluate({})["x"] == 12000


def test_a_long_text_is_read():
    chain = "\n".join(f"x{i} [car] = x{i + 1}" for i in range(2000)) + "\nx2000 [car] = 3"
    assert sizing.tree(chain).evaluate({})["x0"] == 3
    comments = "# so far\n" * 10_000 + "x [car] = 3"
    assert sizing.tree(comments).nodes["x"].line == 10_001


def test_line_ends_tabs_and_strange_spaces_do_not_matter():
    for text in (
        "a\t[car]\t=\t3\r\nx [car] = a\r\n",
        "\ufeffa\u00a0[car] = 3\rx [car] = a",
        "a [car]=3\n\n\nx=a",
    ):
        assert sizing.tree(text).evaluate({})["x"] == 3


def test_names_may_be_of_any_language():
    market = sizing.tree("umsatz [EUR2025] = käufer * 消费\nkäufer [person] = 3\n消费 [EUR2025/person] = 2")
    assert market.evaluate({})["umsatz"] == 6


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("2 * 1.5 M [car] in thousand car", "thousand car", 3000),
        ("(cars in car) / people", "car/person", 300),
        ("sqrt(area)", "car", 3),
        ("area ** 0.5", "car", 3),
        ("-cars", "thousand car", -3),
        ("max(cars, 0) + 0", "thousand car", 3),
        ("max(0, 0)", "1", 0),
        ("1 - share", "%", 0.6),
        ("share * share", "%", 0.16),
        ("share / share", "1", 1),
        ("-share", "1", -0.4),
        ("grow(cars, growth, 2 [year])", "thousand car", 3 * 1.1**2),
        ("grow(cars, growth, 24 [month] in year)", "thousand car", 3 * 1.1**2),
        ("share ** 2", "1", 0.16),
        ("cars / (cars in car)", "thousand", 0.001),
    ],
)
def test_a_formula_without_a_declared_unit_has_that_of_its_parts(text, unit, value):
    market = sizing.tree(
        f"x = {text}\ncars [thousand car] = 3\npeople [person] = 10\narea [car**2] = 9\nshare = 40%\n"
        "growth [%/year] = 10%"
    )
    assert str(market.nodes["x"].unit) == unit
    assert market.evaluate({})["x"] == pytest.approx(value)


def test_a_quantity_is_read_in_the_unit_of_its_node():
    market = sizing.tree("big_shop [M EUR2025/year] = 3\nSOM [EUR2025/year] = 3\nreach = 3%")
    assert market.quantity("big_shop", "30") == 30
    assert market.quantity("big_shop", "30 M EUR2025/year") == 30
    assert market.quantity("SOM", "30 M") == 30e6
    assert market.quantity("reach", "12%") == 0.12
    assert [node.label for node in market.nodes.values()] == ["Big shop", "SOM", "Reach"]


PIECES = [
    "x",
    "a",
    "=",
    "[car]",
    "[%]",
    "[EUR2025/order]",
    "3",
    "14.2",
    "M",
    "%",
    "..",
    "+-",
    "(",
    ")",
    "+",
    "-",
]
PIECES += [
    "*",
    "/",
    "**",
    ",",
    ".",
    '"NL"',
    "#",
    "~",
    ":",
    "normal",
    "beta",
    "(80%)",
    "in",
    "min(",
    "grow(",
    "\n",
]
PIECES += ["$", "€2025", "points", "1e300", "²", "٣", "\ud800", "\x00", "\u2028", ";", "[", "]"]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(["", "x [car] = ", "x = "]))
def test_any_text_is_a_tree_or_refused_in_one_line(pieces, start):
    text = start + " ".join(pieces) + "\na [car] = 3"
    try:
        said = str(sizing.tree(text).evaluate({}))
    except TreeError as refused:
        said = str(refused)
    assert len(said.splitlines()) == 1
    assert not any(word in said for word in ("unpack", "nan", "inf"))
