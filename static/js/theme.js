// Runs before the first paint, so that a chosen theme never flashes. A classic script: modules wait.
(() => {
  const root = document.documentElement;
  if (root.hasAttribute("data-theme-fixed")) return;
  const chosen = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
})();
