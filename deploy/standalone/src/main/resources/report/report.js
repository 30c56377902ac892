/** Tables whose headings put the rows in order; what is missing stays last. */
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const value = (row, column) => row.cells[column].dataset.v ?? row.cells[column].textContent;
  const compare = (a, b) => {
    const difference = Number(a) - Number(b);
    return Number.isNaN(difference) ? a.localeCompare(b) : difference;
  };
  heads.forEach((head, column) => {
    head.querySelector('button')?.addEventListener('click', () => {
      const begun = head.getAttribute('aria-sort');
      const descending = begun ? begun === 'ascending' : head.classList.contains('number');
      heads.forEach((other) => other.removeAttribute('aria-sort'));
      head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      const rows = [...body.rows].sort((x, y) => {
        const [a, b] = [value(x, column), value(y, column)];
        if (a === '' || b === '') {
          return (a === '') - (b === '');
        }
        return descending ? compare(b, a) : compare(a, b);
      });
      body.append(...rows);
    });
  });
}
