// Before the first paint, on every page: the colours of the person's choice, else the device's. The server can't know the
// device on a first visit, and pages for clients have no circuit that would tell it.
globalThis.themeIsDark = () => {
  const wanted = document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1];
  return wanted ? wanted === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};

globalThis.paintTheme = () => {
  const dark = themeIsDark();
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const bar = document.querySelector('meta[name="theme-color"]');
  if (bar) bar.content = dark ? "#0a0f10" : "#0f2b2c";
};

paintTheme();
