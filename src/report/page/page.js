"use strict";
(() => {
  const PART = 200;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);

  // Foreign text becomes text nodes and nothing else.
  const element = (name, options = {}, ...children) => {
    const made = document.createElement(name);
    if (options.class) made.className = options.class;
    if (options.href) { made.href = options.href; made.rel = "noreferrer noopener"; }
    made.append(...children);
    return made;
  };
  const state = (word) => element("td", {}, element("span", { class: "state s-" + word }, word));
  const issue = (end) => {
    const cell = element("td");
    if (!end.at) cell.append(element("span", { class: "quiet" }, "none"));
    else if (/^https?:\/\//.test(end.url)) cell.append(element("a", { href: end.url }, end.at));
    else cell.append(end.at);
    if (end.title) cell.append(element("span", { class: "block title" }, end.title));
    return cell;
  };
  const difference = (one) => {
    const line = element("div", { class: "diff" }, element("b", {}, one.class));
    if (one.left || one.right) {
      line.append(" ", element("span", { class: "value" }, one.left || "nothing"), " ≠ ",
        element("span", { class: "value" }, one.right || "nothing"));
    }
    if (one.conflict) line.append(" ", element("em", {}, "conflict"));
    return line;
  };
  const tracker = (at) => at.slice(0, Math.max(0, at.lastIndexOf("#"))) || at;

  // What a row looks like, what a search looks at, and what the filters compare.
  const kinds = {
    links: {
      row: (link) => element("tr", {}, state(link.state), issue(link.left), issue(link.right),
        element("td", {}, ...link.differences.map(difference)),
        element("td", {}, ...(link.agreed ? [element("time", {}, link.agreed)] : [])), element("td", {}, link.sync)),
      words: (link) => [link.sync, link.state, link.left.at, link.left.title, link.right.at, link.right.title,
        ...link.fields, ...link.differences.flatMap((one) => [one.class, one.left, one.right])],
      state: (link) => link.state,
      classes: (link) => link.differences.map((one) => one.class),
      trackers: (link) => [link.left.at, link.right.at].map(tracker),
    },
    held: {
      row: (held) => element("tr", {}, element("td", {}, element("code", {}, held.code)), element("td", {}, held.on),
        element("td", {}, held.message), element("td", {}, held.hint), element("td", {}, held.sync)),
      words: (held) => [held.sync, held.code, held.on, held.message, held.hint],
      trackers: (held) => [tracker(held.on)],
    },
    steps: {
      row: (step) => {
        const what = element("td", {}, step.op);
        if (step.fields.length) what.append(" ", element("span", { class: "quiet" }, step.fields.join(", ")));
        const why = element("td", {}, step.why);
        if (step.error) why.append(element("span", { class: "block error" }, step.error));
        return element("tr", {}, state(step.outcome), what, element("td", {}, step.on), element("td", {}, step.twin), why,
          element("td", {}, step.sync));
      },
      words: (step) => [step.sync, step.outcome, step.op, step.on, step.twin, ...step.fields, step.why, step.error],
      trackers: (step) => [step.on, step.twin].map(tracker),
    },
  };

  const tables = Object.entries(kinds).map(([name, kind]) => ({
    name, kind, rows: data[name], found: data[name], shown: 0,
    body: byId(name + "-table").tBodies[0], count: byId(name + "-count"), more: byId(name + "-more"),
  }));
  const searched = new WeakMap();
  const text = (kind, row) => {
    let found = searched.get(row);
    if (found === undefined) searched.set(row, found = kind.words(row).join("\n").toLowerCase());
    return found;
  };

  const say = (table) => {
    const { found, rows, shown, more } = table;
    const all = found.length === rows.length ? String(rows.length) : found.length + " of " + rows.length;
    table.count.textContent = "Shown: " + (shown < found.length ? "the first " + shown + " of " + found.length : all);
    more.hidden = shown >= found.length;
    more.textContent = "Show " + Math.min(PART, found.length - shown) + " more";
  };
  const grow = (table, most) => {
    const next = table.found.slice(table.shown, table.shown + most);
    table.body.append(...next.map(table.kind.row));
    table.shown += next.length;
    say(table);
  };
  const fill = (table) => {
    table.body.replaceChildren();
    table.shown = 0;
    grow(table, PART);
  };

  const search = byId("search");
  const choices = ["state", "class", "tracker", "sync"].map(byId);
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [wanted, drift, on, sync] = choices.map((choice) => choice.value);
    for (const table of tables) {
      const { kind, rows } = table;
      table.found = rows.filter((row) =>
        (!sync || row.sync === sync)
        && (!wanted || !kind.state || kind.state(row) === wanted)
        && (!drift || !kind.classes || kind.classes(row).includes(drift))
        && (!on || kind.trackers(row).includes(on))
        && words.every((word) => text(kind, row).includes(word)));
      fill(table);
    }
  };
  const form = byId("filter");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && typing === search) {
      form.reset();
    }
  });
  for (const table of tables) {
    table.more.addEventListener("click", () => {
      const last = table.shown;
      grow(table, PART);
      // Whoever got here by keyboard goes on with the first new row.
      const row = table.body.rows[last];
      if (row) { row.tabIndex = -1; row.focus({ preventScroll: true }); }
    });
  }

  // On paper there is no button.
  addEventListener("beforeprint", () => tables.forEach((table) => grow(table, Infinity)));

  const theme = byId("theme");
  const themes = ["system", "light", "dark"];
  const remember = (name) => { try { localStorage.setItem("lockstep-theme", name); } catch { /* a page from a file may not */ } };
  const recall = () => { try { return localStorage.getItem("lockstep-theme"); } catch { return null; } };
  const dress = (name) => {
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    theme.textContent = "Theme: " + name;
    theme.dataset.name = name;
  };
  dress(themes.includes(recall()) ? recall() : "system");
  theme.hidden = false;
  theme.addEventListener("click", () => {
    const next = themes[(themes.indexOf(theme.dataset.name) + 1) % themes.length];
    dress(next);
    remember(next);
  });

  tables.forEach(fill);
})();
