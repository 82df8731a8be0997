// The Day page: B books, a click on a free slot books there, and a visit is dragged to another time or person. Times
// are minutes from the grid's top; the page turns them into instants. Nothing moves before the page's dialog says so.
import { keysOn } from "./inbox-page.js";

const threshold = 5;
const coarse = 15;
const fine = 5;
const edge = 36;

export function attach(root, page) {
  const ended = new AbortController();
  const { signal } = ended;
  const tell = (name, ...values) =>
    page.invokeMethodAsync(name, ...values).catch(() => {
      // The circuit is away; the person tries again when it is back.
    });

  const columns = () => [...root.querySelectorAll(".day-column")];
  const perMinute = (column) => column.getBoundingClientRect().height / Number(column.dataset.minutes);
  const snap = (minute, step, down) => (down ? Math.floor : Math.round)(minute / step) * step;

  let drag = null;
  let dropped = false;
  let abandoned = false;

  const start = (event) => {
    abandoned = false;
    const visit = event.target.closest(".visit");
    const slot = visit?.closest(".day-slot");
    // A finger scrolls; the dialog moves a visit there.
    if (!slot || event.button !== 0 || event.pointerType === "touch") return;
    const box = slot.getBoundingClientRect();
    drag = {
      slot,
      visit,
      from: { x: event.clientX, y: event.clientY },
      grip: event.clientY - box.top,
      box,
      ghost: null,
      place: null,
    };
  };

  const lift = () => {
    drag.ghost = document.createElement("div");
    drag.ghost.className = "day-ghost";
    drag.ghost.append(drag.visit.cloneNode(true));
    drag.ghost.firstChild.removeAttribute("id");
    drag.time = document.createElement("span");
    drag.time.className = "day-ghost-time num";
    drag.ghost.append(drag.time);
    drag.ghost.style.height = `${drag.box.height}px`;
    document.body.append(drag.ghost);
    drag.slot.classList.add("day-slot-lifted");
    document.body.classList.add("day-dragging");
  };

  // As the hours are written: the one that comes twice, when the clocks go back, is written twice.
  const label = (minute) => {
    const hour = root.querySelectorAll(".day-hour")[Math.floor(minute / 60)]?.textContent ?? "";
    return /^\d+ /.test(hour) ? hour.replace(" ", `:${String(minute % 60).padStart(2, "0")} `) : hour;
  };

  const move = (event) => {
    if (!drag) return;
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.from.x, event.clientY - drag.from.y) < threshold) return;
      lift();
    }
    event.preventDefault();
    scroll(event);
    const column =
      columns().find((c) => {
        const { left, right } = c.getBoundingClientRect();
        return event.clientX >= left && event.clientX < right;
      }) ?? drag.place?.column ?? drag.slot.parentElement;
    const box = column.getBoundingClientRect();
    const scale = perMinute(column);
    const step = event.shiftKey ? fine : coarse;
    const last = Number(column.dataset.minutes) - step;
    const minute = Math.min(last, Math.max(0, snap((event.clientY - drag.grip - box.top) / scale, step)));
    drag.place = { column, minute };
    drag.time.textContent = label(minute);
    Object.assign(drag.ghost.style, {
      left: `${box.left}px`,
      top: `${box.top + minute * scale}px`,
      width: `${box.width}px`,
    });
  };

  const scroll = (event) => {
    const pane = root.querySelector(".day-main");
    const box = pane.getBoundingClientRect();
    const by = (at, low, high) => (at < low + edge ? -12 : at > high - edge ? 12 : 0);
    pane.scrollBy(by(event.clientX, box.left, box.right), by(event.clientY, box.top + 44, box.bottom));
  };

  const end = () => {
    const ended = drag;
    drag = null;
    ended?.ghost?.remove();
    ended?.slot.classList.remove("day-slot-lifted");
    document.body.classList.remove("day-dragging");
    return ended;
  };

  const drop = () => {
    const { ghost, place, visit, slot } = end() ?? {};
    if (!ghost && !abandoned) return;
    // The click that ends a drag opens nothing, also when Escape ended it before the button was let go.
    abandoned = false;
    dropped = true;
    setTimeout(() => (dropped = false));
    if (!ghost) return;
    const still =
      place.column === slot.parentElement && place.minute === Number(slot.dataset.at);
    if (!still) {
      tell("MoveVisit", visit.id, place.column.dataset.staff, place.minute);
    }
  };

  const click = (event) => {
    if (dropped) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const column = event.target.closest(".day-column");
    if (!column || event.target.closest(".day-slot")) return;
    const minute = snap((event.clientY - column.getBoundingClientRect().top) / perMinute(column), coarse, true);
    tell("BookSlot", column.dataset.staff, Math.max(0, minute));
  };

  const key = (event) => {
    if (event.key === "Escape" && drag?.ghost) {
      event.preventDefault();
      event.stopPropagation();
      end();
      abandoned = true;
      return;
    }
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const busy = typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    if (event.key.toLowerCase() === "b" && !busy && keysOn() && !document.querySelector(".mud-dialog")) {
      event.preventDefault();
      tell("BookByKey");
    }
  };

  root.addEventListener("pointerdown", start, { signal });
  root.addEventListener("click", click, { signal, capture: true });
  addEventListener("pointermove", move, { signal });
  addEventListener("pointerup", drop, { signal });
  addEventListener("pointercancel", end, { signal });
  addEventListener("keydown", key, { signal, capture: true });
  root.dataset.attached = "";

  return {
    detach: () => {
      delete root.dataset.attached;
      end();
      ended.abort();
    },
  };
}
