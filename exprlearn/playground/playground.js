"use strict";
// The playground: panels of runs, a question for each of them, and their trainings as they go on.
(() => {
  const { cellsOf, draw, drawMap, element, evaluated, table } = drawing;
  const byId = (name) => document.getElementById(name);
  // In milliseconds: a connection that is lost sooner than this, so often one after the other, is given up.
  const [SOON, LOST] = [10000, 3];
  // In pixels: charts of curves are as wide as their place, within reason.
  const [NARROWEST, WIDEST] = [280, 560];
  const percent = (share) => (share === null || share === undefined ? "" : `${(100 * share).toFixed(1)} %`);

  // What could not be done: a sentence, and what exprlearn says of it for anyone who looks after the runs.
  class Refusal extends Error {
    constructor(sentence, detail) {
      super(sentence);
      this.detail = detail;
    }
  }

  async function read(address) {
    let document;
    try {
      document = await (await fetch(address)).json();
    } catch {
      throw new Refusal("The playground does not answer. Has it been closed?");
    }
    if (document.error) throw new Refusal(document.error, document.detail);
    return document;
  }

  function refused(error) {
    const parts = [element("p", error.message, "wrong")];
    if (error.detail) {
      const details = element("details", undefined, "wrong");
      details.append(element("summary", "For anyone who looks after the runs"), element("pre", error.detail));
      parts.push(details);
    }
    return parts;
  }

  const trouble = (...errors) => { byId("trouble").replaceChildren(...errors.flatMap(refused)); };

  class Panel {
    constructor(name) {
      this.name = name;
      this.address = `/api/runs/${encodeURIComponent(name)}`;
      this.root = byId("panel").content.cloneNode(true).querySelector("section");
      this.samples = new Map();
      this.asked = 0;
    }

    part(name) { return this.root.querySelector(`[data-part=${name}]`); }

    // Show what the run is; what comes after the panel was closed is dropped.
    async open() {
      this.part("name").textContent = this.name;
      const run = await read(this.address).catch((error) => this.failed(error));
      if (!run || this.closed) return;
      this.example = run.example;
      this.state = run.state;
      this.part("origin").replaceChildren(...run.origin.map(([word, value]) => {
        const fact = element("li", `${word} `);
        fact.append(element("b", value));
        return fact;
      }));
      this.part("verdict").textContent = run.verdict;
      this.specs = { right: run.right, loss: run.loss };
      await this.drawMaps(run.maps);
      if (!this.closed) this.watch();
    }

    failed(error) {
      if (this.closed) return;
      this.part("verdict").replaceChildren();
      this.part("verdict").after(...refused(error));
      for (const name of ["state", "samples"]) this.part(name).textContent = "";
    }

    watch() {
      this.source = new EventSource(`/events/${encodeURIComponent(this.name)}`);
      let [fresh, opened, lost] = [true, 0, 0];
      // A connection that was lost begins anew, and so do the curves.
      this.source.addEventListener("open", () => { [fresh, opened] = [true, Date.now()]; });
      this.source.addEventListener("error", () => {
        lost = Date.now() - opened < SOON || this.source.readyState === EventSource.CLOSED ? lost + 1 : 1;
        if (lost < LOST && this.source.readyState !== EventSource.CLOSED) return;
        this.source.close();
        this.part("state").textContent = "the connection was lost; load the page again to go on";
      });
      let done = Promise.resolve();
      // One after the other, in the order in which they came.
      const then = (next) => { done = done.then(() => this.closed || next()).catch((error) => trouble(error)); };
      this.source.addEventListener("epochs", (event) => then(async () => {
        const news = JSON.parse(event.data);
        const restarted = fresh || news.restarted;
        fresh = false;
        await this.add(news, restarted);
      }));
      this.source.addEventListener("over", () => {
        this.source.close();
        then(async () => {
          this.part("state").textContent = "over";
          if (this.samples.size === 0) this.say("samples", "This run has kept no answers.");
          if (this.state === "training") await this.evaluate();
          if (this.state === "interrupted") this.part("state").textContent = "interrupted";
        });
      });
      this.source.addEventListener("gone", (event) => {
        this.source.close();
        then(() => { this.part("state").textContent = JSON.parse(event.data).error; });
      });
      if (this.state !== "training") return;
      this.part("state").textContent = "training";
      this.say("samples", "The first answers come with the first epoch.");
    }

    say(name, sentence) { this.part(name).replaceChildren(element("p", sentence, "quiet")); }

    async evaluate() {
      const run = await read(this.address);
      this.state = run.state;
      this.part("verdict").textContent = run.verdict;
      await this.drawMaps(run.maps);
    }

    async add(news, restarted) {
      if (restarted) {
        this.samples.clear();
        this.part("epochs").replaceChildren();
      }
      for (const row of news.epochs) {
        const line = this.part("epochs").insertRow();
        const loss = row.loss === null ? "" : row.loss.toFixed(4);
        for (const text of [row.epoch, loss, percent(row.exact), percent(row.digits)]) line.append(element("td", text, "number"));
      }
      const last = news.epochs.at(-1);
      if (last) this.part("state").textContent = `epoch ${last.epoch}, training`;
      for (const row of news.samples) this.samples.set(row.epoch, row.answers);
      this.showSamples();
      if (news.epochs.length === 0) return;
      if (restarted || !this.views) {
        const wide = (place) => Math.min(Math.max(place.clientWidth, NARROWEST), WIDEST);
        const drawn = (name) => draw(this.part(name),
          { ...this.specs[name], width: wide(this.part(name)), data: { name: "rows", values: news[name] } });
        this.views = { right: await drawn("right"), loss: await drawn("loss") };
      } else {
        for (const [name, view] of Object.entries(this.views)) await view.insert("rows", news[name]).runAsync();
      }
    }

    showSamples() {
      if (this.samples.size === 0) return;
      const place = this.part("samples");
      const epochs = [...this.samples.keys()];
      if (!this.range) {
        const label = element("label", "epoch ");
        this.range = Object.assign(element("input"), { type: "range", min: 0, step: 1 });
        this.number = element("output");
        this.shown = element("div", undefined, "scroll");
        this.range.addEventListener("input", () => this.showSamples());
        label.append(this.range, this.number);
        place.replaceChildren(label, this.shown);
        this.range.max = 0;
      }
      // Anyone who looks at the last epoch goes on to the next with the training.
      const follows = this.range.value === this.range.max;
      this.range.max = epochs.length - 1;
      if (follows) this.range.value = this.range.max;
      const epoch = epochs[this.range.value];
      this.number.textContent = ` ${epoch}`;
      this.range.setAttribute("aria-valuetext", `epoch ${epoch}`);
      this.shown.replaceChildren(table(["expression", "answer", "truth"],
        this.samples.get(epoch).map((answer) => [answer.expression, this.marked(answer), answer.truth])));
    }

    marked(answer) {
      const cell = evaluated("", answer.correct);
      if (answer.stretches.length === 0) return cell;
      cell.firstChild.remove();
      cell.prepend(...answer.stretches.map(([text, right]) =>
        right ? element("span", text) : element("u", text, "wrong")));
      return cell;
    }

    async drawMaps(maps) {
      const parts = maps.map((map) => {
        const [title, items] = [element("h3", `Error map: ${map.title.toLowerCase()}`), element("div", undefined, "items")];
        const [figure, place, rows] = [element("figure"), element("div", undefined, "map"), this.grid(map)];
        place.setAttribute("role", "img");
        place.setAttribute("aria-label", `Error map, ${map.title.toLowerCase()}; the table below has the numbers`);
        items.setAttribute("aria-live", "polite");
        figure.append(place);
        return { title, figure, place, items, rows, map };
      });
      this.part("maps").replaceChildren(...parts.flatMap(({ title, figure, items, rows }) => [title, figure, items, rows]));
      for (const { place, items, rows, map } of parts) {
        const choose = cellsOf(map, rows, items, (text) => pick(text));
        await drawMap(place, map, choose);
      }
    }

    grid(map) {
      const cells = new Map(map.cells.map((cell) => [`${cell.column} ${cell.row}`, cell]));
      const made = element("table", undefined, `grid ${map.crowding}`);
      made.createCaption().textContent = `Columns: ${map.across}. Rows: ${map.down}. Right answers of all.`;
      const head = made.createTHead().insertRow();
      head.append(element("th"), ...map.columns.map((column) => element("th", column, "number")));
      const body = made.createTBody();
      for (const row of map.rows) {
        const line = body.insertRow();
        line.append(element("th", row));
        for (const column of map.columns) {
          const cell = cells.get(`${column} ${row}`);
          const square = element("td", cell ? `${cell.right}/${cell.count}` : "", "number");
          if (cell) Object.assign(square.dataset, { column, row });
          line.append(square);
        }
      }
      const [details, scroll] = [element("details"), element("div", undefined, "scroll tall")];
      scroll.tabIndex = 0;
      scroll.append(made);
      details.append(element("summary", "As a table"), scroll);
      return details;
    }

    async ask(expression) {
      const place = this.part("answer");
      const number = ++this.asked;
      place.replaceChildren(element("p", "asking; the first question to a run takes some seconds …", "quiet"));
      try {
        const said = await read(`${this.address}/answer?expression=${encodeURIComponent(expression)}`);
        if (number === this.asked) await this.showAnswer(place, said);
      } catch (error) {
        if (number === this.asked) place.replaceChildren(...refused(error));
      }
    }

    // Forget the question; an answer that comes later is dropped.
    unask() {
      this.asked += 1;
      this.say("answer", "Ask an expression.");
    }

    async showAnswer(place, said) {
      const verdict = element("p", `${said.expression} = `, "math verdict");
      verdict.append(...evaluated(said.answer, said.correct).childNodes);
      if (said.correct === false) verdict.append(` exact: ${said.truth}`);
      if (said.probability !== null) verdict.append(element("span", ` probability ${percent(said.probability)}`, "quiet"));
      place.replaceChildren(verdict);
      if (said.lines_shown && said.lines_shown !== said.answer) {
        place.append(element("p", `${said.expression} = ${said.lines_shown}`, "math working"));
      }
      if (said.fault) place.append(element("p", said.fault, "wrong"));
      if (!said.chart) return;
      const tiles = element("ol", undefined, "tiles");
      for (const step of said.steps) {
        const tile = element("li");
        tile.append(element("b", step.chosen), element("small", percent(step.probability)));
        tiles.append(tile);
      }
      const chart = element("div");
      chart.setAttribute("role", "img");
      chart.setAttribute("aria-label", "Probability of each token, step by step; the table below has the numbers");
      const steps = table(["step", "predicted", "probability", "others"], said.steps.map((step, place) =>
        [place + 1, step.chosen, percent(step.probability), step.others.map(([token, share]) => `${token} ${percent(share)}`).join(" · ")]), "steps");
      const scroll = element("div", undefined, "scroll");
      scroll.append(steps);
      const order = said.back_to_front ? "As it was written: the last character first." : "As it was written.";
      place.append(element("p", order, "quiet"), tiles, chart, scroll);
      await draw(chart, said.chart);
    }

    close() {
      this.closed = true;
      if (this.source) this.source.close();
      this.root.remove();
    }
  }

  let panels = [];
  let follows = 0;

  // What the page shows, as its address holds it.
  function shown() {
    const state = new URLSearchParams({ run: byId("run").value });
    if (byId("beside").value) state.set("beside", byId("beside").value);
    if (byId("expression").value) state.set("ask", byId("expression").value);
    return state;
  }

  const addressed = () => new URLSearchParams(location.hash.slice(1));

  // Write the address; the former one is a step back, but for the one that the page was opened with.
  function remember(change = "pushState") {
    const state = shown().toString();
    if (state !== addressed().toString()) history[change](null, "", `#${state}`);
  }

  function ask() {
    const expression = byId("expression").value.trim();
    return expression ? Promise.all(panels.map((panel) => panel.ask(expression))) : undefined;
  }

  function pick(expression) {
    byId("expression").value = expression;
    byId("expression").focus();
    remember();
    ask();
  }

  async function choose() {
    trouble();
    const names = [byId("run").value, byId("beside").value].filter((name, place, all) => name && all.indexOf(name) === place);
    for (const panel of panels) panel.close();
    const chosen = names.map((name) => new Panel(name));
    panels = chosen;
    byId("panels").replaceChildren(...chosen.map((panel) => panel.root));
    await Promise.all(chosen.map((panel) => panel.open().catch((error) => trouble(error))));
    if (chosen === panels && chosen[0] && chosen[0].example) byId("expression").placeholder = chosen[0].example;
  }

  // List the runs there are now, and say which of those in the address are not among them.
  async function list() {
    const { runs, first } = await read("/api/runs");
    for (const place of ["run", "beside"]) {
      const { value, options } = byId(place);
      for (const option of [...options].slice(place === "beside" ? 1 : 0)) option.remove();
      for (const name of runs) byId(place).append(new Option(name, name));
      byId(place).value = runs.includes(value) ? value : "";
    }
    return { runs, first };
  }

  // Show what the address says: when the page is opened, and whenever somebody changes it or steps back.
  async function follow() {
    const [state, number, hash] = [addressed(), ++follows, location.hash];
    const { runs, first } = await list();
    if (number !== follows) return undefined;
    byId("waiting").textContent = "";
    if (runs.length === 0) return trouble(new Refusal("There is no run here yet. Train one, then load this page again."));
    const before = panels.map((panel) => panel.name).join();
    byId("run").value = runs.includes(state.get("run")) ? state.get("run") : byId("run").value || first || runs[0];
    byId("beside").value = runs.includes(state.get("beside")) ? state.get("beside") : "";
    // What somebody typed while the page was opening stays.
    if (state.has("ask") || panels.length) byId("expression").value = state.get("ask") || "";
    const after = [...new Set([byId("run").value, byId("beside").value].filter(Boolean))].join();
    if (before !== after) await choose();
    // The address may have changed meanwhile: what it says now is on its way.
    if (number !== follows) return undefined;
    const unknown = ["run", "beside"].map((place) => state.get(place)).filter((name) => name && !runs.includes(name));
    if (unknown.length) trouble(...unknown.map((name) => new Refusal(`There is no run ${name} here.`)));
    // An address that came in this moment has yet to be heard of.
    if (location.hash === hash) remember("replaceState");
    document.documentElement.dataset.ready = "yes";
    if (byId("expression").value) return ask();
    for (const panel of panels) panel.unask();
  }

  const followed = () => follow().catch((error) => { byId("waiting").textContent = ""; trouble(error); });

  for (const place of ["run", "beside"]) {
    byId(place).addEventListener("change", () => { remember(); choose().then(ask); });
  }
  byId("question").addEventListener("submit", (event) => {
    event.preventDefault();
    if (panels.length === 0) return;
    remember();
    ask();
  });
  window.addEventListener("hashchange", followed);
  followed();
})();
