// textual.js draws the board; this gives it the keyboard, and opens it again after it was closed.
"use strict";

const focusBoard = () => document.querySelector(".xterm-helper-textarea")?.focus();

new MutationObserver((_, observer) => {
  if (document.body.classList.contains("-first-byte")) {
    observer.disconnect();
    focusBoard();
  }
}).observe(document.body, { attributes: true, attributeFilter: ["class"] });
window.addEventListener("focus", focusBoard);
document.getElementById("again").addEventListener("click", () => window.location.reload());
