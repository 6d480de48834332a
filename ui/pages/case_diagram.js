// Both breasts from in front, with each finding's place and how sure it is.

const BREAST = { R: -85, L: 85 }, REACH = 72;   // mm: middles, and how far a breast goes on the picture
const SHAPES = {
  ultrasound: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z',
  mammography: 'M-3.8-3.8h7.6v7.6h-7.6z',
  tomosynthesis: 'M0-4.8l4.6 8.2h-9.2z',
  breast_mri: 'M0-5.2l5.2 5.2-5.2 5.2-5.2-5.2z',
};

function letter(text, x, y, parent, attributes = {}) {
  draws('text', { x, y, 'text-anchor': 'middle', 'dominant-baseline': 'central', ...attributes }, parent).textContent = text;
}

function drawBreasts() {
  const paper = find('breasts');
  paper.replaceChildren();
  for (const side of ['R', 'L']) drawBreast(paper, side);
  drawShapes();
  if (page.case === null) return;
  const current = page.case.groups.flatMap((group) => group.findings.map((key) => ({ group, key })));
  const placed = current.filter(({ key }) => findingOf(key).place.known);
  for (const each of placed) drawEllipse(paper, each);
  for (const group of page.case.groups) drawLink(paper, group);
  for (const each of placed) drawMarker(paper, each);
  const lost = current.filter(({ key }) => !findingOf(key).place.known);
  write('unplaced', lost.length ? t('case_unplaced', { list: listed(lost.map(({ key }) => shortOf(key))) }) : '');
}

function drawBreast(paper, side) {
  const breast = draws('g', { transform: `translate(${BREAST[side]} 4)`, 'aria-hidden': 'true', class: 'breast' }, paper);
  const out = side === 'R' ? -1 : 1;
  // The axillary tail shows at a glance which side is lateral.
  draws('path', { class: 'skin', d: `M${out * 30}-66Q${out * 62}-82 ${out * 80}-84Q${out * 82}-60 ${out * 68}-26` }, breast);
  draws('circle', { class: 'skin', r: REACH }, breast);
  for (const mm of [20, 40, 60]) draws('circle', { class: 'ring', r: mm }, breast);
  draws('path', { class: 'ring', d: `M-${REACH} 0h${2 * REACH}M0-${REACH}v${2 * REACH}` }, breast);
  draws('circle', { class: 'nipple', r: 2.5 }, breast);
  for (let hour = 1; hour <= 12; hour += 1) {
    const turn = (hour * Math.PI) / 6, far = hour % 3 ? REACH - 5 : REACH - 7;
    letter(hour, far * Math.sin(turn), -far * Math.cos(turn), breast, { class: hour % 3 ? 'hour' : 'main' });
  }
  letter(t(`case_breast_${side}`), -out * 44, -85, breast, { class: 'side' });
}

// Findings of one lesion that lie together stand beside each other, or the last hides the others.
const BESIDE = { ultrasound: [-6, -5], mammography: [6, -5], tomosynthesis: [-6, 6], breast_mri: [6, 6] }, TOO_NEAR = 9;

function markerSpots(group) {
  const placed = group.findings.filter((key) => findingOf(key).place.known).map((key) => [key, spotOf(findingOf(key))]);
  const near = ([, a], [, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]) < TOO_NEAR;
  return new Map(placed.map((one) => {
    const [key, [x, y]] = one, [right, down] = BESIDE[findingOf(key).modality];
    return [key, placed.some((other) => other !== one && near(one, other)) ? [x + right, y + down] : [x, y]];
  }));
}

// On the page, kept within the picture: what lies beyond the breast stands at its edge.
function spotOf({ place: { side, right_mm: right, up_mm: up } }) {
  const far = Math.hypot(right, up), scale = far > REACH ? REACH / far : 1;
  return [BREAST[side] + right * scale, 4 - up * scale];
}

const chosenClass = (group) => (page.group === null ? '' : page.group === group.number ? ' chosen' : ' other');

function drawEllipse(paper, { group, key }) {
  const finding = findingOf(key), [x, y] = spotOf(finding), [rx, ry, angle] = finding.place.ellipse;
  draws('ellipse', { class: `doubt${chosenClass(group)}`, cx: 0, cy: 0, rx, ry, transform: `translate(${x} ${y}) rotate(${angle})`, 'aria-hidden': 'true' }, paper);
}

// The line that joins the findings of one lesion.
function drawLink(paper, group) {
  const spots = [...markerSpots(group).values()];
  if (spots.length < 2) return;
  draws('polyline', { class: `link-line${chosenClass(group)}`, points: spots.map((each) => each.join(',')).join(' '), 'aria-hidden': 'true' }, paper);
}

function drawMarker(paper, { group, key }) {
  const finding = findingOf(key), spots = markerSpots(group), [x, y] = spots.get(key);
  const marker = draws('g', {
    class: `marker${chosenClass(group)}`, transform: `translate(${x} ${y})`, role: 'img',
    'aria-label': t('case_marker', { n: group.number, modality: modalityOf(finding.modality), place: placeSaid(finding.place) }),
    'data-modality': finding.modality, 'data-overruled': finding.said === 'overruled',
  }, paper);
  draws('title', {}, marker).textContent = marker.getAttribute('aria-label');
  draws('path', { d: SHAPES[finding.modality] }, marker);
  if (spots.keys().next().value === key) letter(group.number, -7, -6, marker, { class: 'count' });
  marker.addEventListener('click', () => chooseGroup(group.number, true));
}

function drawShapes() {
  find('shapes').replaceChildren(...MODALITIES.map((name) => {
    const item = make('li', '');
    drawShape(name, item);
    make('span', '', item).textContent = modalityOf(name);
    return item;
  }));
}

function drawShape(name, parent) {
  const sign = draws('svg', { class: 'shape', viewBox: '-6 -6 12 12', 'aria-hidden': 'true' }, parent);
  draws('path', { d: SHAPES[name] }, sign);
}
