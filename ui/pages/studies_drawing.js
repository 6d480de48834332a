// A reader's own outline of a finding: points round it, by click or by arrow keys and Enter.

const drawing = { number: null, points: [], at: [0, 0] };
const FINE = 1, COARSE = 10;   // pixels of the image that an arrow key moves, with Shift the second

function beginDrawing(number) {
  const { image, frame } = number === REGION ? { image: region.image, frame: 1 } : findings().find((each) => each.number === number);
  Object.assign(drawing, { number, points: [] });
  find('drawing').hidden = false;
  find('root').classList.add('draws');
  goTo(image, frame).then(() => {
    drawing.at = shown.picture ? [Math.round(shown.picture.width / 2), Math.round(shown.picture.height / 2)] : [0, 0];
    sayDrawing();
    canvas.focus();
    draw();
  });
}

function leaveDrawing() {
  Object.assign(drawing, { number: null, points: [] });
  find('drawing').hidden = true;
  find('root').classList.remove('draws');
}

function endDrawing() {
  leaveDrawing();
  draw();
}

function useDrawing() {
  const { number, points } = drawing;
  if (points.length < 3) return;
  if (number === REGION) {
    useRegion(points);
  } else {
    const decision = { verdict: 'edited', outline: points.flat(), reason: '' };
    decide(number, decision);
    wordsOfDecision(findings().find((each) => each.number === number), decision);
  }
  endDrawing();
}

function addPoint(point) {
  drawing.points.push(point.map((each) => Math.round(each * 10) / 10));
  sayDrawing();
  draw();
}

function undoPoint() {
  drawing.points.pop();
  sayDrawing();
  draw();
}

function sayDrawing() {
  write('drawing_said', t(drawing.number === REGION ? 'drawing_region' : 'drawing_said', { n: drawing.number, points: drawing.points.length, x: drawing.at[0], y: drawing.at[1] }));
  find('drawing_use').disabled = drawing.points.length < 3;
  find('drawing_undo').disabled = drawing.points.length === 0;
}

function drawPoints(columns) {
  if (drawing.number === null) return;
  const scale = canvas.width / columns, size = 4 * devicePixelRatio;
  const places = drawing.points.map(([x, y]) => [(x + 0.5) * scale, (y + 0.5) * scale]);
  ink.save();
  ink.strokeStyle = ink.fillStyle = '#fff';
  ink.lineWidth = 2 * devicePixelRatio;
  ink.beginPath();
  for (const [x, y] of places) ink.lineTo(x, y);
  ink.closePath();
  ink.stroke();
  for (const [x, y] of places) ink.fillRect(x - size / 2, y - size / 2, size, size);
  if (document.activeElement === canvas) {
    const [x, y] = drawing.at.map((each) => (each + 0.5) * scale);
    ink.strokeRect(x - 2 * size, y, 4 * size, 0);
    ink.strokeRect(x, y - 2 * size, 0, 4 * size);
  }
  ink.restore();
}

function movePoint(event) {
  const acts = { Enter: () => addPoint([...drawing.at]), Backspace: undoPoint, Escape: endDrawing };
  if (!(event.key in ARROWS || event.key in acts)) return;
  event.preventDefault();
  if (event.key in acts) { acts[event.key](); return; }
  const far = event.shiftKey ? COARSE : FINE, edge = [shown.picture.width - 1, shown.picture.height - 1];
  drawing.at = drawing.at.map((each, axis) => Math.min(Math.max(each + far * ARROWS[event.key][axis], 0), edge[axis]));
  sayDrawing();
  draw();
}

function listenToDrawing() {
  canvas.addEventListener('click', (event) => {
    if (drawing.number === null || shown.picture === null) return;
    drawing.at = pointOf(event, [shown.picture.width, shown.picture.height]).map(Math.round);
    addPoint([...drawing.at]);
  });
  canvas.addEventListener('keydown', (event) => { if (drawing.number !== null) movePoint(event); });
  find('drawing_undo').addEventListener('click', undoPoint);
  find('drawing_use').addEventListener('click', useDrawing);
  find('drawing_leave').addEventListener('click', endDrawing);
}
