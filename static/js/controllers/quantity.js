/* − and + around a number field; the field's own min, max and step rule. */
export default function quantity(element) {
  const input = element.querySelector("input");
  const buttons = [...element.querySelectorAll("[data-step]")];
  const refresh = () => {
    const value = Number(input.value);
    for (const button of buttons) {
      const down = button.dataset.step < 0;
      button.disabled = input.disabled
        || (down && value <= Number(input.min || 1))
        || (!down && input.max !== "" && value >= Number(input.max));
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.dataset.step < 0) input.stepDown(); else input.stepUp();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  input.addEventListener("input", refresh);
  input.addEventListener("change", refresh);
  refresh();
}
