// The outline of one lesion on one frame, drawn anew by points or by brush.

const HANDLES = 24, FEWEST_HANDLES = 4, REACH = 22;   // reach in CSS pixels
const edit = {
  mode: null,          // 'points', 'brush' or null
  handles: [],         // [x, y] in picture pixels, the outline runs smoothly through them
  of: '',              // the outline that they were made of or led to
  at: null,            // the handle that keys move
  drag: null,          // the handle or brush that the pointer holds
  stroke: [], erases: false, radius: 14,
  saving: Promise.resolve(), pending: 0, later: 0,
};
window.senoscope.edit = edit;

const isBusyEditing = () => edit.drag !== null || edit.pending > 0 || edit.later !== 0;

function startEdit(mode) {
  if (picture.header === null) return;
  pause();
  const first = picture.header.findings.find((each) => each.number > 0);
  if (!findingOf(clip.selected) && !first) { tell(t('edit_nothing')); return; }
  edit.mode = mode;
  if (!findingOf(clip.selected)) select(first.number);
  Object.assign(edit, { of: '', at: null, stroke: [] });
  followOutline();
  draw();
  refresh();
}

function endEdit() {
  if (edit.mode === null) return;
  flushMove();
  Object.assign(edit, { mode: null, handles: [], of: '', at: null, drag: null, stroke: [] });
  draw();
  refresh();
}

// Handles stay where they were put; an outline that came from elsewhere gets its own.
function followOutline() {
  const points = edit.mode === 'points' ? findingOf(clip.selected)?.outline : undefined;
  const of = points === undefined ? '' : `${picture.header.place} ${clip.selected} ${points}`;
  if (of === edit.of) return;
  Object.assign(edit, { of, at: null, drag: null, handles: points === undefined ? [] : spread(points) });
}

// Equally far apart along the outline.
function spread(flat) {
  const points = pairs(flat), lengths = points.map((point, i) => distance(point, points[(i + 1) % points.length]));
  const whole = lengths.reduce((sum, each) => sum + each, 0), handles = [];
  let walked = 0, next = 0;
  for (let i = 0; i < points.length; i += 1) {
    while (next < HANDLES && next * whole / HANDLES <= walked + lengths[i]) {
      const share = lengths[i] ? (next * whole / HANDLES - walked) / lengths[i] : 0;
      const [from, to] = [points[i], points[(i + 1) % points.length]];
      handles.push([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
      next += 1;
    }
    walked += lengths[i];
  }
  return handles;
}

const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
const distance = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);

// A smooth closed line through all handles (Catmull and Rom), flat as the server takes it.
function throughHandles() {
  const { handles } = edit, flat = [], [columns, rows] = picture.header.size;
  handles.forEach((from, i) => {
    const [before, to, after] = [-1, 1, 2].map((step) => handles[(i + step + handles.length) % handles.length]);
    for (const s of [0, 0.25, 0.5, 0.75]) {
      for (const axis of [0, 1]) {
        const [a, b, c, d] = [before, from, to, after].map((point) => point[axis]);
        const value = b + 0.5 * s * (c - a + s * (2 * a - 5 * b + 4 * c - d + s * (3 * (b - c) + d - a)));
        flat.push(Math.round(10 * Math.min(Math.max(value, 0), (axis ? rows : columns) - 1)) / 10);
      }
    }
  });
  return flat;
}

// One after another, so that the last drawn is the last kept.
function save(body) {
  const { place } = picture.header, number = clip.selected;
  edit.pending += 1;
  edit.saving = edit.saving.then(async () => {
    try {
      const header = await ask(`/clip/frames/${place}/lesions/${number}`, body);
      if (picture.header?.place === place && edit.pending === 1) keepHandles(header, 'outline' in body);
      await askState('/clip');
    } catch (error) {
      tell(error.message);
      edit.of = '';
      if (picture.header?.place === place) look(place);
    }
    edit.pending -= 1;
  });
  return edit.saving;
}

function keepHandles(header, keep) {
  const said = header.findings.find((each) => each.number === clip.selected);
  edit.of = keep && said ? `${header.place} ${clip.selected} ${said.outline}` : '';
  takeHeader(header);
}

const undoEdit = () => (findingOf(clip.selected) ? save({ undo: true }) : tell(t('edit_nothing')));
const resetOutline = () => (findingOf(clip.selected) ? save({ reset: true }) : tell(t('edit_nothing')));

function bend() {
  findingOf(clip.selected).outline = throughHandles();
  draw();
}

const saveHandles = () => save({ outline: throughHandles() });

const reach = () => REACH * picture.header.size[0] / canvas.clientWidth;

function nearestHandle(point) {
  let best = null;
  edit.handles.forEach((handle, i) => {
    if (distance(handle, point) < (best === null ? reach() : distance(edit.handles[best], point))) best = i;
  });
  return best;
}

function penDown(event) {
  if (edit.mode === null || event.button !== 0 || !findingOf(clip.selected)) return;
  const point = pointOf(event, picture.header.size);
  if (edit.mode === 'points') {
    edit.drag = edit.at = nearestHandle(point);
    if (edit.drag !== null) edit.grip = { from: edit.handles[edit.drag], point, moved: false };
  } else {
    edit.drag = { adds: !(edit.erases || event.shiftKey) };
    edit.stroke = [...point];
  }
  if (edit.drag !== null) canvas.setPointerCapture(event.pointerId);
  draw();
}

function penMove(event) {
  if (edit.drag === null) return;
  const point = pointOf(event, picture.header.size);
  if (edit.mode === 'brush') {
    const end = edit.stroke.slice(-2);
    if (distance(end, point) >= 1) edit.stroke.push(...point);
    draw();
    return;
  }
  const { from, point: start } = edit.grip;
  if (distance(start, point) >= 1) edit.grip.moved = true;
  if (!edit.grip.moved) return;
  edit.handles[edit.drag] = [from[0] + point[0] - start[0], from[1] + point[1] - start[1]];
  bend();
}

function penUp() {
  const { drag, stroke } = edit;
  if (drag === null) return;
  Object.assign(edit, { drag: null, stroke: [] });
  if (edit.mode === 'points') { if (edit.grip.moved) saveHandles(); return; }
  save({ stroke: stroke.map((each) => Math.round(10 * each) / 10), radius: edit.radius, adds: drag.adds });
}

function penLost() {
  Object.assign(edit, { drag: null, stroke: [], of: '' });
  if (edit.mode !== null && picture.header) look(picture.header.place);
}
