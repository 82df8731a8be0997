// Colours: keeps the choice in a cookie, so that the server paints the next page in it from the first byte.

const system = matchMedia("(prefers-color-scheme: dark)");
const year = 31536000;

function cookie(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
}

function choice() {
  return document.cookie.match(/(?:^|; )theme=(light|dark)/)?.[1] ?? "auto";
}

function paint() {
  const wanted = choice();
  const dark = wanted === "dark" || (wanted === "auto" && system.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const bar = document.querySelector('meta[name="theme-color"]');
  if (bar) bar.content = dark ? "#0a0f10" : "#0f2b2c";
}

export function watchTheme(layout) {
  cookie("theme-system", system.matches ? "dark" : "light");
  system.addEventListener("change", () => {
    cookie("theme-system", system.matches ? "dark" : "light");
    paint();
    layout.invokeMethodAsync("SystemThemeChanged", system.matches).catch(() => {
      // The circuit is gone; the next page reads the cookie.
    });
  });
  paint();
  return system.matches;
}

export function chooseTheme(wanted) {
  cookie("theme", wanted);
  paint();
}
