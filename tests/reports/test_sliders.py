"""What a page with sliders holds: one script, which its policy names, values as text, and nothing else."""

import base64
import hashlib
import json
import re
from html import unescape

import pytest
from moving import Moving, page
from payloads import OWN

from pmlib.formula.model import Input, Output, model
from pmlib.formula.term import given
from pmlib.result import MIME

SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)
POLICY = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')


def sized(**more):
    price = Input(name="price", label="Price", unit="$", stops=(1.0, 2.0, 3.0), start=1, likely=(1.5, 2.5))
    sold = Output(name="sold", label="Sold", unit="cars")
    return model([price], [(6_000_000 / given("price"), sold)], **more)


def test_the_policy_names_the_script_and_no_other():
    html = page(Moving(sized()), Moving(sized()))
    (script,) = SCRIPT.findall(html)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = unescape(POLICY.search(html)[1])
    assert policy.split("; ")[-1] == f"script-src 'sha256-{digest}'"
    assert policy.startswith("default-src 'none'; ")
    assert html.count("<script") == 1 and len(html.split('class="sliders"')) == 3


def test_a_page_without_sliders_has_no_script_and_allows_none():
    html = page(Moving(None))
    assert "<script" not in html and "script-src" not in html and "sliders" not in html


def test_the_script_is_the_same_whatever_the_result():
    (one,), (other,) = (SCRIPT.findall(page(Moving(sized(about=words)))) for words in ("", "Other words."))
    assert one == other and one.isascii() and len(one) < 4_000


def test_what_stands_there_without_a_script_is_what_was_published():
    html = page(Moving(sized(about="Rivals hold.")))
    assert "This model's middle:</b> Sold 3 million cars at Price $2.</p>" in html
    assert '<data value="3000000.0">3 million cars</data>' in html
    assert "Rivals hold." in html
    assert ">marked range $1.5 to $2.5<" in html and "--from:0.25;--to:0.75" in html


def test_same_results_same_bytes():
    assert page(Moving(sized())) == page(Moving(sized()))


def test_a_result_says_its_model_in_its_payload():
    bundle = Moving(sized())._repr_mimebundle_()
    assert json.loads(json.dumps(bundle[MIME]))["model"]["inputs"][0]["name"] == "price"
    assert "model" not in Moving(None).payload()
    assert "slider" not in bundle["text/html"], "JupyterLab shows the figure as it is"


@pytest.mark.parametrize(
    "change",
    [
        {"steps": [["constructor", 0]]},
        {"steps": [["*", 0, 99]]},
        {"constants": ["</div><script>alert(1)</script>"]},
        {"constants": [float("nan")]},
        {"inputs": "many"},
        {"outputs": [{"name": "y"}]},
    ],
)
def test_a_model_that_is_none_is_refused_in_one_line(change):
    class Broken(Moving):
        def payload(self):
            return super().payload() | {"model": sized().plain() | change}

    with pytest.raises(ValueError, match="a result's model is none: ") as refused:
        page(Broken(sized()))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", OWN)
def test_words_of_a_model_are_words(text):
    words = (text, text + "2")
    lever = Input(name=text, label=text, unit=text, stops=(0.0, 1.0), start=0, likely=(0.0, 1.0))
    named = Input(name=f"{text}2", label=text, stops=(0.0, 1.0), start=0, words=words)
    sold = Output(name=text, label=text, unit=text)
    html = page(Moving(model([lever, named], [(given(text) * 2, sold)], about=text)))
    plain = page(Moving(sized()))
    tags = [re.findall(r"<([a-z1-6]+)", one[one.index("<body") :]) for one in (html, plain)]
    assert set(tags[0]) == set(tags[1])
    held = json.loads(unescape(re.search(r"data-model='([^']*)'", html)[1]))
    assert len(held["inputs"]) == 2 and held["inputs"][1]["words"]
