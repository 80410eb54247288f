// While a job (a run, an import) is open, fetches the page again and swaps the part that changes; reloads once it is over.
const part = document.getElementById("job");

async function look() {
  try {
    const answer = await fetch(window.location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("job");
    if (!fresh || !fresh.hasAttribute("data-open")) {
      window.location.reload();
      return;
    }
    if (fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
  } catch {
    // The network is away for a moment: look again.
  }
  setTimeout(look, 1500);
}

setTimeout(look, 1500);
