"use strict";
// What a report does with scripts: its charts answer the pointer, its cells list their items, its samples have a slider.
(() => {
  const { charts, maps } = JSON.parse(document.getElementById("live").textContent);
  for (const place of document.querySelectorAll("[data-slider]")) {
    drawing.slider(place, document.getElementById(place.dataset.slider));
  }
  for (const [position, map] of maps.entries()) {
    const part = (name) => document.getElementById(`map-${position}-${name}`);
    const choose = drawing.cellsOf(map, part("table"), part("items"));
    drawing.whenNear(part("chart"), () => drawing.drawMap(part("chart"), map, choose));
  }
  for (const place of document.querySelectorAll("[data-chart]")) {
    drawing.whenNear(place, () => drawing.draw(place, charts[place.dataset.chart]));
  }
  document.documentElement.dataset.ready = "yes";
})();
