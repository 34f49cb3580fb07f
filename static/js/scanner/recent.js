// The last scans of this device, newest first, each with its way back.

const MOST = 30;

export class Recent {
  constructor({ list, empty, row, words, onUndo, onAdmit, onBadge, onDismiss }) {
    Object.assign(this, { list, empty, row, words, onUndo, onAdmit, onBadge, onDismiss });
    this.rows = new Map();
  }

  /** Put *scan* on top: `{id, at, view, tail}` (the last signs of its code), with `can` listing `undo`, `admit`, `badge`, `dismiss`. */
  add(scan, can = []) {
    const element = this.row.content.firstElementChild.cloneNode(true);
    element.dataset.scan = scan.id;
    this.#button(element, "undo", () => this.onUndo(scan.id));
    this.#button(element, "admit", () => this.onAdmit(scan.id));
    this.#button(element, "badge", () => this.onBadge(scan.id));
    this.#button(element, "dismiss", () => this.onDismiss(scan.id));
    this.rows.get(scan.id)?.remove();
    this.rows.set(scan.id, element);
    this.list.prepend(element);
    this.#fill(element, scan, can);
    this.#trim();
  }

  /** Change what a listed scan says, e.g. when its answer came at last. */
  change(scan, can = []) {
    const element = this.rows.get(scan.id);
    if (element) this.#fill(element, scan, can);
    else this.add(scan, can);
  }

  remove(id) {
    this.rows.get(id)?.remove();
    this.rows.delete(id);
    this.empty.hidden = this.rows.size > 0;
  }

  #fill(element, { at, view, tail }, can) {
    const part = (name) => element.querySelector(`[data-scan-${name}]`);
    element.dataset.tone = view.tone;
    part("time").textContent = this.words.ownTime(at);
    part("time").dateTime = new Date(at).toISOString();
    part("word").textContent = view.word;
    part("name").textContent = view.name || this.words.say("nameless", { tail });
    const said = [view.tone === "ok" ? "" : view.lines[0], view.waits].filter(Boolean).join(" ");
    part("note").textContent = said;
    part("note").hidden = !said;
    for (const name of ["undo", "admit", "badge", "dismiss"]) {
      const button = part(name);
      button.hidden = !can.includes(name);
      button.setAttribute("aria-label", `${button.textContent.trim()}: ${part("name").textContent}`);
    }
  }

  #button(element, name, act) {
    element.querySelector(`[data-scan-${name}]`).addEventListener("click", act);
  }

  #trim() {
    this.empty.hidden = true;
    const oldest = [...this.list.children].slice(MOST);
    for (const element of oldest) this.remove(element.dataset.scan);
  }
}
