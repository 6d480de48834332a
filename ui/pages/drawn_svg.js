// What graphs are made of: SVG elements, round steps of an axis, and rows of the table beside.

const SVG = 'http://www.w3.org/2000/svg';

function draws(tag, given, parent) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(given)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

// Round steps so that three to five lines cross the graph.
function stepOf(span) {
  const raw = span / 4, power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].find((each) => each * power >= raw) * power;
}

function rowOf(name, cells) {
  const row = make('tr', ''), head = make('th', '', row);
  head.scope = 'row';
  head.textContent = name;
  for (const text of cells) make('td', '', row).textContent = text;
  return row;
}
