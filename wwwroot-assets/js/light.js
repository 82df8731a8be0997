// The red light outside the page: title, favicon, sound, desktop notification.

const soundKey = "light.sound";
const notifyKey = "light.notify";
let unread = 0;
let chime;
let blinking;

// Two digits at most: a title may begin with a number's area code in brackets.
const plain = (title) => title.replace(/^\((\d{1,2}|99\+)\) /, "");

// The count stands in the page's own piece of text. Setting document.title would put another in its place, and what the page
// writes into its own afterwards would be seen by nobody.
function writeTitle() {
  const own = [...(document.querySelector("title")?.childNodes ?? [])].find((node) => node.nodeType === Node.TEXT_NODE);
  if (!own) return;
  const wanted = (unread > 0 ? `(${unread > 99 ? "99+" : unread}) ` : "") + plain(own.data);
  if (own.data !== wanted) own.data = wanted;
}

// Pages set their own title when they change; the count goes back in front of it.
new MutationObserver(writeTitle).observe(document.head, { childList: true, subtree: true, characterData: true });

// Each ring is a key, who texted, and where it is read.
export function show(count, flashing, rings) {
  unread = count;
  writeTitle();
  const icon = document.querySelector('link[rel="icon"]');
  const wanted = count > 0 ? icon?.dataset.lit : icon?.dataset.quiet;
  if (icon && wanted && icon.getAttribute("href") !== wanted) icon.href = wanted;
  if (navigator.setAppBadge) {
    (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {
      // Only installed apps may wear a badge.
    });
  }
  blink(flashing);
  rings.forEach((ring) => announce(...ring));
}

// Half a second lit, half a second dim, all lamps of the page in step.
function blink(on) {
  if (on === Boolean(blinking)) return;
  clearInterval(blinking);
  let dim = false;
  const step = () => {
    dim = on && !dim;
    document.querySelectorAll(".inbox-light").forEach((light) => light.toggleAttribute("data-dim", dim));
  };
  blinking = on ? setInterval(step, 500) : step();
}

function announce(key, from, href) {
  const ring = async () => {
    if (localStorage.getItem(soundKey) === "on") await play();
    notify(key, from, href);
    await new Promise((done) => setTimeout(done, 3000));
  };
  // One tab of a browser speaks for all of them: whoever gets the lock.
  if (navigator.locks) navigator.locks.request(`light-${key}`, { ifAvailable: true }, (lock) => (lock ? ring() : null));
  else ring();
}

async function play() {
  chime ??= new Audio("/sounds/new-text.wav");
  chime.currentTime = 0;
  try {
    await chime.play();
  } catch {
    // Browsers keep a page silent until somebody has clicked in it.
  }
}

function notify(key, from, href) {
  if (localStorage.getItem(notifyKey) !== "on" || !("Notification" in window)) return;
  if (Notification.permission !== "granted" || document.hasFocus()) return;
  const note = new Notification(`New text from ${from}`, { tag: key, icon: "/img/icon-180.png" });
  note.onclick = () => {
    window.focus();
    note.close();
    if (location.pathname !== href) Blazor.navigateTo(href);
  };
}

export function preferences() {
  const permission = "Notification" in window ? Notification.permission : "unsupported";
  return {
    sound: localStorage.getItem(soundKey) === "on",
    notify: localStorage.getItem(notifyKey) === "on" && permission === "granted",
    permission,
  };
}

export async function setSound(on) {
  localStorage.setItem(soundKey, on ? "on" : "off");
  if (on) await play();
  return preferences();
}

export async function setNotify(on) {
  if (on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
  localStorage.setItem(notifyKey, on ? "on" : "off");
  return preferences();
}
