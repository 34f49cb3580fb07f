// The programme as a part of any page: <eventapp-programme src="…/programme.json" lang="pl">.
// Day tabs, times in the event's own zone, links to sessions; what stands inside the element is
// shown where there are no scripts or no connection.

const SHEET = `
:host { display: block; color: inherit; font: inherit; --accent: var(--eventapp-accent, #17605B); }
@media (prefers-color-scheme: dark) { :host { --accent: var(--eventapp-accent, LinkText); } }
a { color: var(--accent); }
a:focus-visible, button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=tablist] { display: flex; flex-wrap: wrap; gap: .25em 1.25em; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
[role=tab] { min-height: 2.75em; padding: 0; border: 0; border-bottom: 3px solid transparent; background: none; color: inherit; font: inherit; cursor: pointer; }
[role=tab][aria-selected=true] { border-color: var(--accent); font-weight: 700; }
ul { margin: 0; padding: 0; list-style: none; }
li { display: grid; grid-template-columns: 7.5em minmax(0, 1fr); gap: .1em 1em; padding: .7em 0; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
time { font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
.title { font-weight: 600; }
.about { grid-column: 2; font-size: .9em; opacity: .85; }
.off .title { text-decoration: line-through; }
.pause { opacity: .8; }
.more { margin: 1em 0 0; }
@media (max-width: 30em) { li { grid-template-columns: minmax(0, 1fr); } .about { grid-column: 1; } }
`;

const made = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

class Programme extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    root.append(document.createElement("slot"));
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(SHEET);
    root.adoptedStyleSheets = [sheet];
    this.load();
  }

  async load() {
    try {
      const answer = await fetch(this.getAttribute("src"), { credentials: "omit" });
      if (!answer.ok) return;
      this.show(await answer.json());
    } catch { /* what stands inside the element remains */ }
  }

  get locale() {
    const asked = this.closest("[lang]")?.lang || document.documentElement.lang || "pl";
    return asked.slice(0, 2).toLowerCase();
  }

  said(texts) {
    return texts?.[this.locale] || texts?.pl || Object.values(texts ?? {})[0] || "";
  }

  show(programme) {
    const zone = programme.event.timezone;
    const tongue = this.locale === "en" ? "en-GB" : this.locale;
    this.clock = new Intl.DateTimeFormat(tongue, { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: zone });
    const words = new Intl.DateTimeFormat(tongue, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
    const held = programme.days.map((day) => ({ ...day, entries: this.of(programme, day.date) })).filter((day) => day.entries.length);
    if (!held.length) return;
    const tabs = made("div", "", { role: "tablist", "aria-label": this.said(programme.event.title) });
    const panels = held.map((day, place) => this.panel(day, place));
    tabs.append(...held.map((day, place) => made("button", words.format(new Date(`${day.date}T12:00Z`)), {
      type: "button", role: "tab", id: `tab-${place}`, "aria-controls": `day-${place}`,
    })));
    const more = made("p", "", { class: "more" });
    more.append(made("a", this.said(programme.event.more), { href: programme.event.url }));
    this.shadowRoot.replaceChildren(tabs, ...panels, more);
    this.tabs = [...tabs.children];
    this.panels = panels;
    this.tabs.forEach((tab, place) => tab.addEventListener("click", () => this.choose(place)));
    tabs.addEventListener("keydown", (event) => this.walk(event));
    const today = new Intl.DateTimeFormat("sv", { timeZone: zone }).format(new Date());
    this.choose(Math.max(0, held.findIndex((day) => day.date === today)));
  }

  of(programme, date) {
    const sessions = programme.sessions.map((one) => ({ ...one, session: true }));
    return [...sessions, ...programme.breaks]
      .filter((one) => one.starts_at.startsWith(date))
      .sort((one, other) => one.starts_at.localeCompare(other.starts_at));
  }

  panel(day, place) {
    const panel = made("div", "", { role: "tabpanel", id: `day-${place}`, "aria-labelledby": `tab-${place}` });
    const list = made("ul");
    list.append(...day.entries.map((one) => this.row(one)));
    panel.append(list);
    return panel;
  }

  row(one) {
    const row = made("li", "", { class: one.session ? (one.cancelled ? "off" : "") : "pause" });
    const at = (moment) => this.clock.format(new Date(moment));
    row.append(made("time", `${at(one.starts_at)}–${at(one.ends_at)}`, { datetime: one.starts_at }));
    const title = made("span", "", { class: "title" });
    title.append(one.session ? made("a", this.said(one.title), { href: one.url }) : this.said(one.title));
    row.append(title);
    const about = [this.said(one.room), ...(one.speakers ?? []), this.said(one.seats)].filter(Boolean).join(" · ");
    if (about) row.append(made("span", about, { class: "about" }));
    return row;
  }

  choose(place) {
    this.tabs.forEach((tab, number) => {
      tab.setAttribute("aria-selected", String(number === place));
      tab.tabIndex = number === place ? 0 : -1;
    });
    this.panels.forEach((panel, number) => { panel.hidden = number !== place; });
  }

  walk(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const here = this.tabs.findIndex((tab) => tab.tabIndex === 0);
    const next = (here + step + this.tabs.length) % this.tabs.length;
    this.choose(next);
    this.tabs[next].focus();
  }
}

customElements.define("eventapp-programme", Programme);
