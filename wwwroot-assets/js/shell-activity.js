// Tells the server now and then that somebody works with this page. What goes over its live connection by itself is no sign
// of a person, and a session that nobody uses ends.

const every = 5 * 60 * 1000;
let told = Date.now();

async function tell() {
  const now = Date.now();
  if (now - told < every) return;
  told = now;
  try {
    await fetch("/account/active", { cache: "no-store", credentials: "same-origin", redirect: "manual" });
  } catch {
    // The server can't be reached: what is pressed next tells it.
    told = 0;
  }
}

for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, tell, { capture: true, passive: true });
}
