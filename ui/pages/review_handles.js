// What editing looks like, and the handles under the keyboard and a double click.

const PAUSE_MS = 400;   // a run of arrow keys is one change

function addOrRemoveHandle(event) {
  if (edit.mode !== 'points' || edit.handles.length === 0) return;
  const point = pointOf(event, picture.header.size), near = nearestHandle(point);
  if (near !== null && distance(edit.handles[near], point) < reach() / 2) { removeHandle(near); return; }
  addHandle(nearestSide(point), point);
}

function nearestSide(point) {
  const detour = edit.handles.map((each, i) => {
    const next = edit.handles[(i + 1) % edit.handles.length];
    return distance(each, point) + distance(point, next) - distance(each, next);
  });
  return detour.indexOf(Math.min(...detour));
}

function addHandle(after, point) {
  flushMove();
  edit.handles.splice(after + 1, 0, point);
  edit.at = after + 1;
  bend();
  saveHandles();
}

function removeHandle(place) {
  if (edit.handles.length <= FEWEST_HANDLES) { tell(t('fewest_handles', { n: FEWEST_HANDLES })); return; }
  flushMove();
  edit.handles.splice(place, 1);
  edit.at = null;
  bend();
  saveHandles();
}

function chooseHandle(step) {
  if (edit.handles.length === 0) return;
  flushMove();
  const { length } = edit.handles;
  edit.at = edit.at === null ? 0 : (edit.at + step + length) % length;
  draw();
  refresh();
}

// Whether the key was one for the chosen handle.
function pressHandle(event) {
  const key = event.key.toLowerCase();
  if (edit.mode !== 'points' || edit.at === null) return false;
  if (event.key in ARROWS) { moveHandle(ARROWS[event.key], event.shiftKey ? 10 : 1); return true; }
  if (key === 'delete' || key === 'backspace') { removeHandle(edit.at); return true; }
  if (key !== 'insert' && key !== '+') return false;
  const [from, to] = [edit.handles[edit.at], edit.handles[(edit.at + 1) % edit.handles.length]];
  addHandle(edit.at, [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
  return true;
}

function moveHandle([right, down], far) {
  const [x, y] = edit.handles[edit.at];
  edit.handles[edit.at] = [x + right * far, y + down * far];
  bend();
  clearTimeout(edit.later);
  edit.later = setTimeout(flushMove, PAUSE_MS);
}

function flushMove() {
  if (edit.later === 0) return;
  clearTimeout(edit.later);
  edit.later = 0;
  saveHandles();
}

// Back by one: from the handle to the outline, from there out of editing.
function leave() {
  if (edit.at === null) { endEdit(); return; }
  flushMove();
  edit.at = null;
  draw();
  refresh();
}

function drawEdit(scale) {
  if (edit.mode === 'points') {
    edit.handles.forEach((handle, i) => dot(handle, scale, i === edit.at));
  }
  if (edit.stroke.length === 0) return;
  const path = new Path2D();
  // A stroke of one point is drawn as a dot.
  for (const [x, y] of [...pairs(edit.stroke), edit.stroke.slice(-2)]) path.lineTo((x + 0.5) * scale, (y + 0.5) * scale);
  ink.save();
  ink.lineCap = ink.lineJoin = 'round';
  ink.lineWidth = 2 * edit.radius * scale;
  ink.globalAlpha = 0.4;
  ink.strokeStyle = edit.drag?.adds ? '#fff' : '#000';
  ink.stroke(path);
  ink.restore();
}

function dot([x, y], scale, chosen) {
  ink.beginPath();
  ink.arc((x + 0.5) * scale, (y + 0.5) * scale, (chosen ? 9 : 5) * devicePixelRatio, 0, 2 * Math.PI);
  ink.fillStyle = chosen ? '#4cc2a5' : '#fff';
  ink.fill();
  ink.lineWidth = 1.5 * devicePixelRatio;
  ink.strokeStyle = '#000';
  ink.stroke();
}

function editHint() {
  if (edit.mode === null) return '';
  if (!findingOf(clip.selected)) return t('not_on_this_frame', { n: clip.selected });
  if (edit.mode === 'brush') return t('brush_hint');
  return t(edit.at === null ? 'points_hint' : 'handle_hint');
}

function showTools() {
  find('playing').hidden = edit.mode !== null;
  find('editing').hidden = edit.mode === null;
  for (const mode of ['points', 'brush']) find(mode).setAttribute('aria-pressed', edit.mode === mode);
  find('erase').setAttribute('aria-pressed', edit.erases);
  find('erase').disabled = find('radius').disabled = edit.mode !== 'brush';
  find('reset').disabled = find('undo').disabled = !findingOf(clip.selected)?.edited;
  for (const part of ['play', 'step_back', 'step_on', 'next_key', 'edit', 'open_area', 'export']) find(part).disabled = clip.lanes.length === 0;
  write('play_word', t(picture.playing ? 'pause' : 'play'));
  canvas.style.cursor = edit.mode === null ? '' : 'crosshair';
  canvas.style.touchAction = edit.mode === null ? '' : 'none';
}

function listenToPen() {
  canvas.addEventListener('pointerdown', penDown);
  canvas.addEventListener('pointermove', penMove);
  canvas.addEventListener('pointerup', penUp);
  canvas.addEventListener('pointercancel', penLost);
  canvas.addEventListener('dblclick', addOrRemoveHandle);
  find('radius').addEventListener('input', (event) => { edit.radius = Number(event.target.value); });
  find('erase').addEventListener('click', () => { edit.erases = !edit.erases; refresh(); });
}
