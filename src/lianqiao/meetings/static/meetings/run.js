// Saves what is typed at a meeting at once, keeps it in this browser while the network is away, and sends it with its own key when it is back:
// the node knows the key and records nothing twice. Without this script the form is an ordinary form.
"use strict";
(() => {
  const form = document.querySelector("[data-typing]");
  if (!form) return;
  const list = form.querySelector("[data-queue]");
  const text = form.elements.text;
  const place = `lianqiao.meeting.${form.dataset.queueOf}`; // of this person: what one has typed is never sent by the next
  const read = () => { try { return JSON.parse(localStorage.getItem(place) || "[]"); } catch { return []; } };
  const keep = (queue) => localStorage.setItem(place, JSON.stringify(queue));
  const change = (key, how) => keep(read().map((one) => (one.key === key ? { ...one, ...how } : one)));
  const drop = (key) => keep(read().filter((one) => one.key !== key));
  let sending = false, saved = 0;

  const show = (one, state, said) => {
    let row = list.querySelector(`[data-key="${one.key}"]`);
    if (!row) {
      row = document.createElement("li");
      row.dataset.key = one.key;
      row.append(document.createElement("span"), document.createElement("small"));
      list.prepend(row);
    }
    row.className = state;
    row.firstChild.textContent = (one.speaker ? `${one.speaker}: ` : "") + one.text;
    row.lastChild.textContent = said;
    if (state === "refused" && !row.querySelector("button")) {
      const again = document.createElement("button");
      again.type = "button";
      again.className = "as-link";
      again.textContent = form.dataset.again;
      again.addEventListener("click", () => { text.value = one.text; drop(one.key); row.remove(); text.focus(); });
      row.append(again);
    }
  };

  const send = async (one) => {
    if (navigator.onLine === false) throw new Error("offline");
    const body = new URLSearchParams({ ...one, csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : null;
    if (answer.ok && told?.saved === one.key) return { saved: true, number: told.number };
    if (answer.status >= 500 || answer.status === 429) throw new Error("later");
    return { saved: false, detail: told?.detail || form.dataset.door, final: Boolean(told?.code) };
  };

  const flush = async () => {
    if (sending) return;
    sending = true;
    try {
      for (const one of read().filter((held) => !held.refused)) {
        const result = await send(one);
        if (result.saved) {
          drop(one.key);
          show(one, "saved", form.dataset.saved + (result.number ? ` (${result.number})` : ""));
          saved += 1;
        } else {
          if (result.final) change(one.key, { refused: result.detail });
          show(one, result.final ? "refused" : "waits", result.final ? `${form.dataset.refused}: ${result.detail}` : result.detail);
          if (!result.final) break;
        }
      }
    } catch {
      for (const one of read().filter((held) => !held.refused)) show(one, "waits", form.dataset.waiting);
    } finally {
      sending = false;
    }
    const waits = read().some((one) => !one.refused);
    if (waits) setTimeout(flush, 3000);
    else if (saved) { saved = 0; refresh(); }
  };

  // The sheet below is read anew when everything is saved, without touching what is being typed.
  const refresh = async () => {
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const section of page.querySelectorAll("main .beside > div > section[id]")) {
        const here = document.getElementById(section.id);
        if (here) here.replaceWith(section);
        else form.parentElement.append(section);
      }
    } catch { /* the next look at the page shows it */ }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!text.value.trim()) return;
    const one = { key: crypto.randomUUID ? crypto.randomUUID() : form.elements.key.value, what: form.elements.what.value,
      topic: form.elements.topic.value, speaker: form.elements.speaker.value, text: text.value };
    try {
      keep([...read(), one]);
    } catch {
      HTMLFormElement.prototype.submit.call(form); // no room in this browser: the ordinary way
      return;
    }
    if (!crypto.randomUUID) form.elements.key.value = fresh();
    show(one, "waits", form.dataset.waiting);
    text.value = "";
    localStorage.removeItem(`${place}.draft`);
    text.focus();
    flush();
  });
  const fresh = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  text.addEventListener("input", () => { try { localStorage.setItem(`${place}.draft`, text.value); } catch { /* full */ } });
  if (!text.value) text.value = localStorage.getItem(`${place}.draft`) || "";
  window.addEventListener("online", flush);
  for (const one of read()) show(one, one.refused ? "refused" : "waits", one.refused ? `${form.dataset.refused}: ${one.refused}` : form.dataset.waiting);
  flush();
})();
