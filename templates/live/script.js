"use strict";
(() => {
  const rows = document.getElementById("rows");
  const news = document.getElementById("news");
  const pause = document.getElementById("pause");
  const most = 500;
  let paused = false;
  let failures = 0;

  function show(html) {
    const table = document.createElement("tbody");
    table.innerHTML = html;
    const fresh = [...table.children];
    rows.prepend(...fresh);
    while (rows.children.length > most) rows.lastElementChild.remove();
    const nothing = document.getElementById("nothing");
    if (fresh.length > 0 && nothing) nothing.remove();
    return fresh.length;
  }

  async function fetchRows() {
    const query = new URLSearchParams(rows.dataset.query);
    query.set("after", rows.dataset.last);
    query.set("wait", "25000");
    const response = await fetch("rows?" + query, { headers: { accept: "text/html" } });
    if (!response.ok) throw new Error("status " + response.status);
    const html = await response.text();
    if (paused) return;
    rows.dataset.last = response.headers.get("x-journal-last");
    const count = show(html);
    if (count > 0) news.textContent = count === 1 ? "1 new entry" : count + " new entries";
  }

  async function watch() {
    while (!paused) {
      try {
        await fetchRows();
        failures = 0;
      } catch (error) {
        failures += 1;
        news.textContent = "The mock does not answer (" + error.message + "); trying again.";
        await new Promise((resolve) => setTimeout(resolve, Math.min(1000 * failures, 10000)));
      }
    }
  }

  pause.hidden = false;
  news.textContent = "Live";
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.textContent = paused ? "Go on" : "Pause";
    news.textContent = paused ? "Paused" : "Live";
    if (!paused) watch();
  });
  watch();
})();
