/* Copies data-copy and says so in the button itself. */
export default function copy(button) {
  const label = button.querySelector("[data-label]") ?? button;
  const before = label.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = button.dataset.copied;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}
