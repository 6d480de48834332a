// Two points on the whole picture, by mouse, touch or keys.

const NAMES = 'AB', REACH = 22, ZOOM = 8;
const points = { at: [], chosen: 0, drag: false };
window.senoscope.points = points;
const loupe = find('loupe'), lens = loupe.getContext('2d', { alpha: false });

const within = (value, most) => Math.min(Math.max(Math.round(value * 10) / 10, 0), most - 1);
const placed = ([x, y]) => [within(x, picture.header.size[0]), within(y, picture.header.size[1])];

function pointOf(event) {
  const box = canvas.getBoundingClientRect(), [columns, rows] = picture.header.size;
  return [(event.clientX - box.left) / box.width * columns - 0.5, (event.clientY - box.top) / box.height * rows - 0.5];
}

function nearest([x, y]) {
  const far = points.at.map(([px, py]) => Math.hypot(px - x, py - y));
  return far.indexOf(Math.min(...far));
}

// A third click moves the nearer one.
function pointDown(event) {
  if (picture.header === null) return;
  const point = pointOf(event), near = points.at.length ? nearest(point) : -1;
  const reach = REACH * picture.header.size[0] / canvas.clientWidth;
  const grabs = near >= 0 && Math.hypot(points.at[near][0] - point[0], points.at[near][1] - point[1]) < reach;
  if (grabs) points.chosen = near;
  else if (points.at.length < 2) points.chosen = points.at.push(placed(point)) - 1;
  else { points.chosen = near; points.at[near] = placed(point); }
  // Where it was taken hold of, so that it does not jump there.
  points.drag = grabs ? [points.at[near][0] - point[0], points.at[near][1] - point[1]] : [0, 0];
  canvas.setPointerCapture(event.pointerId);
  pointsMoved();
}

function pointMove(event) {
  if (!points.drag || picture.header === null) return;
  const [x, y] = pointOf(event), [right, down] = points.drag;
  points.at[points.chosen] = placed([x + right, y + down]);
  pointsMoved();
}

function pointKey(event) {
  if (picture.header === null || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key in ARROWS) stepPoint(ARROWS[event.key], event.shiftKey ? 10 : 1);
  else if (event.key === ' ' || event.key === 'Enter') otherPoint();
  else if (event.key === 'Delete' || event.key === 'Backspace') removePoints();
  else return;
  event.preventDefault();
}

const middle = () => placed(picture.header.size.map((side) => Math.round(side / 2)));

function stepPoint([right, down], far) {
  if (points.at.length === 0) points.chosen = points.at.push(middle()) - 1;
  const [x, y] = points.at[points.chosen];
  points.at[points.chosen] = placed([x + right * far, y + down * far]);
  pointsMoved();
}

// The second one begins where the first is.
function otherPoint() {
  if (points.at.length === 0) points.at.push(middle());
  else if (points.at.length === 1) points.chosen = points.at.push([...points.at[0]]) - 1;
  else points.chosen = 1 - points.chosen;
  pointsMoved();
}

function removePoints() {
  Object.assign(points, { at: [], chosen: 0, drag: false });
  pointsMoved();
}

function pointsMoved() {
  draw();
  sayPoints();
}

function sayPoints() {
  find('points_remove').disabled = points.at.length === 0;
  const [a, b] = points.at.map((point) => point.map((value) => value.toFixed(0)));
  if (points.at.length === 0) write('points_said', '');
  else if (points.at.length === 1) write('points_said', t('point_said', { x: a[0], y: a[1] }));
  else {
    const [[ax, ay], [bx, by]] = points.at;
    const n = Math.hypot(bx - ax, by - ay).toFixed(1);
    write('points_said', t('points_said', { ax: a[0], ay: a[1], bx: b[0], by: b[1], n, point: NAMES[points.chosen] }));
  }
}

function drawPoints() {
  const seen = points.at.map(onCanvas), unit = devicePixelRatio;
  if (seen.length === 2) {
    const line = new Path2D();
    line.moveTo(...seen[0]);
    line.lineTo(...seen[1]);
    ink.save();
    ink.setLineDash([2 * unit, 5 * unit]);
    twice(line, '#fff', 1.5);
    ink.restore();
  }
  seen.forEach(([x, y], i) => {
    const cross = new Path2D(), reach = (i === points.chosen ? 11 : 8) * unit;
    cross.moveTo(x - reach, y);
    cross.lineTo(x + reach, y);
    cross.moveTo(x, y - reach);
    cross.lineTo(x, y + reach);
    twice(cross, '#fff', i === points.chosen ? 2 : 1.5);
    ink.font = `600 ${15 * unit}px system-ui, sans-serif`;
    ink.lineWidth = 4 * unit;
    ink.strokeStyle = '#000';
    ink.fillStyle = '#fff';
    ink.strokeText(NAMES[i], x + 9 * unit, y - 9 * unit);
    ink.fillText(NAMES[i], x + 9 * unit, y - 9 * unit);
  });
}

// The chosen point enlarged, in the upper corner that is away from it.
function drawLoupe() {
  const point = points.at[points.chosen];
  loupe.hidden = !point || picture.bitmap === null;
  if (loupe.hidden) return;
  const side = loupe.width / ZOOM, [x, y] = point;
  lens.imageSmoothingEnabled = false;
  lens.fillStyle = '#000';
  lens.fillRect(0, 0, loupe.width, loupe.height);
  lens.drawImage(picture.bitmap, x + 0.5 - side / 2, y + 0.5 - side / 2, side, side, 0, 0, loupe.width, loupe.height);
  lens.fillStyle = '#4cc2a5';
  const half = loupe.width / 2;
  lens.fillRect(half - 0.5, 0, 1, loupe.height);
  lens.fillRect(0, half - 0.5, loupe.width, 1);
  const atLeft = x > picture.header.size[0] / 2;
  loupe.style.left = atLeft ? '6px' : `${find('room').clientWidth - loupe.width - 6}px`;
}

function listenToPoints() {
  canvas.addEventListener('pointerdown', pointDown);
  canvas.addEventListener('pointermove', pointMove);
  for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { points.drag = false; });
  canvas.addEventListener('keydown', pointKey);
  find('points_remove').addEventListener('click', removePoints);
}
