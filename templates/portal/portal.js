"use strict";
{
  const at = id => document.getElementById(id);
  const [find, box, state, by, count, groups, list] =
    ["Find", "Search", "State", "By", "Count", "Groups", "List"].map(at);
  // As one would type it: without accents and ligatures, ss for ß, and a hyphen for a minus.
  const fold = text => text.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("\u2212", "-")
    .toUpperCase().toLowerCase();
  const told = (card, label) => [...card.querySelectorAll("dt")].find(term => term.textContent == label)
    ?.nextElementSibling.textContent;
  const all = [...list.querySelectorAll(".cards > li")].map(card => ({
    card,
    topic: card.closest("section").firstElementChild.textContent,
    audience: told(card, "For") ?? "Without an audience",
    change: told(card, "Last change")?.match(/^\d{4}-\d\d(?=-)/)?.[0] ?? "At a time that is not known",
    jobs: [...card.querySelectorAll(".jobs > li")].map(row => ({ row })),
    fold: card.querySelector(".jobs") && card.querySelector("details"),
  }));
  const total = all.reduce((sum, one) => sum + (one.jobs.length || 1), 0);
  const said = number => number.toLocaleString("en");
  const reports = total == 1 ? "1 report" : `${said(total)} reports`;

  // What is late by the reader's clock is called so here: a page that says it of itself is wrong tomorrow.
  const now = new Date(), grace = 3_600_000; // milliseconds that a run which is on may take
  const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(n => `${n}`.padStart(2, 0)).join("-");
  for (const time of list.querySelectorAll("time.until, time.due")) {
    const due = time.className == "due";
    if (due ? Date.parse(time.dateTime) + grace < now : time.textContent < today)
      late(time.closest("li"), `late: ${due ? "was due" : "its data were good until"} ${time.textContent}`);
  }
  function late(row, said) {
    const job = row.matches(".jobs *"), words = document.createElement(job ? "small" : "b");
    if (job && row.matches(".late")) return;
    row.classList.add("late");
    words.className = "late";
    words.textContent = job ? " late" : said;
    let states = job ? row : row.querySelector(".states");
    if (!states) {
      states = document.createElement("p");
      states.className = "states";
      row.querySelector("h3").after(states);
    }
    states.append(words);
  }

  // What a card says is read once, when there is time for it or somebody searches.
  function read() {
    if (all[0]?.text !== undefined) return;
    for (const one of all) {
      const said = [...one.card.querySelectorAll("h3, p, dl")].map(part => part.textContent);
      one.text = fold([one.topic, one.card.id, ...said].join(" "));
      for (const job of one.jobs) {
        const link = job.row.querySelector("a");
        job.text = fold(`${job.row.textContent} ${link ? link.getAttribute("href") : ""}`);
      }
    }
  }

  function show(element, yes) {
    if (element.hidden == yes) element.hidden = !yes;
    return yes;
  }

  function apply() {
    const asked = fold(box.value).split(/\s+/).filter(Boolean), kind = state.value;
    if (asked.length) read();
    const stands = element => !kind || element.classList.contains(kind);
    let found = 0;
    for (const one of all) {
      const missing = asked.filter(word => !one.text.includes(word));
      if (!one.jobs.length) {
        found += show(one.card, !missing.length && stands(one.card));
        continue;
      }
      const before = found;
      for (const { row, text } of one.jobs)
        found += show(row, missing.every(word => text.includes(word)) && stands(row));
      show(one.card, found > before);
      if (one.fold) {
        show(one.fold, !!one.fold.querySelector("li:not([hidden])"));
        one.fold.open = !!(missing.length || kind);
      }
    }
    for (const section of list.children) {
      const any = show(section, !!section.querySelector(".cards > li:not([hidden])"));
      groups.querySelector(`[href="#${section.firstElementChild.id}"]`).parentNode.hidden = !any;
    }
    count.textContent = found == total ? reports : `${said(found)} of ${reports}`;
  }

  function group() {
    const sections = new Map();
    for (const one of all) {
      const title = one[by.value];
      if (!sections.has(title)) sections.set(title, []);
      sections.get(title).push(one.card);
    }
    const made = [], links = [], order = [...sections];
    if (by.value == "change") order.sort(([one], [other]) => one < other ? 1 : -1);
    for (const [title, cards] of order) {
      const section = document.createElement("section"), head = document.createElement("h2");
      const inside = document.createElement("ul"), item = document.createElement("li");
      const link = document.createElement("a");
      head.id = `G${made.length + 1}`;
      head.textContent = link.textContent = title;
      link.href = `#${head.id}`;
      section.setAttribute("aria-labelledby", head.id);
      inside.className = "cards";
      inside.append(...cards);
      section.append(head, inside);
      item.append(link);
      made.push(section);
      links.push(item);
    }
    list.replaceChildren(...made);
    groups.firstElementChild.replaceChildren(...links);
    groups.hidden = made.length < 2;
    apply();
  }

  function step(event) {
    const links = [...list.querySelectorAll("h3 a, .jobs a")].filter(link => link.checkVisibility());
    const here = links.indexOf(document.activeElement);
    if (here < 0 && document.activeElement != box) return;
    const next = here + (event.key == "ArrowDown" ? 1 : -1);
    const to = next < 0 ? box : links[next];
    if (to && to != document.activeElement) { to.focus(); event.preventDefault(); }
  }

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key == "/" && !event.target.matches("input, select")) {
      box.focus();
      box.select();
      event.preventDefault();
    } else if (event.key == "Escape" && box.value) {
      box.value = "";
      apply();
      box.focus();
      event.preventDefault();
    } else if (event.key == "ArrowDown" || event.key == "ArrowUp") step(event);
  });
  find.addEventListener("submit", event => event.preventDefault());
  box.addEventListener("input", apply);
  state.addEventListener("change", apply);
  by?.addEventListener("change", group);
  addEventListener("pageshow", () => { if (by && by.value != "topic") group(); else apply(); }); // it may be kept
  (window.requestIdleCallback ?? setTimeout)(read); // Safari has no idle time
  find.hidden = false;
}
