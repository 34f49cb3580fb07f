// The draft's day as a timetable to drag in. The list on the same page holds the data and works
// by itself; each act here sends the form that the list links to. A move that the server took
// stands at once; the page with what it means (clashes, changes, the way back) comes after it.
// Minutes are those after midnight, as the clocks of the event show them.

const STEP = 5, LONG_STEP = 30, SHORTEST = 5, USUAL = 90; // minutes
const PER_MINUTE = 1.4; // pixels
const WIDE = matchMedia("(min-width: 64rem)");
const EDGE = 48, THRESHOLD = 4; // pixels: from where the timetable scrolls along, and a drag begins

const clock = (minute) => {
  const at = ((minute % 1440) + 1440) % 1440;
  return `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
};
const span = (begin, end) => `${clock(begin)}–${clock(end)}`;
const snapped = (minute) => Math.round(minute / STEP) * STEP;
const made = (name, className, text = "") => {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
};
const spans = (text) => text.split(" ").filter(Boolean).map((part) => part.split("-").map(Number));

let remembered = null; // which view, where the browser keeps nothing
function view() {
  try { return localStorage.getItem("plan-view") ?? remembered ?? "board"; } catch { return remembered ?? "board"; }
}
function remember(choice) {
  remembered = choice;
  try { localStorage.setItem("plan-view", choice); } catch { /* it lasts for this page */ }
}

class Planner {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.part = (name) => root.querySelector(`[data-planner-${name}]`);
    this.field = this.part("field");
    this.scroll = this.part("scroll");
    this.rooms = [...this.part("rooms").querySelectorAll("[data-room]")];
    this.icons = [...this.part("icons").content.children];
    this.sessions = [];
    this.readAll(document);
    this.bound();
    this.draw();
    this.listen();
  }

  // Take over what a page says; a session that is as it was keeps its card.
  readAll(page) {
    const known = new Map(this.sessions.map((one) => [one.id, one]));
    this.sessions = [...page.querySelectorAll("[data-plan-session]")].map((row) => {
      const old = known.get(row.id);
      if (old?.row.outerHTML !== row.outerHTML) return this.read(row);
      return Object.assign(old, { row, link: row.querySelector("th a"), lifted: null, stale: false });
    });
    this.pauses = [...page.querySelectorAll("[data-plan-pause]")].map((row) => this.read(row));
  }

  // Go on with the page that came back, if its day has the same rooms; true where that is so.
  goOn(page) {
    const board = page.querySelector("[data-planner]");
    const same = (name) => this.part(name).outerHTML === board.querySelector(`[data-planner-${name}]`).outerHTML;
    if (board.dataset.day !== this.words.day || !same("rooms")) return false;
    const cards = new Set(this.sessions.map((one) => one.element));
    const edges = [this.from, this.until];
    this.readAll(page);
    this.bound();
    this.sending = false;
    this.root.removeAttribute("aria-busy");
    this.part("tray").replaceWith(board.querySelector("[data-planner-tray]"));
    this.listenToTray();
    board.replaceWith(this.root);
    if (edges[0] !== this.from || edges[1] !== this.until) {
      this.field.replaceChildren();
      this.part("hours").replaceChildren();
      this.draw();
    } else {
      this.redraw(cards);
    }
    return true;
  }

  redraw(cards) {
    this.field.querySelectorAll(".planner__pause, .planner__away, :scope > .planner__card--lifted").forEach((one) => {
      if (!cards.has(one)) one.remove();
    });
    const bands = this.pauses.map((pause) => this.band(pause));
    this.field.prepend(...bands);
    for (const column of this.rooms.keys()) this.lanes(column);
    const kept = new Set(this.sessions.map((one) => one.element));
    cards.forEach((card) => { if (!kept.has(card)) card.remove(); });
    let before = bands.at(-1) ?? null; // cards stand in the order of time, as Tab goes through them
    for (const session of this.sessions) {
      if (session.element) this.settle(session);
      const element = session.element ?? this.card(session);
      if (element.previousElementSibling !== before || !element.isConnected) {
        if (before) before.after(element);
        else this.field.prepend(element);
      }
      before = element;
    }
  }

  read(row) {
    const { begin, end, room, people = "", away = "" } = row.dataset;
    return {
      row, id: row.id, begin: Number(begin), end: Number(end), room, away: spans(away),
      people: people.split(" ").filter(Boolean), title: row.querySelector("th").textContent.trim(),
      link: row.querySelector("th a"), movable: "move" in row.dataset,
    };
  }

  // ---- drawing

  bound() {
    const all = [...this.sessions, ...this.pauses];
    const first = Math.min(8 * 60, ...all.map((one) => one.begin));
    const last = Math.max(18 * 60, ...all.map((one) => one.end));
    this.from = Math.max(0, Math.floor(first / 60) * 60 - 60);
    this.until = Math.ceil(last / 60) * 60 + 60;
  }

  draw() {
    const board = this.root.querySelector(".planner__board");
    board.style.setProperty("--columns", String(this.rooms.length));
    board.style.setProperty("--hour", `${60 * PER_MINUTE}px`);
    this.field.style.height = `${(this.until - this.from) * PER_MINUTE}px`;
    const hours = this.part("hours");
    for (let minute = this.from; minute < this.until; minute += 60) {
      const label = made("span", "planner__hour num", clock(minute));
      label.style.top = `${(minute - this.from) * PER_MINUTE}px`;
      hours.append(label);
    }
    for (const pause of this.pauses) this.field.append(this.band(pause));
    for (const column of this.rooms.keys()) this.lanes(column);
    for (const session of this.sessions) this.field.append(this.card(session));
  }

  // Sessions that share a room and a moment stand side by side in its column.
  lanes(column) {
    const own = this.sessions.filter((one) => this.columnOf(one) === column);
    let group = [], until = -Infinity;
    const close = () => group.forEach((one) => { one.lanes = Math.max(...group.map((other) => other.lane)) + 1; });
    for (const one of own.sort((a, b) => a.begin - b.begin)) {
      if (one.begin >= until) { close(); group = []; until = -Infinity; }
      const taken = group.filter((other) => other.end > one.begin).map((other) => other.lane);
      one.lane = 0;
      while (taken.includes(one.lane)) one.lane += 1;
      group.push(one);
      until = Math.max(until, one.end);
    }
    close();
  }

  columnOf(one) {
    return Math.max(0, this.rooms.findIndex((room) => room.dataset.room === one.room));
  }

  put(element, { begin, end, column, lane = 0, lanes = 1 }) {
    const width = 100 / this.rooms.length;
    Object.assign(element.style, {
      top: `${(begin - this.from) * PER_MINUTE}px`,
      height: `${Math.max((end - begin) * PER_MINUTE, 22)}px`,
      left: `${column * width + (lane * width) / lanes}%`,
      width: `${width / lanes}%`,
    });
  }

  band(pause) {
    const element = made("div", "planner__pause");
    const link = made("a", "", pause.link.textContent);
    link.href = pause.link.href;
    element.append(link);
    this.put(element, { ...pause, column: pause.room ? this.columnOf(pause) : 0 });
    if (!pause.room) element.style.width = "100%";
    return element;
  }

  card(session) {
    const { row } = session;
    const element = made("article", `planner__card${session.movable ? "" : " planner__card--off"}`);
    const minutes = session.end - session.begin;
    element.classList.toggle("planner__card--short", minutes < 30);
    element.dataset.kind = row.dataset.kind;
    if (row.dataset.fault) element.dataset.fault = row.dataset.fault;
    const title = made("a", "planner__title", session.link.textContent);
    title.href = session.link.href;
    title.draggable = false;
    const top = made("p", "planner__top num", span(session.begin, session.end));
    if (row.dataset.fault) top.append(this.icons[row.dataset.fault === "error" ? 1 : 2].cloneNode(true));
    if (session.movable) element.append(this.handle(session));
    const inner = made("div", "planner__in");
    inner.append(top, title);
    const changed = row.querySelector("th .label");
    if (changed) inner.append(" ", changed.cloneNode(true));
    const led = row.cells[3]?.textContent.trim();
    if (led && led !== "–") inner.append(made("p", "planner__led", led));
    element.append(inner);
    if (session.movable) element.append(made("span", "planner__size"));
    session.element = element;
    element.title = `${span(session.begin, session.end)} ${session.title}`;
    this.put(element, { ...session, column: this.columnOf(session) });
    return element;
  }

  handle(session) {
    const handle = made("button", "planner__grip");
    handle.type = "button";
    handle.setAttribute("aria-label", this.words.grip.replace("{title}", session.link.textContent));
    handle.setAttribute("aria-pressed", "false");
    handle.append(this.icons[0].cloneNode(true));
    handle.addEventListener("keydown", (event) => this.key(event, session, handle));
    handle.addEventListener("blur", () => this.putBack(session, handle));
    return handle;
  }

  say(text) { this.part("says").textContent = text; }

  told(place) {
    const room = this.rooms[place.column].childNodes[0].textContent.trim();
    return this.words.at.replace("{time}", span(place.begin, place.end)).replace("{room}", room);
  }

  // ---- what one should know while moving: who else is busy, who cannot come

  warn(session) {
    this.hush();
    const busy = this.sessions.filter((other) => other !== session && other.people.some((who) => session.people.includes(who)));
    for (const other of busy) {
      other.element.classList.add("planner__card--same");
      other.element.dataset.same = this.words.busy;
    }
    for (const [begin, end] of session.away) {
      const [from, until] = [Math.max(begin, this.from), Math.min(end, this.until)];
      if (from >= until) continue;
      const strip = made("div", "planner__away", this.words.away);
      Object.assign(strip.style, { top: `${(from - this.from) * PER_MINUTE}px`, height: `${(until - from) * PER_MINUTE}px` });
      this.field.append(strip);
    }
  }

  hush() {
    this.field.querySelectorAll(".planner__away").forEach((strip) => strip.remove());
    this.field.querySelectorAll(".planner__card--same").forEach((card) => card.classList.remove("planner__card--same"));
  }

  // ---- by keyboard

  key(event, session, handle) {
    const lifted = session.lifted;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (lifted) this.send(session, lifted);
      else this.lift(session, handle);
      return;
    }
    if (!lifted) return;
    if (event.key === "Escape") { event.preventDefault(); this.putBack(session, handle); this.say(this.words.back); return; }
    const far = event.shiftKey ? LONG_STEP : STEP;
    const acts = {
      ArrowUp: () => this.shift(lifted, -far), ArrowDown: () => this.shift(lifted, far),
      ArrowLeft: () => { lifted.column = Math.max(0, lifted.column - 1); },
      ArrowRight: () => { lifted.column = Math.min(this.rooms.length - 1, lifted.column + 1); },
      "+": () => { lifted.end = Math.min(lifted.end + far, this.until); },
      "-": () => { lifted.end = Math.max(lifted.end - far, lifted.begin + SHORTEST); },
    };
    const act = acts[event.key === "=" ? "+" : event.key];
    if (!act) return;
    event.preventDefault();
    act();
    this.put(session.element, lifted);
    session.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.say(this.told(lifted));
  }

  shift(place, minutes) {
    const moved = Math.min(Math.max(minutes, this.from - place.begin), this.until - place.end);
    place.begin += moved;
    place.end += moved;
  }

  lift(session, handle) {
    if (this.sending) return;
    if (session.stale) { this.whenFresh(session, (fresh) => this.lift(fresh, fresh.element.querySelector(".planner__grip"))); return; }
    this.held = true;
    session.lifted = { begin: session.begin, end: session.end, column: this.columnOf(session) };
    session.element.classList.add("planner__card--lifted");
    handle.setAttribute("aria-pressed", "true");
    this.put(session.element, session.lifted);
    this.warn(session);
    this.say(this.words.lifted);
  }

  putBack(session, handle) {
    if (!session.lifted || this.sending) return;
    session.lifted = null;
    this.held = false;
    session.element.classList.remove("planner__card--lifted");
    handle.setAttribute("aria-pressed", "false");
    this.hush();
    this.put(session.element, { ...session, column: this.columnOf(session) });
    this.catchUp();
  }

  // ---- by pointer

  listen() {
    this.field.addEventListener("pointerdown", (event) => {
      const session = this.sessions.find((one) => one.movable && one.element.contains(event.target));
      if (!session || session.stale || this.sending || event.button !== 0) return;
      // A finger that is not on the handle scrolls the page.
      const held = event.target.closest(".planner__grip, .planner__size");
      if (event.pointerType !== "mouse" && !held) return;
      if (event.target.closest(".planner__size")) this.drag(event, session, (place, dx, dy) => this.resized(session, place, dy));
      else this.drag(event, session, (place, _dx, _dy, pointer) => this.moved(session, place, pointer));
    });
    this.listenToTray();
  }

  listenToTray() {
    for (const item of this.part("tray").querySelectorAll("[data-put]")) {
      item.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || (event.pointerType !== "mouse" && !event.target.closest(".tray__grip"))) return;
        this.dragIn(event, item);
      });
    }
  }

  drag(event, session, follow) {
    const box = session.element.getBoundingClientRect();
    const place = { begin: session.begin, end: session.end, column: this.columnOf(session) };
    session.hold = (event.clientY - box.top) / PER_MINUTE;
    this.follow(event, {
      begin: () => { session.element.classList.add("planner__card--lifted"); this.warn(session); },
      move: (pointer, dx, dy) => {
        follow(place, dx, dy, pointer);
        this.put(session.element, place);
        session.element.querySelector(".planner__top").firstChild.textContent = span(place.begin, place.end);
        this.over(pointer, session);
      },
      drop: (pointer) => this.dropped(pointer, session, place),
      cancel: () => this.settle(session),
    });
  }

  resized(session, place, dy) {
    place.end = Math.max(snapped(session.end + dy / PER_MINUTE), place.begin + SHORTEST);
    place.end = Math.min(place.end, this.until);
  }

  moved(session, place, pointer) {
    const { begin, column } = this.at(pointer, session.hold);
    const length = session.end - session.begin;
    place.begin = Math.min(Math.max(begin, this.from), this.until - length);
    place.end = place.begin + length;
    place.column = column;
  }

  // Where the pointer is: a column, and the minute that a card held *hold* minutes below its top begins.
  at(pointer, hold) {
    const box = this.field.getBoundingClientRect();
    const column = Math.floor(((pointer.clientX - box.left) / box.width) * this.rooms.length);
    return {
      begin: snapped(this.from + (pointer.clientY - box.top) / PER_MINUTE - hold),
      column: Math.min(Math.max(column, 0), this.rooms.length - 1),
    };
  }

  dragIn(event, item) {
    const length = Number(item.dataset.minutes ?? USUAL);
    const ghost = made("article", "planner__card planner__card--lifted", item.querySelector("a").textContent);
    const place = { begin: 0, end: length, column: 0 };
    let inside = false;
    this.follow(event, {
      begin: () => item.classList.add("tray__item--lifted"),
      move: (pointer) => {
        inside = this.isOver(pointer, this.scroll);
        if (!inside) { ghost.remove(); return; }
        Object.assign(place, this.at(pointer, 0));
        place.end = place.begin + length;
        this.field.append(ghost);
        this.put(ghost, place);
      },
      drop: () => {
        if (inside) this.post(item.dataset.put, this.fields(place));
        else item.classList.remove("tray__item--lifted");
      },
      cancel: () => { ghost.remove(); item.classList.remove("tray__item--lifted"); },
    });
  }

  // Follow a pointer until it is let go; Escape ends it, and so does a second finger.
  follow(start, on) {
    let begun = false;
    const moved = (pointer) => {
      const [dx, dy] = [pointer.clientX - start.clientX, pointer.clientY - start.clientY];
      if (!begun) {
        if (Math.hypot(dx, dy) < THRESHOLD) return;
        begun = true;
        document.body.classList.add("is-dragging");
        this.held = true;
        on.begin();
      }
      pointer.preventDefault();
      this.scrollAlong(pointer);
      on.move(pointer, dx, dy);
    };
    const end = () => {
      this.held = false;
      document.body.classList.remove("is-dragging");
      this.hush();
      for (const [name, act] of Object.entries(handlers)) removeEventListener(name, act, true);
    };
    const handlers = {
      pointermove: moved,
      pointerup: (pointer) => { end(); if (begun) { this.swallowClick(); on.drop(pointer); } },
      pointercancel: () => { end(); if (begun) { on.cancel(); this.catchUp(); } },
      keydown: (event) => { if (event.key === "Escape") { end(); if (begun) { on.cancel(); this.catchUp(); } } },
    };
    for (const [name, act] of Object.entries(handlers)) addEventListener(name, act, true);
    if (start.pointerType === "mouse") start.preventDefault();
  }

  // The click that follows a drag must not open the session.
  swallowClick() {
    const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }), 50);
  }

  scrollAlong(pointer) {
    const box = this.scroll.getBoundingClientRect();
    if (pointer.clientX > box.right - EDGE && pointer.clientX < box.right) this.scroll.scrollLeft += 12;
    if (pointer.clientX < box.left + EDGE && pointer.clientX > box.left) this.scroll.scrollLeft -= 12;
    if (pointer.clientY > innerHeight - EDGE) scrollBy(0, 12);
    if (pointer.clientY < EDGE * 2) scrollBy(0, -12);
  }

  isOver(pointer, element) {
    const box = element.getBoundingClientRect();
    return pointer.clientX >= box.left && pointer.clientX <= box.right
      && pointer.clientY >= box.top && pointer.clientY <= box.bottom;
  }

  dayUnder(pointer) {
    return [...document.querySelectorAll(".plan-tools .tabs__link")].find((link) => this.isOver(pointer, link));
  }

  over(pointer, session) {
    const tray = this.part("tray");
    tray.classList.toggle("planner__tray--over", "drop" in session.row.dataset && this.isOver(pointer, tray));
    const day = this.dayUnder(pointer);
    document.querySelectorAll(".plan-tools .tabs__link").forEach((link) => link.classList.toggle("is-over", link === day));
  }

  dropped(pointer, session, place) {
    const tray = this.part("tray");
    document.querySelectorAll(".is-over").forEach((link) => link.classList.remove("is-over"));
    if (tray.classList.contains("planner__tray--over")) { this.post(session.row.dataset.drop, {}); return; }
    const day = this.dayUnder(pointer);
    if (day) {
      const own = { begin: session.begin, end: session.end, column: this.columnOf(session) };
      const other = new URL(day.href).searchParams.get("day");
      this.post(session.row.dataset.move, { seen: session.row.dataset.seen, ...this.fields(own, other) }, session);
      return;
    }
    this.send(session, place);
  }

  settle(session) {
    session.element.classList.remove("planner__card--lifted");
    session.element.querySelector(".planner__top").firstChild.textContent = span(session.begin, session.end);
    this.put(session.element, { ...session, column: this.columnOf(session) });
  }

  // ---- sending

  fields({ begin, end, column }, day = this.words.day) {
    const at = new Date(`${day}T00:00:00Z`);
    at.setUTCMinutes(begin);
    return { starts_at: at.toISOString().slice(0, 16), minutes: String(end - begin), room: this.rooms[column].dataset.room };
  }

  send(session, place) {
    const same = place.begin === session.begin && place.end === session.end && place.column === this.columnOf(session);
    if (same) {
      const handle = session.element.querySelector(".planner__grip");
      if (session.lifted) this.putBack(session, handle);
      else { this.settle(session); this.catchUp(); }
      return;
    }
    this.post(session.row.dataset.move, { seen: session.row.dataset.seen, ...this.fields(place) }, session, place);
  }

  // Send an act. What is taken stands: at its *place* within this day, else on the page to come.
  async post(url, fields, session = null, place = null) {
    if (this.sending) return;
    this.sending = true;
    this.late = null; // the page that this act brings knows more
    this.root.setAttribute("aria-busy", "true");
    const body = new FormData(this.part("form"));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body: new URLSearchParams(body), headers: { Accept: "text/html" }, redirect: "manual" });
      if (answer.type !== "opaqueredirect") { show(await answer.text(), null, session?.id ?? null); return; }
    } catch {
      this.free(session);
      toast(this.words.lost);
      return;
    }
    if (place) this.taken(session, place);
    this.fresh = this.refresh(fields.starts_at?.slice(0, 10) ?? this.words.day, session, Boolean(place));
  }

  taken(session, place) {
    Object.assign(session, { begin: place.begin, end: place.end, room: this.rooms[place.column].dataset.room, stale: true });
    for (const column of this.rooms.keys()) this.lanes(column);
    this.sessions.forEach((one) => { if (one.element) this.settle(one); });
    this.free(session);
  }

  free(session) {
    this.sending = false;
    this.held = false;
    this.hush();
    this.root.removeAttribute("aria-busy");
    if (session) {
      session.lifted = null;
      session.element.querySelector(".planner__grip")?.setAttribute("aria-pressed", "false");
      this.settle(session);
    }
  }

  async refresh(day, session, taken) {
    const act = this.act = Symbol("act");
    const url = `${this.words.plan}?day=${day}`;
    try {
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      const page = [await answer.text(), url, session?.id ?? null];
      if (this.act !== act) return; // another act has begun since; its page tells of this one too
      if (taken && this.held) this.late = page;
      else show(...page);
    } catch {
      this.free(taken ? session : null);
      toast(this.words.stale);
    }
  }

  // Show the page that came while something was held.
  catchUp() {
    if (this.late) show(...this.late);
    this.late = null;
  }

  whenFresh(session, act) {
    this.fresh.then(() => {
      const fresh = document.querySelector("[data-planner]")?.planner?.sessions.find((one) => one.id === session.id);
      if (fresh && !fresh.stale) act(fresh);
    });
  }
}

// ---- the page that comes back

function toast(text) {
  document.querySelector(".desk-main > .toasts")?.remove();
  const box = made("div", "toasts container");
  box.setAttribute("role", "status");
  const one = made("div", "toast");
  one.append(made("span", "toast__text", text));
  box.append(one);
  document.querySelector(".desk-main").prepend(box);
}

function show(html, url, moved) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const scroll = document.querySelector("[data-planner-scroll]");
  const [left, top] = [scroll?.scrollLeft ?? 0, scrollY];
  const focused = document.activeElement;
  const elsewhere = focused !== document.body && !document.querySelector(".desk-main").contains(focused);
  const card = document.querySelector("[data-planner]").planner?.sessions.find((one) => one.element?.contains(focused));
  const fresh = page.querySelector(".desk-main");
  if (fresh?.querySelector("[data-planner]")) {
    document.querySelector("[data-planner]").planner?.goOn(page);
    fresh.querySelectorAll("[data-plan-list]").forEach((list) => { list.hidden = true; });
    document.querySelector(".desk-main").replaceWith(fresh);
    history.replaceState(null, "", url);
    start();
  } else {
    // The move was refused: the plan stays as it is, and the sentence says why.
    const why = page.querySelector(".toasts") ?? page.querySelector("[data-errors]");
    begin(document.querySelector("[data-planner]"));
    toast(why?.textContent.trim().replace(/\s+/g, " ") || page.title);
  }
  scrollTo(0, top);
  const now = document.querySelector("[data-planner-scroll]");
  if (now) now.scrollLeft = left;
  if (!elsewhere && (card || moved)) document.querySelector("[data-planner]")?.planner?.focus(card?.id ?? moved);
}

Planner.prototype.focus = function focus(id) {
  const session = this.sessions.find((one) => one.id === id);
  session?.element.querySelector(".planner__grip")?.focus({ preventScroll: true });
};

function begin(root) {
  root.removeAttribute("aria-busy");
  root.querySelector("[data-planner-field]").replaceChildren();
  root.querySelector("[data-planner-hours]").replaceChildren();
  const fresh = root.cloneNode(true); // without the listeners of the one before
  root.replaceWith(fresh);
  fresh.planner = new Planner(fresh);
}

function choose() {
  const root = document.querySelector("[data-planner]");
  if (!root) return;
  const board = WIDE.matches && view() === "board";
  root.hidden = !board;
  if (board && !root.planner) root.planner = new Planner(root);
  document.querySelectorAll("[data-plan-list]").forEach((list) => { list.hidden = board; });
  delete document.documentElement.dataset.plan;
  document.querySelector("[data-plan-switch]").hidden = !WIDE.matches;
  document.querySelectorAll("[data-plan-view]").forEach((button) =>
    button.setAttribute("aria-pressed", String(button.dataset.planView === (board ? "board" : "list"))));
}

function start() {
  document.querySelectorAll("[data-plan-view]").forEach((button) =>
    button.addEventListener("click", () => { remember(button.dataset.planView); choose(); }));
  choose();
}

start();
WIDE.addEventListener("change", choose);
