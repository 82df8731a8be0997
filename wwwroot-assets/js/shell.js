// Comboboxes: the option that the arrow keys reach is in sight, however long the list.

const active = new MutationObserver((changes) => {
  for (const { target } of changes) {
    const option = document.getElementById(target.getAttribute("aria-activedescendant"));
    option?.scrollIntoView({ block: "nearest" });
  }
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches('[role="combobox"]')) {
    active.observe(target, { attributeFilter: ["aria-activedescendant"] });
  }
});

// Colours: keeps the choice in a cookie, so that the server paints the next page in it from the first byte.

const system = matchMedia("(prefers-color-scheme: dark)");
const year = 31536000;

function cookie(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${year}; SameSite=Lax${secure}`;
}

export function watchTheme() {
  const follow = () => {
    cookie("theme-system", system.matches ? "dark" : "light");
    paintTheme();
  };
  system.addEventListener("change", follow);
  follow();
}

export function chooseTheme(wanted) {
  cookie("theme", wanted);
  paintTheme();
}
