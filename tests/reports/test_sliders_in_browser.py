"""Sliders in a real browser: the page computes what Python does, and writes it as all pages do."""

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from moving import MOVED, Moving, order, page, settings
from payloads import OWN

from pmlib import competitive, sizing
from pmlib.formula.model import NO_YES, Input, Output, model
from pmlib.formula.term import given
from pmlib.formula.written import written
from pmlib.table import MINUS, number

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
COUNT, EXACT = 50, 1e-6  # settings, and what a value may be off by, relative to it
SHELF = ["Ours: Sony, zoom, wifi, price 179", "Canon's: Canon, pixels, zoom, video, price 229"]
UNITS = ("", "%", "points", "$", "€ a year", "cars", "million cars", "$k (1983)")


@pytest.fixture(scope="module")
def catalog():
    return tomllib.loads((ROOT / "reports" / "catalog.toml").read_text("utf-8"))


def tree(catalog, read_shipped):
    """The drivers of a market, and the tree itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PMLIB_ROOT", str(ROOT))
        money = sizing.money(read_shipped("us_cpi"), read_shipped("ecb_fx"))
        market = sizing.tree(catalog["us_small_cars"]["parameters"]["tree"], money=money)

    def at(every):
        found = [market.evaluate(values) for values in every]
        return [{name: float(there[name]) for name in ("som", "sam", "tam")} for there in found]

    return sizing.tornado(market, "som"), at


def shelf(catalog, read_shipped):
    """A shelf of cameras, and the simulator itself."""
    tastes = competitive.mixed_logit(read_shipped("cameras"), draws=20, starts=1, check=False)

    def at(every):
        found = []
        for values in every:
            has = [name for name, value in values.items() if value and name != "price"]
            ours = f"Ours: {', '.join(['Sony', *has])}, price {values['price']}"
            frame = competitive.share_of_preference(tastes, products=[ours, SHELF[1]], draws=2).frame
            found.append(dict(zip(frame["product"], frame["estimate"], strict=True)))
        return found

    return competitive.share_of_preference(tastes, products=SHELF, draws=2), at


def scenario(values):
    """Write prices as a scenario does; where none moves, one that moves by nothing."""
    signs = {who: "+" if change >= 0 else MINUS for who, change in values.items()}
    return "; ".join(f"{who}: price {sign}{abs(round(100 * values[who]))}%" for who, sign in signs.items())


def played(fitted, focal, column, base):
    """Prices in a model of choices, and the what-if itself."""

    def at(every):
        texts = [f"case {i} = {scenario(values)}" for i, values in enumerate(every)]
        frame = competitive.what_if(fitted, texts, focal=focal, draws=2).frame
        cases = [frame[frame["scenario"] == f"case {i}"] for i in range(len(every))]
        return [(base + case.drop_duplicates("who").set_index("who")[column]).to_dict() for case in cases]

    return competitive.what_if(fitted, focal=focal, draws=2), at


def choices(catalog, read_shipped):
    return played(competitive.conditional_logit(read_shipped("ketchup")), "Hunt's", "after", 0)


def cars(catalog, read_shipped):
    fitted = competitive.market_demand(read_shipped("us_cars_demand"))
    causal = replace(fitted, everywhere=replace(fitted.everywhere, causal=True))
    return played(causal, "Ford", "relative", 1)


@pytest.fixture
def opened(browser, tmp_path):
    """A function that opens a page, and notes what it asks for and says."""
    contexts = []

    def of(html, **how):
        path = tmp_path / "index.html"
        path.write_text(html, "utf-8")
        contexts.append(browser.new_context(**how))
        shown = contexts[-1].new_page()
        shown.said, shown.asked = [], []
        shown.on("console", lambda message: shown.said.append(message.text))
        shown.on("pageerror", lambda error: shown.said.append(str(error)))
        shown.on("request", lambda request: shown.asked.append(request.url))
        shown.goto(path.as_uri())
        return shown

    yield of
    for context in contexts:
        context.close()


@pytest.mark.parametrize("case", [tree, shelf, choices, cars])
def test_the_page_computes_what_python_does(opened, catalog, read_shipped, case):
    result, at = case(catalog, read_shipped)
    formula = result.formula()
    levers = order(formula)
    shown = opened(page(result))
    (read,) = shown.evaluate(MOVED, settings(COUNT, len(levers)))
    every = [
        {lever.name: there["value"] for lever, there in zip(levers, one["inputs"], strict=True)}
        for one in read
    ]
    assert all(len({values[lever.name] for values in every}) > 1 for lever in levers), "every slider moves"
    for values, one, expected in zip(every, read, at(every), strict=True):
        alone = formula.at(**values)
        for output, there in zip(formula.outputs, one["outputs"], strict=True):
            assert there["text"] == written(there["value"], output.unit, output.digits)
            assert there["value"] == pytest.approx(alone[output.name], rel=1e-12)
            if output.name in expected:
                assert there["value"] == pytest.approx(expected[output.name], rel=EXACT)
    assert set(expected) >= {output.name for output in formula.outputs} - {"All others"}
    assert shown.said == []


# Numbers read as everywhere else


def values_of_all_sizes(count=200):
    random = np.random.default_rng(3)
    sizes = 10 ** random.uniform(-6, 11, count) * random.choice([-1, 1], count)
    halves = [0.125, 0.375, 2.5, 3.5, 0.5, 1.5, 12.25, 999.5, 1000.5, 1.0, 0.01, 1e6, 999_999.5, 1e9, 1e15]
    return tuple(sorted({*sizes.tolist(), *halves, *(-half for half in halves), 0.0}))


def test_the_script_writes_numbers_as_python_does(opened):
    stops = values_of_all_sizes()
    lever = Input(name="x", label="X", stops=stops, start=0)
    forms = [(unit, digits) for unit in UNITS for digits in (None, 0, 1, 3, -3)]
    outputs = [
        (given("x") * 1.0, Output(name=f"{unit} {digits}", label="y", unit=unit, digits=digits))
        for unit, digits in forms
    ]
    shown = opened(page(Moving(model([lever], outputs))))
    places = [[at / (len(stops) - 1)] for at in range(len(stops))]
    (read,) = shown.evaluate(MOVED, places)
    assert [one["inputs"][0]["value"] for one in read] == list(stops)
    for value, one in zip(stops, read, strict=True):
        said = [there["text"] for there in one["outputs"]]
        assert said == [written(value, unit, digits) for unit, digits in forms]
        assert [text for text, (_, digits) in zip(said, forms, strict=True) if digits == 1] == [
            number(value, unit, 1) for unit in UNITS
        ]


def test_what_is_no_number_is_written_as_missing(opened):
    lever = Input(name="x", label="X", stops=(0.0, 1.0, 2.0), start=1)
    shown = opened(page(Moving(model([lever], [(1.0 / given("x"), Output(name="y", label="Y"))]))))
    (read,) = shown.evaluate(MOVED, [[0.0], [1.0]])
    assert [one["outputs"][0]["text"] for one in read] == ["–", "0.500"]


def test_what_is_left_of_equals_is_nothing(opened):
    lever = Input(name="x", label="X", stops=(1.0, 12.0, 20.0), start=1)
    near = 12**0.5 * 1e6 + 1e-9
    left = given("x") ** 0.5 * 1e6 - near
    assert near != 12**0.5 * 1e6
    formula = model([lever], [(left, Output(name="y", label="Left", unit="$"))])
    html = page(Moving(formula))
    assert ">$0</data>" in html and "Left $0 at X 12" in html
    (read,) = opened(html).evaluate(MOVED, [[0.0], [0.5]])
    assert [one["outputs"][0]["text"] for one in read] == ["−$2.46M", "$0"]


def test_an_amount_too_small_to_write_stops_no_other_from_moving(opened):
    lever = Input(name="x", label="X", stops=(0.0, 1.0, 2.0), start=1)
    tiny, plain = Output(name="tiny", label="Tiny", unit="%"), Output(name="y", label="Y")
    shown = opened(page(Moving(model([lever], [(given("x") * 1e-120, tiny), (given("x") * 3.0, plain)]))))
    (read,) = shown.evaluate(MOVED, [[0.0], [1.0]])
    assert [one["outputs"][1]["text"] for one in read] == ["0", "6"] and shown.said == []
    assert set(read[1]["outputs"][0]["text"]) == set("0.%")


# For everybody


def shelf_like():
    """A small formula with a slider, a range and something to have or not."""
    levers = [
        Input(name="price", label="Price", unit="$", stops=tuple(range(50, 151)), start=50, likely=(80, 120)),
        Input(name="zoom", label="Zoom", stops=(0.0, 1.0), start=1, words=NO_YES),
    ]
    share = (given("zoom") + 1.0) / (given("price") / 50 + given("zoom") + 1.0)
    outputs = [
        (share, Output(name="us", label="Ours", unit="%")),
        (1 - share, Output(name="x", label="Rest", unit="%")),
    ]
    return Moving(model(levers, outputs, about="Rivals hold."))


def test_keys_move_a_slider_and_a_button_takes_it_back(opened):
    shown = opened(page(shelf_like()))
    lever, ours = shown.locator("input[type=range]"), shown.locator("output data").first
    assert (lever.get_attribute("aria-valuetext"), ours.text_content()) == ("$100", "50.0%")
    lever.focus()
    shown.keyboard.press("ArrowRight")
    shown.keyboard.press("End")
    assert (lever.get_attribute("aria-valuetext"), ours.text_content()) == ("$150", "40.0%")
    shown.get_by_label("Zoom").press("Space")
    assert ours.text_content() == "25.0%"
    shown.get_by_role("button", name="Reset").press("Enter")
    assert (lever.get_attribute("aria-valuetext"), ours.text_content()) == ("$100", "50.0%")
    assert shown.get_by_label("Zoom").is_checked()


def test_a_screen_reader_hears_names_values_and_what_comes_of_them(opened):
    shown = opened(page(shelf_like()))
    assert shown.get_by_role("group", name="What if").count() == 1
    assert shown.get_by_role("slider", name="Price marked range $80 to $120").count() == 1
    assert shown.get_by_role("checkbox", name="Zoom").count() == 1
    assert shown.get_by_role("status").get_attribute("aria-live") == "polite"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_it_fits_a_finger_and_a_phone_and_axe_finds_nothing(opened, width, scheme):
    shown = opened(page(shelf_like()), viewport={"width": width, "height": 700}, color_scheme=scheme)
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    for target in shown.locator(".track input, .flags label, .sliders button").all():
        assert target.bounding_box()["height"] >= 44
    found = Axe().run(shown).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert len(shown.asked) == 1 and shown.said == []


def test_without_a_script_the_default_stands_there_as_text(opened):
    shown = opened(page(shelf_like()), java_script_enabled=False)
    assert shown.locator("input:visible, button:visible, output:visible").count() == 0
    words = shown.locator(".still").inner_text()
    assert words == "This model's middle: Ours 50.0%, Rest 50.0% at Price $100, Zoom yes."


def test_paper_shows_the_default_whatever_was_moved(opened):
    shown = opened(page(shelf_like()))
    shown.locator("input[type=range]").press("End")
    shown.emulate_media(media="print")
    assert shown.locator("input:visible, button:visible, output:visible").count() == 0
    assert "Ours 50.0%, Rest 50.0%" in shown.locator(".still").inner_text()


def test_bars_go_from_nothing_to_the_value_on_either_side(opened):
    lever = Input(name="x", label="X", stops=(-1.0, 0.0, 2.0, 3.0), start=2)
    shown = opened(page(Moving(model([lever], [(given("x") * 10.0, Output(name="y", label="Y"))]))))
    drawn = "[...document.querySelectorAll('.bar i')].map(i => [i.style.left, i.style.width])"
    assert shown.evaluate(drawn) == [["25%", "50%"]]
    shown.evaluate(MOVED, [[0.0]])
    assert shown.evaluate(drawn) == [["0%", "25%"]]
    assert shown.evaluate("document.querySelector('.bar s').style.left") == "75%", "where it began"


# Nothing else runs


def test_no_word_of_a_model_runs_and_no_other_script_may(opened):
    levers, outputs = [], []
    for at, text in enumerate(OWN):
        words = (text, f"{text}2", f"{text}3") if at % 2 else ()
        levers.append(
            Input(
                name=f"{at}",
                label=text,
                unit=text,
                stops=(0.0, 1.0, 2.0),
                start=0,
                likely=(0.0, 1.0),
                words=words,
            )
        )
        outputs.append((given(f"{at}") + 1.0, Output(name=f"{at}", label=text, unit=text)))
    html = page(Moving(model(levers, outputs, about=" ".join(OWN))))
    shown = opened(html)
    shown.on("dialog", lambda dialog: (shown.said.append(dialog.message), dialog.dismiss()))
    shown.evaluate(MOVED, settings(5, len(levers)))
    shown.get_by_role("button", name="Reset").click()
    assert shown.locator("output .row").count() == len(OWN)
    assert shown.said == [] and len(shown.asked) == 1
    refused = opened(
        html.replace("</body>", "<script>document.title = 'ran'</script><b onclick='1'></b></body>")
    )
    assert refused.title() == "Moving" and "Content Security Policy" in " ".join(refused.said)
