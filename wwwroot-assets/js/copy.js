// Copies a text to the clipboard; false where the browser does not allow it (plain http from another machine).

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
