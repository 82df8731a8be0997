// The field in which a text is written. It belongs to the browser: the server hears what stands in it, for the counter,
// and never writes into it. What is typed lies in this tab's own storage until the server has taken it, so that changing
// conversations, a lost connection and a reload keep it.

import { place } from "./inbox-menu.js";

const pause = 60;
const heard = 2000;
const tallest = 220;
const bar = () => document.getElementById("components-reconnect-modal");
const isAway = () => /components-reconnect-(show|retrying|failed|rejected|paused)/.test(bar()?.className ?? "");

export function attach(root, composer, conversation, longest) {
  const ended = new AbortController();
  const { signal } = ended;
  const field = root.querySelector("[data-text]");
  const button = root.querySelector("[data-send]");
  const files = root.querySelector("[data-file]");
  const drop = root.querySelector("[data-drop]");
  const zone = root.closest("[data-thread]") ?? root;
  const draftKey = `draft.${conversation}`;
  const handedKey = `handed.${conversation}`;

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(tallest, field.scrollHeight)}px`;
  };
  const keep = () => {
    if (field.value) sessionStorage.setItem(draftKey, field.value);
    else sessionStorage.removeItem(draftKey);
  };

  // One call at a time: what was typed while it was under way is told after it.
  let timer, telling, told;
  const tell = async () => {
    if (telling || told === field.value || signal.aborted) return;
    telling = true;
    told = field.value;
    try {
      await composer.invokeMethodAsync("Typed", told.slice(0, heard), told.length);
    } catch {
      // The circuit is away; it is told again when it is back.
      told = undefined;
    }
    telling = false;
    if (told !== undefined && told !== field.value) tell();
  };
  const changed = () => {
    grow();
    keep();
    clearTimeout(timer);
    timer = setTimeout(tell, pause);
  };
  const write = (text) => {
    field.value = text;
    changed();
  };

  // Handing over: each text has a key of its own, under which the server takes it once, however often it is asked.
  const handed = () => JSON.parse(sessionStorage.getItem(handedKey) ?? "[]");
  const setHanded = (all) =>
    all.length ? sessionStorage.setItem(handedKey, JSON.stringify(all)) : sessionStorage.removeItem(handedKey);
  const handOver = async (one, method) => {
    let answer;
    try {
      answer = await composer.invokeMethodAsync(method, one.key, one.text, ...(method === "SendAsync" ? [] : [one.at]));
    } catch {
      // No answer: asked again when the connection is back.
      return;
    }
    setHanded(handed().filter((other) => other.key !== one.key));
    if (answer.taken || !one.text) return;
    // Refused: back into the field, before what was typed since.
    const back = [one.text, sessionStorage.getItem(draftKey)].filter(Boolean).join("\n");
    if (signal.aborted) sessionStorage.setItem(draftKey, back);
    else write(back);
  };
  const send = () => {
    if (isAway() || field.value.length > longest) return;
    const one = { key: newKey(), text: field.value, at: Date.now() };
    if (one.text.trim()) setHanded([...handed(), one]);
    write("");
    tell();
    handOver(one, "SendAsync");
  };
  button.addEventListener(
    "click",
    () => {
      send();
      field.focus();
    },
    { signal },
  );

  bar()?.addEventListener(
    "components-reconnect-state-changed",
    ({ detail }) => {
      if (detail.state !== "hide") return;
      told = undefined;
      telling = false;
      tell();
      handed().forEach((one) => handOver(one, "SendAsync"));
    },
    { signal },
  );

  field.addEventListener("input", changed, { signal });
  field.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (!event.repeat) send();
    },
    { signal },
  );

  // Files: chosen, dropped or pasted, they all go through the one input.
  const take = (list) => {
    const taken = new DataTransfer();
    [...list].forEach((file) => taken.items.add(file));
    if (!taken.files.length || files.disabled) return;
    files.files = taken.files;
    files.dispatchEvent(new Event("change", { bubbles: true }));
  };
  field.addEventListener(
    "paste",
    (event) => {
      if (!event.clipboardData?.files.length) return;
      event.preventDefault();
      take(event.clipboardData.files);
    },
    { signal },
  );
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  zone.addEventListener(
    "dragover",
    (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      drop.classList.add("shown");
    },
    { signal },
  );
  zone.addEventListener("dragleave", (event) => zone.contains(event.relatedTarget) || drop.classList.remove("shown"), { signal });
  zone.addEventListener(
    "drop",
    (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      drop.classList.remove("shown");
      take(event.dataTransfer.files);
    },
    { signal },
  );

  attachEmoji(root.querySelector("[data-emoji-host]"), field, signal);

  // Both come disabled, always: before this ran an Enter would have been a new line, and a click nothing.
  field.value = sessionStorage.getItem(draftKey) ?? "";
  field.disabled = button.disabled = false;
  changed();
  // A reload came between handing over and the answer.
  handed().forEach((one) => handOver(one, "SendUnlessSentAsync"));

  return {
    select(position, length) {
      field.focus();
      field.setSelectionRange(position, position + length);
    },
    replace(text) {
      field.focus();
      field.select();
      insert(field, text);
    },
    detach() {
      clearTimeout(timer);
      ended.abort();
    },
  };
}

function newKey() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint32Array(4))].join("-");
}

/** As if typed, so that the browser's own undo takes it back. */
function insert(field, text) {
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function attachEmoji(host, field, signal) {
  const button = host.querySelector("[data-menu-button]");
  const panel = host.querySelector("[data-menu]");
  const all = [...panel.querySelectorAll("[data-emoji]")];
  const columns = 8;

  button.addEventListener(
    "click",
    () => {
      if (panel.matches(":popover-open")) return panel.hidePopover();
      panel.showPopover();
      place(button, panel);
      all[0].focus();
    },
    { signal },
  );
  panel.addEventListener("toggle", ({ newState }) => button.setAttribute("aria-expanded", newState === "open"), { signal });
  panel.addEventListener(
    "click",
    (event) => {
      const chosen = event.target.closest("[data-emoji]");
      if (!chosen) return;
      panel.hidePopover();
      field.focus();
      insert(field, chosen.dataset.emoji);
    },
    { signal },
  );
  panel.addEventListener(
    "keydown",
    (event) => {
      const here = all.indexOf(document.activeElement);
      const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      all[Math.min(all.length - 1, Math.max(0, here + by))].focus();
    },
    { signal },
  );
}
