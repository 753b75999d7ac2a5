// Keeps the attendance code on the wall fresh, and who has come. Without this script the page is loaded anew by hand.
"use strict";
(() => {
  const renew = async () => {
    const here = document.querySelector("[data-wall]");
    if (!here) return;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      const there = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-wall]");
      if (there) here.replaceWith(there);
    } catch { /* the network is away: the next turn shows it */ }
  };
  setInterval(renew, 15000);
})();
