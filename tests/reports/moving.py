"""Pages of results that hold a formula, and what a browser reads off them when sliders move."""

from pathlib import Path

import numpy as np
import pandas as pd
from nbformat import v4

from pmlib.reports.page import render
from pmlib.result import Result

MOVED = """(settings) => [...document.querySelectorAll('.sliders')].map(box => settings.map(places => {
  [...box.querySelectorAll('input')].forEach((lever, i) => {
    if (lever.type === 'checkbox') lever.checked = places[i] > .5;
    else lever.value = Math.round(places[i] * lever.max);
  });
  box.querySelector('input').dispatchEvent(new Event('input', {bubbles: true}));
  const read = all => [...all].map(data => ({value: +data.value, text: data.textContent}));
  return {inputs: [...box.querySelectorAll('input')].map(lever => lever.type === 'checkbox'
      ? {value: +lever.checked, text: ''} : read(lever.closest('label').querySelectorAll('data'))[0]),
    outputs: read(box.querySelectorAll('output data'))};
}))"""


class Moving(Result):
    """A result that is nothing but its formula."""

    def __init__(self, model):
        super().__init__(title="Moving", finding="It moves.", frame=pd.DataFrame({"a": [1.0]}))
        object.__setattr__(self, "model", model)

    def formula(self):
        return self.model


def page(*results, root=Path(), **settings):
    """Render results as a notebook that shows them."""
    outputs = [v4.new_output("display_data", data=one._repr_mimebundle_()) for one in results]
    notebook = v4.new_notebook(
        cells=[v4.new_markdown_cell("# Moving\n\n## All of it"), v4.new_code_cell("1", outputs=outputs)]
    )
    return render(
        notebook, **({"report": "tiny", "parameters": {}, "provenance": {}, "root": root} | settings)
    )


def order(model):
    """Inputs as the page has them: those of amounts first, then what is had or not."""
    return sorted(model.inputs, key=lambda one: one.is_flag)


def settings(count, levers, seed=1):
    """Random places of all sliders, 0 to 1, the first at both ends."""
    random = np.random.default_rng(seed).random((count, levers))
    return [[0.0] * levers, [1.0] * levers, *random[2:].tolist()]
