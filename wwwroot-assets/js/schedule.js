// Where the focus was before the details opened: the visit's button, on the grid or, on a phone, in the list.
export function focus(id) {
  const button = document.getElementById(id) ?? null;
  const target = button?.offsetParent ? button : document.querySelector(`[data-visit="${CSS.escape(id)}"]`);
  target?.focus({ preventScroll: true });
}
