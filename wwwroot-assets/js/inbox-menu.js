// A menu button (WAI-ARIA): the browser's popover for the layer, Escape and clicks outside; here placing and moving.

const items = (menu) => [...menu.querySelectorAll("[role=menuitem]")];

/** Below the button, or above it where there is no room; never outside the window. */
export function place(button, menu) {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = at.bottom + 4 + height <= innerHeight;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - 4 - height)}px`;
  const left = menu.dataset.menu === "start" ? at.left : at.right - width;
  menu.style.left = `${Math.min(innerWidth - width - 8, Math.max(8, left))}px`;
}

export function attach(host) {
  const button = host.querySelector("[data-menu-button]");
  const menu = host.querySelector("[data-menu]");

  const open = (last) => {
    menu.showPopover();
    place(button, menu);
    const all = items(menu);
    all[last ? all.length - 1 : 0]?.focus();
  };
  const toggled = ({ newState }) => button.setAttribute("aria-expanded", newState === "open");
  const pressed = (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      open(event.key === "ArrowUp");
    }
  };
  const clicked = () => (menu.matches(":popover-open") ? menu.hidePopover() : open(false));
  const moved = (event) => {
    const all = items(menu);
    const here = all.indexOf(document.activeElement);
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all[(to + all.length) % all.length]?.focus();
    } else if (event.key === "Tab") {
      menu.hidePopover();
    } else if (event.key.length === 1) {
      const letter = event.key.toLowerCase();
      const found = [...all.slice(here + 1), ...all].find((item) => item.textContent.trim().toLowerCase().startsWith(letter));
      if (found) event.preventDefault();
      found?.focus();
    }
    event.stopPropagation();
  };
  const chosen = (event) => {
    const item = event.target.closest("[role=menuitem]");
    if (!item || item.getAttribute("aria-disabled") === "true") return;
    menu.hidePopover();
    button.focus();
  };

  button.addEventListener("click", clicked);
  button.addEventListener("keydown", pressed);
  menu.addEventListener("toggle", toggled);
  menu.addEventListener("keydown", moved);
  menu.addEventListener("click", chosen);
  // Said from here on: before this ran, a click opens nothing.
  button.setAttribute("aria-expanded", "false");

  return {
    detach() {
      button.removeEventListener("click", clicked);
      button.removeEventListener("keydown", pressed);
      menu.removeEventListener("toggle", toggled);
      menu.removeEventListener("keydown", moved);
      menu.removeEventListener("click", chosen);
    },
  };
}
