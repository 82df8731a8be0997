// Before the first paint, on every page: the colours of the person's choice, else the device's. The server can't know the
// device on a first visit, and pages for clients have no circuit that would tell it.
globalThis.paintTheme = () => {
  const wanted = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  const theme = wanted ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  const bar = document.querySelector('meta[name="theme-color"]');
  if (bar) bar.content = bar.dataset[theme];
};

paintTheme();
