/**
 * Filters the tables of affected people. The page has its hash in its policy, so that nothing else runs in it; no text of
 * a report is ever part of it.
 */
export const SCRIPT = `"use strict";
for (const filter of document.querySelectorAll("[data-filter]")) {
  const rows = [...document.getElementById(filter.dataset.filter).tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const outcome = filter.querySelector("select");
  const text = filter.querySelector("input");
  const said = filter.querySelector("output");
  const thousands = (value) => String(value).replace(/\\B(?=(\\d{3})+$)/g, ",");
  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    rows.forEach((row, index) => {
      const fits = (outcome.value === "" || row.dataset.outcome === outcome.value) && texts[index].includes(wanted);
      row.hidden = !fits;
      if (fits) shown++;
    });
    said.textContent = thousands(shown) + " of " + thousands(rows.length) + " shown";
  };
  outcome.addEventListener("change", apply);
  text.addEventListener("input", apply);
  filter.hidden = false;
  apply();
}
`;
