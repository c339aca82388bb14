"use strict";
// The playground: panels of runs, a question for each of them, and their trainings as they go on.
(() => {
  const { cellsOf, draw, drawMap, element, judged, table } = drawing;
  const byId = (name) => document.getElementById(name);
  const trouble = (text) => { byId("trouble").textContent = text; };
  const percent = (share) => (share === null || share === undefined ? "" : `${(100 * share).toFixed(1)} %`);

  async function read(address) {
    const answer = await fetch(address);
    const document = await answer.json();
    if (document.error) throw new Error(document.error);
    return document;
  }

  class Panel {
    constructor(name) {
      this.name = name;
      this.address = `/api/runs/${encodeURIComponent(name)}`;
      this.root = byId("panel").content.cloneNode(true).querySelector("section");
      this.samples = new Map();
      this.asked = 0;
    }

    part(name) { return this.root.querySelector(`[data-part=${name}]`); }

    async open() {
      const run = await read(this.address);
      this.example = run.example;
      this.state = run.state;
      this.part("name").textContent = run.name;
      this.part("origin").replaceChildren(...run.origin.map(([word, value]) => {
        const fact = element("li", `${word} `);
        fact.append(element("b", value));
        return fact;
      }));
      this.part("verdict").textContent = run.verdict;
      this.specs = { right: run.right, loss: run.loss };
      await this.drawMaps(run.maps);
      this.watch();
    }

    watch() {
      this.part("state").textContent = "…";
      this.source = new EventSource(`/events/${encodeURIComponent(this.name)}`);
      let fresh = true;
      // A connection that was lost begins anew, and so do the curves.
      this.source.addEventListener("open", () => { fresh = true; });
      let done = Promise.resolve();
      // One after the other, in the order in which they came.
      const then = (next) => { done = done.then(next).catch((error) => trouble(error.message)); };
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
          if (this.state === "training") await this.judge();
          if (this.state === "interrupted") this.part("state").textContent = "interrupted";
        });
      });
    }

    async judge() {
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
        const drawn = (name) => draw(this.part(name), { ...this.specs[name], data: { name: "rows", values: news[name] } });
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
      // Whoever looks at the last epoch goes on to the next with the training.
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
      const cell = judged("", answer.correct);
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
      const made = element("table", undefined, "grid");
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
        if (number === this.asked) place.replaceChildren(element("p", error.message, "wrong"));
      }
    }

    async showAnswer(place, said) {
      const verdict = element("p", `${said.expression} = `, "math verdict");
      verdict.append(...judged(said.answer, said.correct).childNodes);
      if (!said.correct) verdict.append(` exact: ${said.truth}`);
      if (said.probability !== null) verdict.append(element("span", ` probability ${percent(said.probability)}`, "quiet"));
      place.replaceChildren(verdict);
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
      const steps = table(["step", "wrote", "sure", "others"], said.steps.map((step, place) =>
        [place + 1, step.chosen, percent(step.probability), step.others.map(([token, share]) => `${token} ${percent(share)}`).join(" · ")]), "steps");
      const scroll = element("div", undefined, "scroll");
      scroll.append(steps);
      const order = said.back_to_front ? "As it was written: back to front, the last character first." : "As it was written.";
      place.append(element("p", order, "quiet"), tiles, chart, scroll);
      await draw(chart, said.chart);
    }

    close() {
      if (this.source) this.source.close();
      this.root.remove();
    }
  }

  let panels = [];

  function remember() {
    const state = new URLSearchParams({ run: byId("run").value });
    if (byId("beside").value) state.set("beside", byId("beside").value);
    if (byId("expression").value) state.set("ask", byId("expression").value);
    history.replaceState(null, "", `#${state}`);
  }

  function ask() {
    const expression = byId("expression").value.trim();
    remember();
    return expression ? Promise.all(panels.map((panel) => panel.ask(expression))) : undefined;
  }

  function pick(expression) {
    byId("expression").value = expression;
    byId("expression").focus();
    ask();
  }

  async function choose() {
    trouble("");
    remember();
    const names = [byId("run").value, byId("beside").value].filter((name, place, all) => name && all.indexOf(name) === place);
    for (const panel of panels) panel.close();
    panels = names.map((name) => new Panel(name));
    byId("panels").replaceChildren(...panels.map((panel) => panel.root));
    for (const panel of panels) await panel.open().catch((error) => trouble(error.message));
    if (panels[0] && panels[0].example) byId("expression").placeholder = panels[0].example;
  }

  async function begin() {
    const { runs, first } = await read("/api/runs");
    if (runs.length === 0) trouble("There is no run yet: exprlearn train");
    for (const name of runs) {
      for (const place of ["run", "beside"]) byId(place).append(new Option(name, name));
    }
    const state = new URLSearchParams(location.hash.slice(1));
    byId("run").value = runs.includes(state.get("run")) ? state.get("run") : first || runs[0] || "";
    byId("beside").value = runs.includes(state.get("beside")) ? state.get("beside") : "";
    byId("expression").value = state.get("ask") || "";
    byId("run").addEventListener("change", choose);
    byId("beside").addEventListener("change", choose);
    byId("question").addEventListener("submit", (event) => { event.preventDefault(); ask(); });
    if (runs.length) await choose();
    document.documentElement.dataset.ready = "yes";
    await ask();
  }

  begin().catch((error) => trouble(error.message));
})();
