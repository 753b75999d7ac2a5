// The sheet under the hand: cells are gone through by keys, blocks are marked and copied, columns are drawn wider, and a cell is changed in a box
// in place of another page. Without this script the sheet is a table with links and buttons.
"use strict";
(() => {
  const sheet = document.querySelector(".sheet");
  if (!sheet) return;
  const table = sheet.querySelector("table");
  const said = document.querySelector("[data-said]");
  const box = document.getElementById("editing");
  const csrf = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  const rows = () => [...table.tBodies[0].rows].filter((row) => row.id);
  const place = (cell) => ({ row: rows().indexOf(cell.parentNode), column: cell.cellIndex });
  const at = ({ row, column }) => rows()[row]?.cells[column];
  const words = (node) => [...node.childNodes].filter((one) => !one.classList?.contains("aside")).map((one) => one.textContent).join("").trim();
  let from = null, here = null, drawing = false;

  table.setAttribute("role", "grid");
  table.setAttribute("aria-multiselectable", "true");
  const first = rows()[0]?.cells[0];
  if (first) first.tabIndex = 0;

  const block = () => {
    if (!here) return [];
    const all = rows(), one = place(from || here), other = place(here);
    const [top, bottom] = [one.row, other.row].sort((a, b) => a - b), [left, right] = [one.column, other.column].sort((a, b) => a - b);
    return all.slice(Math.max(top, 0), bottom + 1).map((row) => [...row.cells].slice(left, right + 1));
  };
  const mark = () => {
    for (const cell of table.querySelectorAll("td.marked")) { cell.classList.remove("marked"); cell.removeAttribute("aria-selected"); }
    const marked = block();
    if (marked.length * (marked[0]?.length || 0) > 1) for (const cell of marked.flat()) { cell.classList.add("marked"); cell.setAttribute("aria-selected", "true"); }
  };
  const go = (cell, extend) => {
    if (!cell?.parentNode?.id) return;
    if (!extend) from = cell; else from ||= here || cell;
    table.querySelector("td[tabindex='0']")?.removeAttribute("tabindex");
    here = cell;
    cell.tabIndex = 0;
    cell.focus({ preventScroll: drawing });
    mark();
  };

  // Keys

  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  sheet.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td");
    if (event.target === sheet && event.key in steps && first?.isConnected) { event.preventDefault(); go(here?.isConnected ? here : first, false); return; }
    if (!cell || event.target !== cell || event.ctrlKey || event.metaKey || event.altKey) return;
    const { row, column } = place(cell);
    if (event.key in steps) go(at({ row: row + steps[event.key][0], column: column + steps[event.key][1] }), event.shiftKey);
    else if (event.key === "Home") go(at({ row, column: 0 }), event.shiftKey);
    else if (event.key === "End") go(at({ row, column: cell.parentNode.cells.length - 1 }), event.shiftKey);
    else if (event.key === "Enter" || event.key === "F2") (cell.querySelector(".edit") || cell.querySelector("a"))?.click();
    else if (event.key === "Escape") go(cell, false);
    else if ("+=-".includes(event.key)) widen(heads[column], Number(heads[column].dataset.w) + (event.key === "-" ? -1 : 1));
    else return;
    event.preventDefault();
  });
  sheet.addEventListener("focusin", (event) => { if (event.target.tagName === "TD" && !here) { here = from = event.target; } });

  // The mouse draws a block

  sheet.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("tbody td");
    if (event.pointerType !== "mouse" || event.button !== 0 || !cell || event.target.closest("a, button")) return;
    drawing = true;
    go(cell, event.shiftKey);
  });
  sheet.addEventListener("pointerover", (event) => {
    const cell = event.target.closest("tbody td");
    if (!drawing || !cell || cell === here) return;
    sheet.classList.add("drawing");
    getSelection().removeAllRanges();
    go(cell, true);
  });
  addEventListener("pointerup", () => { drawing = false; sheet.classList.remove("drawing"); });

  // Copied: text with tabs, and a table in which codes are text

  document.addEventListener("copy", (event) => {
    const marked = block();
    if (!marked.length || !sheet.contains(document.activeElement) || String(getSelection())) return;
    const plain = (cell) => words(cell).replace(/\s+/g, " ");
    const safe = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const kept = (cell) => (cell.matches(".number, .date") ? "" : " style=\"mso-number-format:'\\@'\"");
    const html = marked.map((row) => `<tr>${row.map((cell) => `<td${kept(cell)}>${safe(plain(cell))}</td>`).join("")}</tr>`).join("");
    event.clipboardData.setData("text/plain", marked.map((row) => row.map(plain).join("\t")).join("\r\n"));
    event.clipboardData.setData("text/html", `<table>${html}</table>`);
    event.preventDefault();
    said.textContent = sheet.dataset.copied.replace("ROWS", marked.length).replace("COLUMNS", marked[0].length);
  });

  // Widths

  const heads = [...table.tHead.rows[0].cells];
  const drawn = {};
  let later = 0;
  const widen = (head, letters) => {
    const wide = Math.min(Math.max(Math.round(letters), 3), 40);
    if (wide === Number(head.dataset.w)) return;
    head.classList.replace(`w${head.dataset.w}`, `w${wide}`);
    head.dataset.w = drawn[`w.${head.dataset.column}`] = wide;
    said.textContent = sheet.dataset.wide.replace("NUMBER", wide);
    clearTimeout(later);
    later = setTimeout(keep, 400);
  };
  const keep = () => {
    clearTimeout(later);
    if (!Object.keys(drawn).length) return;
    const body = new URLSearchParams({ ...drawn, csrfmiddlewaretoken: csrf() });
    for (const name of Object.keys(drawn)) delete drawn[name];
    fetch(sheet.dataset.widths, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
  };
  addEventListener("pagehide", keep);
  for (const head of heads) {
    const grip = document.createElement("span");
    grip.className = "grip no-print";
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      const begun = event.clientX, before = head.offsetWidth, letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const move = (now) => widen(head, (before + now.clientX - begun) / letter);
      grip.addEventListener("pointermove", move);
      grip.addEventListener("pointerup", () => grip.removeEventListener("pointermove", move), { once: true });
    });
    head.append(grip);
  }

  // A cell is changed in a box: the form of its verb, which says who will be told; the row comes back as it then is

  let begun = null;
  sheet.addEventListener("click", (event) => {
    const button = event.target.closest("button.edit");
    if (!button || !window.htmx) return;
    event.preventDefault();
    begun = { number: button.closest("tr").id, column: button.closest("td").cellIndex };
    htmx.ajax("GET", button.formAction, { target: "#form", swap: "outerHTML", values: { back: button.form.elements.back.value } });
  });
  sheet.addEventListener("dblclick", (event) => event.target.closest("tbody td")?.querySelector(".edit")?.click());
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "form" || box.open) return;
    box.showModal();
    box.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  });
  box.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-close]")) return;
    event.preventDefault();
    box.close();
  });
  box.addEventListener("close", () => {
    box.querySelector("#form").replaceChildren();
    const row = begun && document.getElementById(begun.number);
    go(row?.cells[Math.min(begun.column, row.cells.length - 1)], false);
  });
  document.addEventListener("changed", (event) => {
    if (!event.detail.number) return;
    said.textContent = event.detail.said;
    const unfolded = document.getElementById(event.detail.number)?.querySelector(".unfold input");
    if (unfolded) unfolded.checked = true;
    box.close();
  });
})();
