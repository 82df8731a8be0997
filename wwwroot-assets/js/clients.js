// Keeps what is searched in the address, so that the way back from a profile finds the same list. Not by the router:
// by the time its order arrived, somebody may have opened a profile, and would be taken back.
export function remember(path, text) {
  if (location.pathname !== path) {
    return;
  }
  const address = new URL(location.href);
  if (text) {
    address.searchParams.set("q", text);
  } else {
    address.searchParams.delete("q");
  }
  history.replaceState(history.state, "", address);
}
