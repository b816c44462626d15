/* Messages leave by themselves, errors wait to be read; a pointer or focus holds them. */
export default function toast(element) {
  const leave = () => {
    element.classList.add("is-leaving");
    setTimeout(() => element.remove(), 300);
  };
  element.querySelector("[data-close]")?.addEventListener("click", leave);
  if (element.dataset.level === "error") return;
  let timer = setTimeout(leave, 6000);
  const hold = () => clearTimeout(timer);
  const release = () => { timer = setTimeout(leave, 3000); };
  element.addEventListener("pointerenter", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("pointerleave", release);
  element.addEventListener("focusout", release);
}
