"""Scenarios as texts: what they mean, that they can be written back, and what is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlib.competitive.whatif.reading import Known, read, read_one
from pmlib.competitive.whatif.scenario import Add, Change, Delist, Merge, Scenario, Setting, one_name_each

KNOWN = Known(
    products=("Accord", "Accord: LX", "Hunt's 32 oz", "A + B", "Like; this", "Taurus", "Sable"),
    firms={"Honda": ("Accord", "Accord: LX"), "Ford": ("Taurus", "Sable"), "A & Co": ("A + B",)},
    columns={"price": None, "air": None, "fuel use": None, "brand": ("Sony", "Sony, Inc.")},
)


def one(text):
    (scenario,) = read(text, KNOWN)
    return scenario


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Accord: price -10%", [Change("Accord", (Setting("price", -0.1, "times"),))]),
        ("accord: PRICE −10 %", [Change("Accord", (Setting("price", -0.1, "times"),))]),
        ("Accord: LX: price +2", [Change("Accord: LX", (Setting("price", 2.0, "plus"),))]),
        ("Accord: price $12,500", [Change("Accord", (Setting("price", 12500.0),))]),
        ("Accord: air = -2", [Change("Accord", (Setting("air", -2.0),))]),
        ("Honda: price +5%, fuel use 3", [
            Change("Honda", (Setting("price", 0.05, "times"), Setting("fuel use", 3.0)))]),
        ("Like; this: air 1; delist A + B", [Change("Like; this", (Setting("air", 1.0),)), Delist("A + B")]),
        ("Accord: brand sony, inc., air 1", [
            Change("Accord", (Setting("brand", "Sony, Inc."), Setting("air", 1.0)))]),
        ("add New like Accord: price 11, firm Ford", [
            Add("New", "Accord", (Setting("price", 11.0), Setting("firm", "Ford")))]),
        ("add Just like it like Accord: LX", [Add("Just like it", "Accord: LX")]),
        ("add New like Accord: firm Someone; New: price -5%", [
            Add("New", "Accord", (Setting("firm", "Someone"),)),
            Change("New", (Setting("price", -0.05, "times"),))]),
        ("merge Ford + A & Co", [Merge(("Ford", "A & Co"))]),
        ("delist hunt's 32 oz", [Delist("Hunt's 32 oz")]),
    ],
)  # fmt: skip
def test_a_text_means(text, steps):
    assert list(one(text).steps) == steps


def test_a_scenario_may_have_a_name_and_say_what_rivals_do():
    scenario = one("Price war = Accord: price -10%; Taurus: price -10%; rivals respond")
    assert scenario.name == "Price war" and scenario.rivals == "respond" and len(scenario.steps) == 2
    assert one("Accord: price -10%").name == "Accord: price −10%"


numbers = st.one_of(
    st.integers(-10_000, 10_000).map(float), st.floats(-1e6, 1e6).map(lambda x: float(f"{x:.6g}"))
)
setting = st.one_of(
    st.builds(
        Setting,
        st.sampled_from(["price", "air", "fuel use", "cost"]),
        numbers,
        st.sampled_from(["to", "plus"]),
    ),
    st.builds(
        lambda c, v: Setting(c, v / 100, "times"), st.sampled_from(["price", "air"]), st.integers(-99, 300)
    ),
    st.builds(Setting, st.just("brand"), st.sampled_from(KNOWN.columns["brand"])),
)
several = st.lists(setting, min_size=1, max_size=3, unique_by=lambda s: s.column).map(tuple)
step = st.one_of(
    st.builds(Change, st.sampled_from(KNOWN.labels), several),
    st.builds(Delist, st.sampled_from(KNOWN.products)),
    st.builds(Merge, st.sampled_from([("Honda", "Ford"), ("Ford", "A & Co", "Honda")])),
    st.builds(Add, st.just("New one"), st.sampled_from(KNOWN.products), several),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(step, min_size=1, max_size=3), st.sampled_from([None, "hold", "respond"]), st.booleans())
def test_what_is_written_reads_back(steps, rivals, named):
    plain = "; ".join(map(str, steps))
    scenario = Scenario("Plan 9" if named else plain, tuple(steps), rivals)
    if sum(isinstance(s, Add) for s in steps) > 1:
        with pytest.raises(ValueError, match="is there already"):
            read_one(str(scenario), KNOWN)
    else:
        back = read_one(str(scenario), KNOWN)
        assert str(back) == str(scenario) and back.rivals == rivals and back.name == scenario.name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Acord: price -10%", "“Acord” is no product or firm; did you mean 'Accord'?"),
        ("Accord price -10%", "“Accord price -10%” is no change; write "),
        ("Accord: prise -10%", "“prise” is no column that can be set; did you mean 'price'?"),
        ("Accord: price 10%", "price 10% may be up or down; write +10% or -10%"),
        ("Accord: price ten", "price “ten” is no number; write -10%, +2 or 12.5"),
        ("Accord: price", "“price” is no column that can be set"),
        ("Accord: brand Soni", "“Soni” is no level of brand that was seen; did you mean 'Sony'?"),
        ("Accord: price 1, price 2", "price is set twice"),
        ("Accord: firm Ford", "“firm” is no column that can be set"),
        ("delist Honda", "“Honda” is no product; "),
        ("add New", "does not say like what; write add New like Accord"),
        ("add New like Camry: price 3", "“Camry” is no product; "),
        ("add Taurus like Accord", "“Taurus” is there already"),
        ("merge Ford", "a merger is of two different firms or more"),
        ("merge Ford + Fjord", "“Fjord” is no firm; did you mean 'Ford'?"),
        ("merge Ford + Ford", "a merger is of two different firms or more"),
        ("rivals sleep", "“sleep” is no way for rivals to act"),
        ("rivals hold", "changes nothing"),
        ("", "changes nothing"),
        ("__import__('os').system('true')", "is no change; write "),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(text, said):
    with pytest.raises(ValueError) as error:
        one(text)
    assert said in str(error.value) and "\n" not in str(error.value)
    assert str(error.value).startswith(f"scenario “{text}”")


def test_a_firm_called_as_one_of_its_products_is_told_apart():
    known = Known(("X", "Y"), {"X": ("X", "Y")}, {"price": None})
    with pytest.raises(ValueError, match="is a firm and a product"):
        read("X: price 3", known)
    assert Known(("X",), {"X": ("X",)}).members("X") == ("X",)


def test_two_scenarios_of_one_name_are_refused():
    with pytest.raises(ValueError, match='two scenarios are called "P"'):
        one_name_each(read(["P = Accord: price 1", "P = Accord: price 2"], KNOWN))


def test_one_change_with_and_without_a_response_is_told_apart():
    both = one_name_each(read(["Accord: price -10%", "Accord: price -10%; rivals respond"], KNOWN))
    assert [one.name for one in both] == ["Accord: price −10%", "Accord: price −10%; rivals respond"]
    assert [str(one) for one in read([str(one) for one in both], KNOWN)] == [
        "Accord: price −10%", "Accord: price −10%; rivals respond",
    ]  # fmt: skip


def test_an_empty_list_is_refused():
    with pytest.raises(ValueError, match="scenarios is empty"):
        read([], KNOWN)
