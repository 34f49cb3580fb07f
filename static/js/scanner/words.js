// The words of the page in its language, written by the template and never here.

export class Words {
  /** *now* is the server's moment; the device's own clock may be hours off. */
  constructor(template, { language, timeZone, now }) {
    this.texts = new Map();
    for (const element of template.content.querySelectorAll("[data-key]")) {
      this.texts.set(element.dataset.key, element.textContent.trim());
    }
    this.language = language;
    this.timeZone = timeZone;
    this.ahead = Date.parse(now) - Date.now() || 0;
  }

  /** Learn the server's moment anew: a page that was kept on the device names an old one. */
  set now(now) {
    this.ahead = Date.parse(now) - Date.now() || this.ahead;
  }

  /** Name the day of a moment (of the server's time) at the event. */
  day(at) {
    return this.#format(new Date(at), { year: "numeric", month: "2-digit", day: "2-digit" });
  }

  has(key) {
    return this.texts.has(key);
  }

  /** Say *key* with `{placeholders}` filled in; an unknown key says nothing. */
  say(key, values = {}) {
    const text = this.texts.get(key) ?? "";
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** Say the first of *keys* that the page has words for. */
  first(keys, values) {
    return this.say(keys.find((key) => this.has(key)) ?? "", values);
  }

  /** Tell a moment of the device's clock as the hour at the event. */
  ownTime(at) {
    return this.time(new Date(at + this.ahead));
  }

  /** Tell an instant as the hour at the event, with the date if it was not today. */
  time(when) {
    const instant = new Date(when);
    const now = new Date(Date.now() + this.ahead);
    if (Number.isNaN(instant.getTime())) return "";
    const hour = this.#format(instant, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
    const day = { day: "numeric", month: "2-digit" };
    const date = this.#format(instant, day);
    const short = hour.replace(/^0(?=\d)/, "");
    return date === this.#format(now, day) ? short : `${date}, ${short}`;
  }

  #format(instant, options) {
    const zone = this.timeZone ? { timeZone: this.timeZone } : {};
    return new Intl.DateTimeFormat(this.language, { ...options, ...zone }).format(instant);
  }
}
