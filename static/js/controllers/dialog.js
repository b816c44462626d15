/* A link or button whose data-dialog names a <dialog>; without script the link's own page opens. */
export default function dialog(opener) {
  const box = document.getElementById(opener.dataset.dialog);
  if (!box) return;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    box.showModal();
  });
  if (box.dataset.ready) return;
  box.dataset.ready = "1";
  box.addEventListener("click", (event) => {
    if (event.target === box || event.target.closest("[data-close]")) box.close();
  });
}
