// Puts variables into the text of the editor: where the caret is, or where they are dropped. The field belongs to the
// browser; the server hears its input events, and asks here for what it wants written or shown.

export function attach(root) {
  const ended = new AbortController();
  const { signal } = ended;
  const field = root.querySelector("[data-text]");

  root.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest("[data-insert-button]");
      if (!button) return;
      field.focus();
      insert(field, button.closest("[data-insert]").dataset.insert);
    },
    { signal },
  );
  // The field itself takes dropped text where it is dropped.
  root.addEventListener(
    "dragstart",
    (event) => {
      const dragged = event.target.closest("[data-insert]");
      if (!dragged) return;
      event.dataTransfer.setData("text/plain", dragged.dataset.insert);
      event.dataTransfer.effectAllowed = "copy";
    },
    { signal },
  );
  // What was typed while the connection was away is told when it is back.
  document.getElementById("components-reconnect-modal")?.addEventListener(
    "components-reconnect-state-changed",
    ({ detail }) => {
      if (detail.state === "hide") field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    { signal },
  );
  root.dataset.attached = "";

  return {
    select(start, length) {
      field.focus();
      field.setSelectionRange(start, start + length);
    },
    replace(text) {
      field.focus();
      field.select();
      insert(field, text);
    },
    detach() {
      ended.abort();
      delete root.dataset.attached;
    },
  };
}

/** As if typed, so that the browser's own undo takes it back. */
function insert(field, text) {
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
