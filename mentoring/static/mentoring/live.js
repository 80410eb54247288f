// A form that asks without writing (<form data-live="ID">): its answer, the element ID, follows each change of a field.
// Without this script a button of the form does the same: by GET as it is, by POST as "preview".
for (const form of document.querySelectorAll("form[data-live]")) {
  const place = document.getElementById(form.dataset.live);
  let timer = 0;
  let running = null;

  async function ask() {
    running?.abort();
    running = new AbortController();
    const here = window.location.pathname;
    const options = { credentials: "same-origin", signal: running.signal };
    const typed = new FormData(form);
    let address = here;
    if (form.method === "post") {
      typed.set("do", "preview");
      Object.assign(options, { method: "POST", body: new URLSearchParams(typed) });
    } else {
      address = `${here}?${new URLSearchParams(typed)}`;
    }
    try {
      const answer = await fetch(address, options);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.live);
      const fault = page.querySelector("#main [role=alert]");
      if (fault) place.replaceChildren(document.adoptNode(fault));
      else if (fresh) place.innerHTML = fresh.innerHTML;
    } catch {
      // Away for a moment, or asked anew: the button is still there.
    }
  }

  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 250);
  });
}
