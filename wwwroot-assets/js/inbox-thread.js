// The texts' scrolling. The list grows upwards from its end (column-reverse): it opens at the end and stays there by
// itself, and older texts push nothing. Here: the pill for what arrived out of sight, and older texts when the top is near.

const nearEnd = 80;

export function attach(pane) {
  const scroller = pane.querySelector("[data-scroll]");
  const pill = pane.querySelector("[data-pill]");
  // Measured from the end: 0 at the end, negative above it.
  const away = () => -scroller.scrollTop;
  const newest = () => {
    const all = scroller.querySelectorAll("[data-message]");
    return all[all.length - 1];
  };
  let last = newest()?.dataset.message;

  const toEnd = (smooth) => scroller.scrollTo({ top: 0, behavior: smooth ? "smooth" : "instant" });

  const grown = () => {
    const end = newest();
    if (end && end.dataset.message !== last) {
      const ours = end.classList.contains("msg-ours");
      last = end.dataset.message;
      if (ours || away() < nearEnd + end.offsetHeight) toEnd(false);
      else pill.hidden = false;
    }
    watchTop();
  };

  const scrolled = () => {
    if (away() < nearEnd) pill.hidden = true;
  };

  const top = new IntersectionObserver(
    (seen) => seen.forEach((entry) => entry.isIntersecting && !entry.target.disabled && entry.target.click()),
    { root: scroller, rootMargin: "300px" },
  );
  // Observed anew after each change: who drags to the very top sees the button all the time, and it is told of only once.
  function watchTop() {
    const older = pane.querySelector("[data-older]");
    top.disconnect();
    if (older) top.observe(older);
  }

  const changes = new MutationObserver(grown);
  changes.observe(scroller, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  scroller.addEventListener("scroll", scrolled, { passive: true });
  const jump = () => toEnd(true);
  pill.addEventListener("click", jump);
  watchTop();

  // On a phone the pane is a page: a reader begins at its title.
  if (matchMedia("(max-width: 767.98px)").matches) pane.querySelector("[data-thread-title]")?.focus({ preventScroll: true });

  return {
    detach() {
      changes.disconnect();
      top.disconnect();
      scroller.removeEventListener("scroll", scrolled);
      pill.removeEventListener("click", jump);
    },
  };
}
