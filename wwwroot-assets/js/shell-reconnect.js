// Blazor tries a while to reconnect and then gives up; a front desk's page must not. We go on, and reload only when the
// server is there again but no longer has this page.

const bar = document.getElementById("components-reconnect-modal");
const pause = 4000;
let timer;

bar?.addEventListener("components-reconnect-state-changed", ({ detail }) => {
  clearTimeout(timer);
  if (detail.state === "failed") timer = setTimeout(retry, pause);
  else if (detail.state === "paused") whenVisible(resume);
  else if (detail.state === "rejected" || detail.state === "resume-failed") reload();
});

async function retry() {
  clearTimeout(timer);
  try {
    if (await Blazor.reconnect()) return;
    if (!(await Blazor.resumeCircuit())) await reload();
  } catch {
    // The server can't be reached yet.
    timer = setTimeout(retry, pause);
  }
}

async function resume() {
  if (!(await Blazor.resumeCircuit())) await reload();
}

async function reload() {
  clearTimeout(timer);
  try {
    // A page that the server answers, so that nobody is left with the browser's own error page.
    const answer = await fetch("/img/favicon.svg", { method: "HEAD", cache: "no-store" });
    if (answer.ok) return location.reload();
  } catch {
    // Not yet.
  }
  timer = setTimeout(reload, pause);
}

function whenVisible(act) {
  if (document.visibilityState === "visible") return act();
  document.addEventListener("visibilitychange", () => whenVisible(act), { once: true });
}

addEventListener("online", () => {
  if (bar?.classList.contains("components-reconnect-failed")) retry();
});
