// Finding a person by name; the server matches without diacritics and case.

import { Outcome } from "./api.js";

const SHORTEST_QUERY = 2;
const PAUSE_MS = 180;
const TIMEOUT_MS = 4000;

export class Search {
  constructor({ form, input, list, note, row, api, url, words, onPick }) {
    Object.assign(this, { input, list, note, row, api, url, words, onPick });
    this.timer = null;
    this.abort = null;
    input.addEventListener("input", () => this.#soon());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#look();
    });
  }

  /** Look again, for presence changes with every scan. */
  refresh() {
    if (this.list.childElementCount) this.#look();
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#look(), PAUSE_MS);
  }

  async #look() {
    clearTimeout(this.timer);
    this.abort?.abort();
    const query = this.input.value.trim();
    if (query.length < SHORTEST_QUERY) return this.#show([], "");
    const abort = (this.abort = new AbortController());
    const url = new URL(this.url, location.href);
    url.searchParams.set("q", query);
    const { outcome, answer } = await this.api.get(url, TIMEOUT_MS, abort.signal);
    if (abort.signal.aborted) return;
    if (outcome !== Outcome.ANSWERED) return this.#show([], this.words.say("search-offline"));
    const people = answer.people ?? answer;
    const key = people.length ? "search-found" : "search-none";
    this.#show(people, this.words.say(key, { count: people.length }));
  }

  #show(people, note) {
    this.note.textContent = note;
    this.list.replaceChildren(...people.map((person) => this.#entry(person)));
  }

  #entry(person) {
    const entry = this.row.content.firstElementChild.cloneNode(true);
    const fill = (name, text) => {
      const element = entry.querySelector(`[data-person-${name}]`);
      element.textContent = text;
      element.hidden = !text;
    };
    fill("name", person.name);
    fill("organisation", person.organisation ?? "");
    fill("inside", person.inside ? this.words.say("person-inside") : "");
    fill("state", this.words.say(`state-${person.state}`));
    fill("flags", this.#flags(person.flags ?? []));
    const button = entry.querySelector("[data-person-pick]");
    button.setAttribute("aria-label", `${button.textContent.trim()}: ${person.name}`);
    button.addEventListener("click", () => this.onPick(person));
    return entry;
  }

  #flags(flags) {
    return flags.map((flag) => this.words.say(`flag-${flag}`) || flag).join(" · ");
  }
}
