// ROC curves: readers alone, readers with the AI, the AIs; one of them can be marked.

const ROC = { left: 56, right: 12, top: 12, bottom: 52, wide: 520, high: 470 };
const curveKey = ({ said, by }) => `${said}/${by}`;

function showRoles() {
  find('roc_roles').replaceChildren(...ROLES.filter((role) => page.shown.study.figures.some(({ said }) => roleKey(said) === role)).map((role) => {
    const button = make('button', `role ${role}`);
    draws('path', { d: 'M2 8h36', class: `curve ${role}` }, draws('svg', { viewBox: '0 0 40 16', width: 40, height: 16, 'aria-hidden': 'true' }, button));
    make('span', '', button).textContent = t(`proof_said_${role}`);
    button.setAttribute('aria-pressed', page.roles.has(role));
    button.onclick = () => {
      if (!page.roles.delete(role)) page.roles.add(role);
      button.setAttribute('aria-pressed', page.roles.has(role));
      drawRoc();
    };
    return button;
  }));
}

function drawRoc() {
  const { left, right, top, bottom, wide, high } = ROC, chart = find('roc'), made = [];
  const x = (share) => left + share * (wide - left - right), y = (share) => high - bottom - share * (high - top - bottom);
  const add = (tag, given, words) => { const one = draws(tag, given); if (words !== undefined) one.textContent = words; made.push(one); };
  for (let share = 0; share <= 1; share += 0.25) {
    add('line', { x1: x(share), x2: x(share), y1: y(0), y2: y(1), class: 'grid' });
    add('line', { x1: x(0), x2: x(1), y1: y(share), y2: y(share), class: 'grid' });
    add('text', { x: x(share), y: y(0) + 18, 'text-anchor': 'middle', class: 'tick' }, `${share}`);
    add('text', { x: left - 8, y: y(share) + 5, 'text-anchor': 'end', class: 'tick' }, `${share}`);
  }
  add('line', { x1: x(0), x2: x(1), y1: y(0), y2: y(1), class: 'chance' });
  add('text', { x: x(0.5), y: high - 10, 'text-anchor': 'middle' }, t('proof_x_axis'));
  add('text', { transform: `translate(16 ${y(0.5)}) rotate(-90)`, 'text-anchor': 'middle' }, t('proof_y_axis'));
  const drawn = page.shown.study.figures.filter(({ said, roc }) => page.roles.has(roleKey(said)) && roc.length);
  // The marked one last, so that it lies above.
  for (const figure of [...drawn].sort((one, other) => (curveKey(one) === page.marked) - (curveKey(other) === page.marked))) {
    const points = figure.roc.map(([across, up]) => `${x(across).toFixed(1)},${y(up).toFixed(1)}`).join(' ');
    add('polyline', { points, class: `curve ${roleKey(figure.said)}${curveKey(figure) === page.marked ? ' marked' : ''}` });
  }
  chart.setAttribute('aria-label', t('proof_roc_said', { n: drawn.length }));
  chart.replaceChildren(...made);
}
