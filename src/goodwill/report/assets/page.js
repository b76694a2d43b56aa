"use strict";
(() => {
  const content = JSON.parse(document.getElementById("document").textContent);
  const charts = [...document.querySelectorAll(".chart")];
  const printWidth = 660;
  const longestPrinted = 25;
  let isPrinting = false;

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const isChinese = document.documentElement.lang.startsWith("zh");
  const isNarrow = () => window.innerWidth < 560 && !isPrinting;

  function painted(trace) {
    const meta = trace.meta || {};
    if (meta.scale) {
      const isCrowded = isNarrow() && trace.x.length > 7;
      return { ...trace, texttemplate: isCrowded ? "" : trace.texttemplate, colorscale: [[0, colour("scale-low")], [1, colour("scale-high")]], hoverongaps: false };
    }
    if (meta.steps) {
      const steps = [...Array(meta.steps).keys()].map((place) => colour(`step${Math.min(place, 4)}`));
      return { ...trace, marker: { color: steps } };
    }
    const own = colour(`c${(meta.colour || 0) % 7}`);
    const line = { ...trace.line, color: trace.type === "bar" ? undefined : own };
    const made = { ...trace, marker: { ...trace.marker, color: own }, textfont: { color: colour("ink") } };
    for (const error of ["error_x", "error_y"]) {
      if (trace[error]) { made[error] = { ...trace[error], color: colour("ink") }; }
    }
    return trace.type === "bar" ? made : { ...made, line };
  }

  function framed(layout) {
    const axis = { gridcolor: colour("line"), linecolor: colour("line"), tickfont: { color: colour("soft") }, };
    const made = {
      ...layout,
      autosize: true,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: getComputedStyle(document.body).fontFamily, size: isNarrow() ? 11 : 13, color: colour("ink") },
      margin: { l: 12, r: 30, t: layout.showlegend ? 44 : 16, b: 12, autoexpand: true },
      legend: { orientation: "h", x: 0, xanchor: "left", y: 1.02, yanchor: "bottom" },
      hoverlabel: { font: { family: getComputedStyle(document.body).fontFamily } },
      dragmode: false,
      separators: ".,",
    };
    for (const name of ["xaxis", "yaxis", ...(layout.yaxis2 ? ["yaxis2"] : [])]) {
      made[name] = { ...axis, ...layout[name] };
      if (made[name].exponentformat && isChinese) { made[name].exponentformat = "none"; }
      if (made[name].title) { made[name].title = { ...made[name].title, font: { size: 12, color: colour("soft") } }; }
    }
    if (layout.shapes) {
      made.shapes = layout.shapes.map((shape) => ({
        ...shape, meta: undefined, layer: "below", line: { color: colour("soft"), width: 1, dash: "dot" },
      }));
    }
    if (isPrinting) { made.width = printWidth; made.autosize = false; }
    return made;
  }

  function draw(chart) {
    const figure = content.figures[chart.dataset.figure];
    const settings = { displayModeBar: false, responsive: true, showTips: false };
    chart.dataset.drawn = "yes";
    return Plotly.react(chart, figure.data.map(painted), framed(figure.layout), settings);
  }

  const waiting = charts.slice();
  const later = window.requestIdleCallback || ((work) => setTimeout(work, 1));
  function drawNext() {
    const chart = waiting.shift();
    if (!chart) { document.documentElement.dataset.ready = "yes"; return; }
    if (!chart.dataset.drawn) { draw(chart); }
    later(drawNext);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && !entry.target.dataset.drawn) { draw(entry.target); }
    }
  }, { rootMargin: "200px" });
  charts.forEach((chart) => seen.observe(chart));
  later(drawNext);

  const redraw = () => charts.filter((chart) => chart.dataset.drawn).forEach(draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  const opened = [];
  window.addEventListener("beforeprint", () => {
    isPrinting = true;
    document.querySelectorAll("details:not([open])").forEach((part) => {
      if (part.querySelectorAll("tbody tr").length <= longestPrinted) { part.open = true; opened.push(part); }
    });
    charts.forEach(draw);
  });
  window.addEventListener("afterprint", () => {
    isPrinting = false;
    opened.splice(0).forEach((part) => { part.open = false; });
    charts.forEach(draw);
  });

  function compare(a, b) {
    if (a === null || b === null) { return (a === null) - (b === null); }
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
  }

  function sort(head) {
    const table = head.closest("table");
    const rows = content.tables[table.dataset.table].rows;
    const place = [...head.parentNode.children].indexOf(head);
    const isDown = head.getAttribute("aria-sort") !== "descending" && head.classList.contains("number")
      || head.getAttribute("aria-sort") === "ascending";
    [...head.parentNode.children].forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const body = table.tBodies[0];
    const ordered = [...body.rows].sort((one, other) => {
      const a = rows[one.dataset.row][place], b = rows[other.dataset.row][place];
      return a === null || b === null || !isDown ? compare(a, b) : compare(b, a);
    });
    body.append(...ordered);
  }

  function quoted(value) {
    if (value === null) { return ""; }
    if (typeof value !== "string") { return String(value); }
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }

  function download(key) {
    const table = content.tables[key];
    const text = [table.columns, ...table.rows].map((row) => row.map(quoted).join(",")).join("\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" }));
    link.download = `${key}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) { return; }
    if (button.classList.contains("sort")) { sort(button.closest("th")); }
    if (button.dataset.download) { download(button.dataset.download); }
  });
})();
