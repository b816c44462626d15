/* Sends its form shortly after a change, so that no "update" button is needed. */
export default function autoSubmit(form) {
  let timer;
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-no-auto-submit]")) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (form.reportValidity()) form.requestSubmit();
    }, Number(form.dataset.delay ?? 250));
  });
}
