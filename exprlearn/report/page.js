"use strict";
// What a report does with scripts: its charts answer the pointer, its cells list their items, its samples have a slider.
(async () => {
  const { charts, maps } = JSON.parse(document.getElementById("live").textContent);
  for (const place of document.querySelectorAll("[data-slider]")) {
    drawing.slider(place, document.getElementById(place.dataset.slider));
  }
  for (const [position, map] of maps.entries()) {
    const place = (part) => document.getElementById(`map-${position}-${part}`);
    await drawing.errorMap(place("chart"), map, place("table"), place("items"));
  }
  for (const place of document.querySelectorAll("[data-chart]")) {
    await drawing.draw(place, charts[place.dataset.chart]);
  }
  document.documentElement.dataset.ready = "yes";
})();
