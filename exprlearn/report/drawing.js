"use strict";
// What the report and the playground share: drawing charts, and listing the items of a cell. All text stays text.
const drawing = (() => {
  const options = {
    mode: "vega-lite", renderer: "svg", actions: false, defaultStyle: false,
    // Without this Vega would make functions of text, which the page's security policy forbids.
    ast: true,
    tooltip: { theme: "page", disableDefaultStyle: true },
  };

  // Draw a chart in a place of the page; what stands there stays until the new drawing is ready.
  async function draw(place, spec) {
    const fresh = document.createElement("div");
    const { view } = await vegaEmbed(fresh, spec, options);
    place.replaceChildren(fresh);
    place.dataset.drawn = "yes";
    return view;
  }

  function element(tag, text, name) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function table(headings, rows, name = "long") {
    const made = element("table", undefined, name);
    const head = made.createTHead().insertRow();
    for (const heading of headings) head.append(element("th", heading));
    const body = made.createTBody();
    for (const row of rows) {
      const line = body.insertRow();
      for (const cell of row) line.append(cell instanceof Node ? cell : element("td", cell, "math"));
    }
    return made;
  }

  // An answer with its mark; the mark is a sign too, for those who cannot tell the colours apart.
  function evaluated(answer, isRight) {
    const cell = element("td", answer === "" ? "blank" : answer, "math");
    cell.append(" ", element("span", isRight ? "✓" : "✗", isRight ? "right" : "wrong"));
    return cell;
  }

  // List the items of a cell; where `pick` is given, each expression can be chosen.
  function list(place, cell, map, pick) {
    const said = `${map.across} ${cell.column}, ${map.down} ${cell.row}: ${cell.right} of ${cell.count} right`;
    const more = cell.count - cell.items.length;
    place.replaceChildren(
      element("p", more > 0 ? `${said}; ${cell.items.length} of them, wrong ones first:` : `${said}:`),
      table(["expression", "answer", "truth"],
        cell.items.map(([expression, answer, truth]) =>
          [pick ? choice(expression, pick) : expression, evaluated(answer, answer === truth), truth])),
    );
  }

  function choice(expression, pick) {
    const cell = element("td", undefined, "math");
    const button = element("button", expression);
    button.type = "button";
    button.title = "ask this";
    button.addEventListener("click", () => pick(expression));
    cell.append(button);
    return cell;
  }

  // Let the buttons of a map's table list the items of their cells in `place`; a click on its chart does the same.
  function cellsOf(map, rows, place, pick) {
    const cells = new Map(map.cells.map((cell) => [`${cell.column} ${cell.row}`, cell]));
    const choose = (column, row) => {
      const cell = cells.get(`${column} ${row}`);
      if (cell) list(place, cell, map, pick);
    };
    for (const square of rows.querySelectorAll("td[data-column]")) {
      const button = element("button", square.textContent.trim());
      button.type = "button";
      button.title = `list ${map.across} ${square.dataset.column}, ${map.down} ${square.dataset.row}`;
      button.addEventListener("click", () => choose(square.dataset.column, square.dataset.row));
      square.replaceChildren(button);
    }
    return choose;
  }

  async function drawMap(figure, map, choose) {
    const view = await draw(figure, map.spec);
    view.addEventListener("click", (event, item) => {
      if (item && item.datum && item.datum.column !== undefined) choose(item.datum.column, item.datum.row);
    });
  }

  // Do something when a place of the page is about to be seen: a page of many charts opens as soon as one of few.
  function whenNear(place, action) {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      action();
    }, { rootMargin: "400px" });
    watcher.observe(place);
  }

  // Show one row of a table of samples at a time, chosen with a slider; the table itself stays below.
  function slider(place, samples) {
    const rows = [...samples.tBodies[0].rows];
    if (rows.length < 2) return;
    const label = element("label", "epoch ");
    const range = element("input");
    const shown = element("div");
    const number = element("output");
    Object.assign(range, { type: "range", min: 0, max: rows.length - 1, value: rows.length - 1, step: 1 });
    const show = () => {
      const [epoch, ...answers] = rows[range.value].cells;
      number.textContent = ` ${epoch.textContent.trim()}`;
      range.setAttribute("aria-valuetext", `epoch ${epoch.textContent.trim()}`);
      const asked = [...samples.tHead.rows[0].cells].slice(1);
      const lines = answers.map((answer, place) => {
        const cell = element("td", undefined, "math");
        cell.append(...[...answer.childNodes].map((node) => node.cloneNode(true)));
        return [asked[place].dataset.expression, cell, asked[place].dataset.truth];
      });
      shown.replaceChildren(table(["expression", "answer", "truth"], lines));
    };
    range.addEventListener("input", show);
    label.append(range, number);
    place.replaceChildren(label, shown);
    place.hidden = false;
    show();
  }

  return { draw, drawMap, element, table, evaluated, cellsOf, slider, whenNear };
})();
