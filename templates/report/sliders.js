"use strict";
// Computes what pmlib/formula/model.py does, and writes it as pmlib/formula/written.py does.
(() => {
const less = (a, b) => Math.abs(a - b) < 1e-14 * Math.abs(a) ? 0 : a - b; // of equals nothing is left
const TWO = {"+": (a, b) => a + b, "-": less, "*": (a, b) => a * b, "/": (a, b) => a / b,
  "**": (a, b) => a ** b, min: Math.min, max: Math.max};
const ONE = {exp: Math.exp, log: Math.log, sqrt: Math.sqrt};
const isRow = Array.isArray;

const applied = (sign, a, b) => {
  if (sign === "sum") return isRow(a) ? a.reduce((all, x) => all + x, 0) : a;
  if (sign in ONE) return isRow(a) ? a.map(ONE[sign]) : ONE[sign](a);
  const f = TWO[sign];
  if (isRow(a)) return a.map((x, i) => f(x, isRow(b) ? b[i] : b));
  return isRow(b) ? b.map(x => f(a, x)) : f(a, b);
};
const computed = (model, values) => {
  const slots = values.concat(model.constants);
  for (const [sign, a, b] of model.steps) slots.push(applied(sign, slots[a], slots[b]));
  return model.outputs.map(output => slots[output.slot]);
};

const power = x => x ? +x.toExponential().split("e")[1] : 0;
const fixed = (x, digits) => { // a half goes to the even digit
  digits = Math.min(digits, 100); // more is an error
  const near = x.toFixed(digits), long = x.toFixed(Math.min(100, digits + 30));
  const isHalf = /^\.?50*$/.test(long.slice(near.length));
  return isHalf && /[13579]$/.test(near) ? (near - 10 ** -digits).toFixed(digits) : near;
};
const places = (x, isShare) => {
  const three = x ? Math.max(0, 2 - power(x)) : 0;
  if (isShare) return Math.abs(x) >= 1 ? Math.min(1, three) : three;
  return Number.isInteger(x) ? 0 : three;
};
const written = (x, form) => {
  if (!Number.isFinite(x)) return "\u2013";
  let {digits} = form;
  const side = x < 0 ? -1 : 1;
  x = Math.abs(x);
  if (x && x < 1e6 && !form.share) {
    const tens = 10 ** -(digits === null ? 2 - power(x) : digits);
    if (tens > 1) x = fixed(x / tens, 0) * tens;
  }
  const [size, word] = x < 1e15 && form.large.find(([least]) => least <= x) || [1, ""];
  if (size > 1) {
    x /= size;
    const most = places(x, false);
    digits = digits === null ? most : Math.min(most, digits + power(size));
  }
  x *= form.times;
  digits = digits === null ? places(x, form.share) : Math.max(0, digits);
  const [whole, part] = fixed(x, digits).split(".");
  let text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? "." + part : "");
  const sign = +(whole + (part || "")) === 0 ? "" : side < 0 ? "\u2212" : form.sign ? "+" : "";
  if (x >= 1e15) text = x.toExponential(2);
  return sign + form.before + text + word + (text === "1" ? form.one : form.after);
};

for (const box of document.querySelectorAll(".sliders")) {
  const model = JSON.parse(box.dataset.model);
  const levers = [...box.querySelectorAll("input")], told = [...box.querySelectorAll("output data")];
  const show = () => {
    const values = model.inputs.map(input => input.stops[input.start]);
    for (const lever of levers) {
      const input = model.inputs[lever.dataset.at], isFlag = lever.type === "checkbox";
      const place = isFlag ? +lever.checked : lever.value, value = input.stops[place];
      values[lever.dataset.at] = value;
      if (isFlag) continue;
      const data = lever.closest("label").querySelector("data");
      data.value = value;
      data.textContent = input.words[place] ?? written(value, input);
      lever.setAttribute("aria-valuetext", data.textContent);
    }
    computed(model, values).forEach((value, i) => {
      told[i].value = value;
      told[i].textContent = written(value, model.outputs[i]);
      const [least, most] = model.outputs[i].span, {style} = told[i].parentNode.querySelector(".bar i");
      const [place, zero] = [value, 0].map(end => 100 * Math.max(0, Math.min(1, (end - least) / (most - least))));
      style.left = Math.min(place, zero) + "%";
      style.width = Math.abs(place - zero) + "%";
    });
  };
  const reset = () => {
    for (const lever of levers) {
      const {start} = model.inputs[lever.dataset.at];
      lever.value = start;
      lever.checked = start > 0;
    }
    show();
  };
  box.addEventListener("input", show);
  box.querySelector("button").addEventListener("click", reset);
  reset();
  box.classList.add("live");
}
})();
