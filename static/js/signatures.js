// Noting signatures by keyboard: arrows move from row to row, a number and Enter jump to that row.

const form = document.querySelector("[data-signatures]");
const boxes = form ? [...form.querySelectorAll("[data-row]")] : [];
let typed = "";

form?.addEventListener("keydown", (event) => {
  const place = boxes.indexOf(event.target);
  if (place < 0) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    boxes[place + step]?.focus();
    typed = "";
  } else if (/^\d$/.test(event.key)) {
    typed += event.key;
  } else if (event.key === "Enter" && typed) {
    event.preventDefault();
    boxes.find((box) => box.dataset.row === typed)?.focus();
    typed = "";
  } else if (event.key !== "Tab") {
    typed = "";
  }
});
