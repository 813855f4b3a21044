// Sheets that ask before something ends or is passed on.

export function watchSheets() {
  document.body.addEventListener("click", (event) => {
    const { id } = event.target.closest?.("button") ?? {};
    if (id === "open-end") document.getElementById("end").showModal();
    if (id === "open-pass") document.getElementById("pass").showModal();
    if (id === "open-picture") document.getElementById("picture").showModal();
    if (event.target.closest?.("[data-close]")) event.target.closest("dialog").close();
  });
}
