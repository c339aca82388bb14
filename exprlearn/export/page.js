"use strict";
// Asks the model of the page, from text to text, as `vocabulary.json` would say it, and shows what it says.
const asking = (() => {
  const { rules, programs, constants, weights } = JSON.parse(document.getElementById("model").textContent);
  const bytes = Uint8Array.from(atob(weights), (sign) => sign.charCodeAt(0)).buffer;
  const PAD = 0, START = 1, END = 2;
  const { symbols, source, answer: target = {}, lines } = rules;
  const ids = new Map(symbols.map((symbol, id) => [symbol, id]));
  const isNumber = (token) => /^[0-9]+$/.test(token);

  // Arrays of four bytes a number, one after the other.
  let at = 0;
  const known = constants.map(([kind, shape]) => {
    const size = shape.reduce((product, each) => product * each, 1);
    const data = new (kind === "f" ? Float32Array : Int32Array)(bytes, at, size);
    at += 4 * size;
    return program.make(kind, shape, data);
  });
  const run = Object.fromEntries(Object.entries(programs).map(([name, each]) =>
    [name, program.load(each, each.places.map((place) => known[place]))]));

  function split(text) {
    const unknown = [...text].find((sign) => !(sign in rules.readings));
    if (unknown !== undefined) throw new RangeError(`“${unknown}” is no sign that this model reads.`);
    return [...text].map((sign) => rules.readings[sign]).join("").match(new RegExp(rules.pattern, "gs")) ?? [];
  }

  function runsOf(tokens) {
    const runs = [];
    for (const token of tokens) {
      const last = runs.at(-1);
      if (last && isNumber(last[0]) && isNumber(token)) last.push(token);
      else runs.push([token]);
    }
    return runs;
  }

  function turn(tokens, how) {
    if (how === "row") return tokens.slice().reverse();
    return how === "numbers" ? runsOf(tokens).flatMap((run) => run.slice().reverse()) : tokens;
  }

  function encode(text) {
    let tokens = split(text);
    if (!tokens.length) throw new RangeError("Write an expression.");
    const unknown = tokens.find((token) => !ids.has(token));
    if (unknown !== undefined) throw new RangeError(`“${unknown}” is outside of what this model reads.`);
    if (source.number_length)
      tokens = runsOf(tokens).flatMap((run) => {
        if (!isNumber(run[0])) return run;
        if (run.length > source.number_length) throw new RangeError(`“${run.join("")}” is longer than the numbers that this model reads.`);
        return [...Array(source.number_length - run.length).fill(symbols[PAD]), ...run];
      });
    const row = turn(tokens, source.turned).map((token) => ids.get(token));
    if (row.length > source.length)
      throw new RangeError(`This is ${row.length} tokens long, and the model reads ${source.length}.`);
    const fill = Array(source.length - row.length).fill(PAD);
    return source.side === "left" ? [...fill, ...row] : [...row, ...fill];
  }

  const integers = (row) => program.make("i", [1, row.length], Int32Array.from(row));

  function best(logits) {
    let [chosen, largest] = [0, -Infinity];
    logits.forEach((value, id) => { if (value > largest) [chosen, largest] = [id, value]; });
    const shares = Array.from(logits, (value) => Math.exp(value - largest));
    const sum = shares.reduce((total, each) => total + each, 0);
    return [chosen, shares.map((each) => each / sum)];
  }

  function step([chosen, shares]) {
    const order = shares.map((_, id) => id).sort((one, other) => shares[other] - shares[one]).filter((id) => id !== chosen);
    return { token: symbols[chosen], probability: shares[chosen], others: order.slice(0, 3).map((id) => [symbols[id], shares[id]]) };
  }

  // Each way to answer returns the text that was written and how, step by step.
  function writeStepwise(row) {
    let [token, state] = [START, run.read(integers(row))];
    const steps = [];
    while (steps.length < target.length && token !== END) {
      const [logits, ...next] = run.write(integers([token]), ...state);
      const found = best(logits.data);
      [token, state] = [found[0], next];
      steps.push(step(found));
    }
    return steps;
  }

  function writeAtOnce(row) {
    const [logits] = run.network(integers(row)), size = symbols.length, steps = [];
    for (let place = 0; place < target.length && steps.at(-1)?.token !== symbols[END]; place++)
      steps.push(step(best(logits.data.subarray(place * size, (place + 1) * size))));
    return steps;
  }

  function readTokens(steps) {
    const written = steps.map((each) => each.token).filter((token) => !symbols.slice(0, 3).includes(token));
    const text = turn(written, target.turned).join(""), probability = steps.reduce((product, each) => product * each.probability, 1);
    if (target.pattern === null || target.pattern === undefined) return { answer: text, text: "", steps, probability };
    const found = text.match(new RegExp(target.pattern, "s"));
    const answer = found && !new RegExp(target.unfinished, "s").test(found[1]) ? found[1] : "";
    return { answer, text, steps, probability };
  }

  function rewrite(row) {
    const shown = [], hasSigns = (line) => line.some((id, place) => lines.signs.includes(id) && (place || id !== lines.minus));
    const read = (line) => turn(line.filter((id) => id).map((id) => (id === START ? "|" : symbols[id])), "numbers").join("");
    let probability = 1;
    for (let round = 0; round < row.length && hasSigns(row); round++) {
      const ended = row.filter((id) => id).length;
      const asked = row.map((id, place) => (place >= ended && place < ended + lines.spare ? END : id));
      const [logits] = run.network(integers(asked), integers(asked.map((id) => (id ? 1 : 0))));
      const found = asked.flatMap((id, place) => (id ? [best(logits.data.subarray(place * symbols.length, (place + 1) * symbols.length))] : []));
      const surely = found.reduce((product, [id, shares]) => product * shares[id], 1);
      const kept = found.map(([id]) => id).filter((id) => id !== PAD && id !== END);
      const line = [...kept, ...Array(row.length - kept.length).fill(PAD)];
      probability *= surely;
      if (line.every((id, place) => id === row[place])) break;
      row = line;
      shown.push({ token: read(row), probability: surely, others: [] });
    }
    const last = read(row), number = /^-?[0-9]+(\|[0-9]+)?$/.test(last) ? last.replace("|", "/") : "";
    if (shown.length) shown.at(-1).token = number || last;
    const answer = number || (new RegExp(lines.unfinished).test(last) ? "" : last);
    return { answer, text: shown.map((each) => each.token).join("="), steps: shown, probability };
  }

  function writeNumber(text) {
    const size = 1 + source.signs.length, tokens = split(text).filter((token) => isNumber(token) || source.signs.length);
    const unknown = tokens.find((token) => !isNumber(token) && !source.signs.includes(token));
    if (unknown !== undefined) throw new RangeError(`“${unknown}” is outside of what this model reads.`);
    if (!tokens.length) throw new RangeError("Write an expression.");
    if (tokens.length > source.length) throw new RangeError(`This is ${tokens.length} steps long, and the model reads ${source.length}.`);
    const row = program.make("f", [1, source.length, size]);
    tokens.forEach((token, place) => {
      const at = (source.length - tokens.length + place) * size;
      if (isNumber(token)) row.data[at] = Number(token) / source.scale;
      else row.data[at + 1 + source.signs.indexOf(token)] = 1;
    });
    return rounded(run.network(row)[0].data[0] * target.scale);
  }

  // Halves go to the even neighbour.
  function rounded(value) {
    if (!Number.isFinite(value)) return "";
    const below = Math.floor(value), over = value - below;
    return BigInt(over > 0.5 || (over === 0.5 && below % 2) ? below + 1 : below).toString();
  }

  return Object.assign((text) => {
    const asked = rules.asks === "text" ? text.trim() : text.trim().replace(/=?\s*\??$/, "").trim();
    if (rules.framing === "mapping") return { answer: writeNumber(asked), text: "", steps: [], probability: null };
    const row = encode(asked);
    if (rules.framing === "rewriting") return rewrite(row);
    return readTokens(run.read ? writeStepwise(row) : writeAtOnce(row));
  }, { turned: target.turned });
})();

(() => {
  const form = document.getElementById("question"), field = document.getElementById("expression"), shown = document.getElementById("answer");
  const ORDERS = { row: ", the last digit first", numbers: ", the last digit of each number first" };
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const element = (name, text = "", kind = "", ...inside) => {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = kind;
    made.append(...inside);
    return made;
  };

  function tile({ token, probability, others }) {
    const marked = { "<end>": "end", "<pad>": "blank", "<start>": "start" }[token];
    const made = element("li", "", marked ? "mark" : "", element("b", marked ?? token), element("small", percent(probability)));
    if (others.length) made.title = `next best: ${others.map(([other, share]) => `${other} ${percent(share)}`).join(", ")}`;
    made.style.setProperty("--sure", probability);
    return made;
  }

  function show({ answer, text, steps, probability }) {
    const parts = [element("p", "", "result", element("span", `${field.value.trim()} =`, "math"), element("strong", answer || "no answer", answer ? "math" : "quiet"))];
    if (probability !== null) parts.push(element("p", `The model gives this a probability of ${percent(probability)}.`, "quiet"));
    if (text) parts.push(element("h2", "The working"), element("ol", "", "working math", ...text.split(/[=;]/).map((line) => element("li", line))));
    if (steps.length) parts.push(element("h2", `Step by step, with the probability of each${ORDERS[asking.turned] ?? ""}`), element("ol", "", "tiles", ...steps.map(tile)));
    shown.replaceChildren(...parts);
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      show(asking(field.value));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      shown.replaceChildren(element("p", error.message, "wrong"));
    }
  });
  for (const button of document.querySelectorAll("[data-ask]"))
    button.addEventListener("click", () => { field.value = button.textContent; form.requestSubmit(); });
  window.answer = asking;
  document.documentElement.dataset.ready = "";
})();
