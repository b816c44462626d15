// The way back from UnionPay is a form; it submits itself where scripts run.
const form = document.querySelector("[data-submit-at-once]");
if (form) setTimeout(() => form.requestSubmit(), 1200);
