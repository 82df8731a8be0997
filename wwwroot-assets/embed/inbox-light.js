/*
  The red light of Clinic.Inbox for any host application:

    <script src="https://inbox.example/embed/inbox-light.js"></script>
    <inbox-light server="https://inbox.example" key="ci_..."></inbox-light>

  Attributes
    server   where Clinic.Inbox runs; where this file came from when not given
    key      an API key with the scope read; without it the sign-in cookie is used (same site only)
    href     where a click leads; the inbox when not given, nowhere when empty
    label    what it is called, "Inbox" when not given
  A property, token, may be a function that returns (a promise of) the key, so that it need not stand in the page.
  Events: inboxcount (detail.unread), conversationchanged (detail as the hub sends it).

  Whoever can open the host page can read a key that stands in it: use it in applications for staff only.
*/
(() => {
  "use strict";

  if (customElements.get("inbox-light")) return;

  const SEPARATOR = "\u001e"; // ends each message of SignalR's JSON protocol
  const PING_EVERY = 15_000;
  const DEAD_AFTER = 35_000; // the server pings every 15 s
  const LONGEST_WAIT = 30_000;

  const ownScript =
    document.currentScript?.src || document.querySelector('script[src*="/embed/inbox-light.js"]')?.src || location.href;

  const css = `
    :host { display: inline-block; font: 600 13px/1 system-ui, sans-serif; }
    :host([hidden]) { display: none; }
    a, span.frame { position: relative; display: inline-flex; align-items: center; gap: 8px; min-height: 24px; padding: 6px 8px;
      border-radius: 8px; color: inherit; text-decoration: none; }
    a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
    .count { min-width: 20px; box-sizing: border-box; padding: 4px 6px; border-radius: 999px; text-align: center;
      font-variant-numeric: tabular-nums; color: #fff; background: #c62828; }
    .count[hidden] { display: none; }
    .flashing .count { animation: flash 1s steps(1) infinite; box-shadow: 0 0 0 3px rgb(198 40 40 / 35%); }
    .offline { opacity: .55; }
    .offline .count { background: #6b6b6b; }
    .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @keyframes flash { 50% { background: #ffcdd2; color: #7f1010; } }
    @media (prefers-reduced-motion: reduce) { .flashing .count { animation: none; outline: 2px solid #c62828; outline-offset: 2px; } }
    @media (forced-colors: active) { .count { border: 1px solid; } }
  `;

  class InboxLight extends HTMLElement {
    static observedAttributes = ["server", "key", "href", "label"];

    #unread = 0;
    #flashing = new Set();
    #online = false;
    #socket = null;
    #attempt = 0;
    #turn = 0;
    #timers = { retry: 0, ping: 0, dead: 0 };
    #parts;
    token = null;

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      root.adoptedStyleSheets = [sheet];
    }

    connectedCallback() {
      this.#build();
      this.#connect();
      addEventListener("online", this.#wake);
      document.addEventListener("visibilitychange", this.#wake);
    }

    disconnectedCallback() {
      removeEventListener("online", this.#wake);
      document.removeEventListener("visibilitychange", this.#wake);
      this.#drop();
    }

    attributeChangedCallback(name, before, now) {
      if (!this.#parts || before === now) return;
      if (name === "server" || name === "key") {
        this.#attempt = 0;
        this.#connect();
      }
      this.#build();
    }

    get unread() {
      return this.#unread;
    }

    get #server() {
      return new URL(this.getAttribute("server") || ownScript, location.href);
    }

    #build() {
      const href = this.getAttribute("href") ?? new URL("/schedule/inbox", this.#server).href;
      const frame = document.createElement(href ? "a" : "span");
      frame.className = "frame";
      const target = href && new URL(href, location.href);
      if (target && (target.protocol === "https:" || target.protocol === "http:")) frame.href = target.href;
      const label = document.createElement("span");
      label.textContent = this.getAttribute("label") || "Inbox";
      const count = document.createElement("span");
      count.className = "count";
      count.setAttribute("aria-hidden", "true");
      const words = document.createElement("span");
      words.className = "sr";
      words.setAttribute("role", "status");
      frame.append(label, count, words);
      this.shadowRoot.replaceChildren(frame);
      this.#parts = { frame, count, words };
      this.#show();
    }

    #show() {
      const { frame, count, words } = this.#parts;
      const flashing = this.#flashing.size > 0 && this.#unread > 0;
      frame.classList.toggle("flashing", flashing);
      frame.classList.toggle("offline", !this.#online);
      count.hidden = this.#unread === 0;
      count.textContent = this.#unread > 99 ? "99+" : String(this.#unread);
      const texts = this.#unread === 1 ? "1 unread text" : `${this.#unread} unread texts`;
      const said = this.#online ? (flashing ? `${texts}, new` : texts) : "not connected";
      // Set only when it changes: screen readers read it out each time.
      if (words.textContent !== said) words.textContent = said;
    }

    #wake = () => {
      if (!this.#socket && document.visibilityState === "visible") this.#connect();
    };

    async #connect() {
      this.#drop();
      const turn = ++this.#turn;
      let socket;
      try {
        const key = typeof this.token === "function" ? await this.token() : this.token || this.getAttribute("key");
        if (!this.isConnected || turn !== this.#turn) return;
        const address = new URL("/hubs/inbox", this.#server);
        address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
        if (key) address.searchParams.set("access_token", key);
        socket = new WebSocket(address);
      } catch (problem) {
        console.error("inbox-light:", problem);
        if (turn === this.#turn) this.#lost();
        return;
      }
      this.#socket = socket;
      let rest = "";
      socket.onopen = () => socket.send(JSON.stringify({ protocol: "json", version: 1 }) + SEPARATOR);
      socket.onmessage = (event) => {
        if (socket !== this.#socket) return;
        this.#alive(socket);
        const parts = (rest + event.data).split(SEPARATOR);
        rest = parts.pop();
        for (const part of parts) this.#receive(socket, JSON.parse(part));
      };
      socket.onclose = () => {
        if (socket === this.#socket) this.#lost();
      };
      this.#alive(socket);
    }

    #receive(socket, message) {
      if (message.type === undefined) {
        // The answer to the handshake.
        if (message.error) {
          socket.close();
          return;
        }
        this.#attempt = 0;
        this.#flashing.clear();
        this.#timers.ping = setInterval(() => socket.send('{"type":6}' + SEPARATOR), PING_EVERY);
      } else if (message.type === 1) {
        this.#invoke(message.target, message.arguments?.[0] ?? {});
      } else if (message.type === 7) {
        socket.close();
      }
    }

    #invoke(target, detail) {
      if (target === "inboxCount") {
        // The server tells the count right after the handshake: before it there is nothing to show.
        this.#online = true;
        this.#unread = Number(detail.unread) || 0;
        if (this.#unread === 0) this.#flashing.clear();
      } else if (target === "conversationChanged") {
        if (detail.flash) this.#flashing.add(detail.id);
        else if (!detail.unread) this.#flashing.delete(detail.id);
      } else {
        return;
      }
      this.#show();
      this.dispatchEvent(new CustomEvent(target.toLowerCase(), { detail, bubbles: true, composed: true }));
    }

    #alive(socket) {
      clearTimeout(this.#timers.dead);
      this.#timers.dead = setTimeout(() => {
        if (socket === this.#socket) this.#lost();
      }, DEAD_AFTER);
    }

    #lost() {
      this.#drop();
      const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** this.#attempt++);
      this.#timers.retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
    }

    #drop() {
      clearTimeout(this.#timers.retry);
      clearTimeout(this.#timers.dead);
      clearInterval(this.#timers.ping);
      const socket = this.#socket;
      this.#socket = null;
      socket?.close();
      this.#online = false;
      if (this.#parts) this.#show();
    }
  }

  customElements.define("inbox-light", InboxLight);
})();
