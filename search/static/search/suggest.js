/* Suggestions while typing, for every search box of the page (an editable combobox with a list).
   Without this module the box is a plain form; with it, Enter still searches unless a suggestion was chosen. */
const WAIT = 180; // milliseconds after the last key
const SHORTEST = 2;
let count = 0;

class Suggestions {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.address = new URL("suggest/", new URL(this.form.action, document.baseURI));
    this.items = [];
    this.at = -1;
    this.timer = 0;
    this.request = null;

    const number = ++count;
    this.list = document.createElement("ul");
    this.list.className = "suggestions";
    this.list.id = `suggestions-${number}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    this.list.hidden = true;
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.form.append(this.list, this.status);

    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.addEventListener("input", () => this.wait());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("focus", () => { if (this.items.length && this.shownFor === this.words()) this.open(); });
    this.form.addEventListener("focusout", (event) => { if (!this.form.contains(event.relatedTarget)) this.close(); });
    // The pointer must not take the focus from the box before the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.go(Number(option.dataset.at));
    });
  }

  words() {
    return this.input.value.trim();
  }

  wait() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (this.words().length < SHORTEST) {
      this.show([], "");
      return;
    }
    this.timer = setTimeout(() => this.ask(this.words()), WAIT);
  }

  async ask(words) {
    this.request = new AbortController();
    const address = new URL(this.address);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const { suggestions } = await answer.json();
      if (words === this.words()) this.show(suggestions, words);
    } catch {
      // No suggestions: the form searches as ever.
      if (words === this.words()) this.show([], words);
    }
  }

  show(items, words) {
    this.items = items;
    this.shownFor = words;
    this.at = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...items.map((item, at) => this.option(item, at)));
    this.status.textContent = words ? (items.length ? `${items.length} suggestion${items.length === 1 ? "" : "s"}.` : "No suggestions.") : "";
    if (items.length && document.activeElement === this.input) this.open();
    else this.close();
  }

  option(item, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.className = "suggestions__option";
    option.dataset.at = String(at);
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const title = document.createElement("span");
    title.textContent = item.title;
    const kind = document.createElement("span");
    kind.className = "suggestions__kind";
    kind.textContent = item.kind;
    option.append(title, " ", kind);
    return option;
  }

  open() {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.select(-1);
  }

  select(at) {
    this.at = at;
    [...this.list.children].forEach((option, here) => option.setAttribute("aria-selected", String(here === at)));
    if (at < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    const option = this.list.children[at];
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.isComposing) return;
    const shut = this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.items.length) return;
      event.preventDefault();
      const last = this.items.length - 1;
      if (shut) this.open();
      if (event.key === "ArrowDown") this.select(this.at >= last ? -1 : this.at + 1);
      else this.select(this.at < 0 ? last : this.at - 1);
    } else if (event.key === "Enter" && !shut && this.at >= 0) {
      event.preventDefault();
      this.go(this.at);
    } else if (event.key === "Escape" && !shut) {
      event.preventDefault(); // the first Escape closes the list, the next one empties the box
      this.close();
    }
  }

  go(at) {
    const address = new URL(this.items[at].url, document.baseURI);
    if (address.origin === location.origin) location.assign(address);
  }
}

for (const input of document.querySelectorAll(".search-box input[type=search]")) new Suggestions(input);
