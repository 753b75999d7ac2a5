// Keys for people who work here all day: j and k go through a list, x ticks a line, Enter opens, / searches, u goes back to the list.
// Everything that they do can also be done with the links of the page.
"use strict";
(() => {
  const writing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const links = () => [...document.querySelectorAll("[data-keys] tbody th a")];
  const step = (by) => {
    const all = links();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement);
    all[Math.min(Math.max(here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by, 0), all.length - 1)].focus();
  };
  const does = {
    j: () => step(1),
    k: () => step(-1),
    x: () => document.activeElement.closest("tr")?.querySelector("input[type=checkbox]")?.click(),
    "/": () => document.querySelector("input[type=search]")?.focus(),
    u: () => { if (!document.querySelector("[data-keys]")) location.assign("/desk"); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || !(event.key in does)) return;
    event.preventDefault();
    does[event.key]();
  });
})();
