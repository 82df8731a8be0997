// The inbox as a whole: single keys, who is looking, and catching up after a lost connection.

const keysKey = "inbox.keys";

export const keysOn = () => localStorage.getItem(keysKey) !== "off";

export const switchKeys = (on) => localStorage.setItem(keysKey, on ? "on" : "off");

export function attach(root, page) {
  const ended = new AbortController();
  const { signal } = ended;
  const tell = (name, ...values) =>
    page.invokeMethodAsync(name, ...values).catch(() => {
      // The circuit is away; it is told again when it is back.
    });

  let looking;
  const look = () => {
    const now = document.visibilityState === "visible" && document.hasFocus();
    if (now !== looking) tell("LookingChanged", (looking = now));
  };
  addEventListener("focus", look, { signal });
  addEventListener("blur", look, { signal });
  document.addEventListener("visibilitychange", look, { signal });

  document.getElementById("components-reconnect-modal")?.addEventListener(
    "components-reconnect-state-changed",
    ({ detail }) => {
      if (detail.state !== "hide") return;
      looking = undefined;
      look();
      tell("CatchUp");
    },
    { signal },
  );

  const rows = () => [...root.querySelectorAll("[data-row]")];

  const move = (by) => {
    const all = rows();
    const here = all.includes(document.activeElement)
      ? all.indexOf(document.activeElement)
      : all.findIndex((row) => row.getAttribute("aria-current") === "true");
    const next = all[here < 0 ? 0 : Math.min(all.length - 1, Math.max(0, here + by))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };

  // A conversation that was just opened has no field yet, and a dialog that closes gives the focus back where it was, a
  // moment later: the field is waited for, and then held until the person does something.
  const patience = 5000;
  const hold = 600;
  const reply = (conversation) => {
    const until = performance.now() + patience;
    let held = until;
    let touched = false;
    const touch = () => (touched = true);
    addEventListener("keydown", touch, { once: true, capture: true });
    addEventListener("pointerdown", touch, { once: true, capture: true });
    const step = () => {
      const now = performance.now();
      const field = root.querySelector(`[data-conversation="${conversation}"] [data-text]`);
      if (touched || signal.aborted || now > Math.min(until, held)) return;
      if (field && !field.disabled && !document.querySelector(".mud-dialog")) {
        held = Math.min(held, now + hold);
        if (document.activeElement !== field) field.focus();
      }
      setTimeout(step, 16);
    };
    step();
  };

  // A text that was found is drawn a moment later than its conversation.
  const showText = (id) => {
    const until = performance.now() + patience;
    const step = () => {
      const text = root.querySelector(`[data-message="${CSS.escape(id)}"]`);
      if (!text) return !signal.aborted && performance.now() < until && setTimeout(step, 16);
      root.querySelectorAll(".msg-found").forEach((other) => other.classList.remove("msg-found"));
      text.classList.add("msg-found");
      text.scrollIntoView({ block: "center" });
    };
    step();
  };

  const acts = {
    j: () => move(1),
    k: () => move(-1),
    r: () => root.querySelector("[data-text]")?.focus(),
    "/": () => root.querySelector("[data-search]")?.focus(),
    e: () => tell("KeyPressed", "e"),
    u: () => tell("KeyPressed", "u"),
    n: () => tell("KeyPressed", "n"),
    "?": () => tell("KeyPressed", "?"),
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const field = event.target.closest?.("input, textarea, select, [contenteditable=true]");
      if (event.key === "Escape" && field && root.contains(field)) return field.blur();
      if (field || !keysOn() || document.querySelector(".mud-dialog, .menu:popover-open, .user-menu:popover-open")) return;
      const act = acts[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    },
    { signal },
  );

  // More rows come when the end of the list is near.
  const more = new IntersectionObserver(
    (seen) => seen.forEach((entry) => entry.isIntersecting && !entry.target.disabled && entry.target.click()),
    { rootMargin: "400px" },
  );
  const watchEnd = () => {
    more.disconnect();
    const end = root.querySelector("[data-more]");
    if (end) more.observe(end);
  };
  // A row that moves is taken out and put in again: whoever stood on it goes on standing on it.
  let stood;
  const keepFocus = () => {
    if (!stood || stood.isConnected || document.activeElement !== document.body) return;
    const again = rows().find((row) => row.getAttribute("href") === stood.getAttribute("href"));
    again?.focus({ preventScroll: true });
  };
  root.addEventListener("focusin", ({ target }) => (stood = target.matches("[data-row]") ? target : undefined), { signal });
  const list = new MutationObserver(() => {
    watchEnd();
    keepFocus();
  });
  list.observe(root.querySelector("[data-rows]"), { childList: true, subtree: true });
  watchEnd();
  look();
  root.dataset.alive = "";

  return {
    reply: (conversation) => reply(conversation),
    showText: (id) => showText(id),
    isPhone: () => matchMedia("(max-width: 767.98px)").matches,
    rememberSide(state) {
      const secure = location.protocol === "https:" ? "; Secure" : "";
      document.cookie = `inbox-side=${state}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    },
    detach() {
      delete root.dataset.alive;
      ended.abort();
      more.disconnect();
      list.disconnect();
    },
  };
}
