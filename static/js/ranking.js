// Wishes of one time: what is chosen in one row is not to be chosen in another.
for (const block of document.querySelectorAll("[data-ranking-block]")) {
  const rows = [...block.querySelectorAll("select")];
  const settle = () => {
    for (const row of rows) {
      const taken = new Set(rows.filter((one) => one !== row).map((one) => one.value));
      for (const option of row.options) {
        option.disabled = option.value !== "" && taken.has(option.value);
      }
    }
  };
  block.addEventListener("change", settle);
  settle();
}
