// The picture's canvas, and the outlines of lesions on it.

const COLOURS = { low: '#56b4e9', uncertain: '#f0a202', high: '#ef6c1a', new: '#d0d0d0' };   // after Okabe and Ito
const DASHES = { uncertain: [4, 2.5], new: [1, 2] };

const canvas = find('picture');
const ink = canvas.getContext('2d', { alpha: false });

// The canvas has as many pixels as the screen gives it, so that lines stay sharp.
function fitCanvas([columns, rows]) {
  const room = find('room');
  const scale = Math.min(room.clientWidth / columns, room.clientHeight / rows);
  canvas.style.width = `${Math.floor(columns * scale)}px`;
  canvas.style.height = `${Math.floor(rows * scale)}px`;
  canvas.width = Math.floor(columns * scale * devicePixelRatio);
  canvas.height = Math.floor(rows * scale * devicePixelRatio);
}

// Where the pointer is, in pixels of a picture of that size; their centres are at integers.
function pointOf(event, [columns, rows]) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return [(event.clientX - left) / width * columns - 0.5, (event.clientY - top) / height * rows - 0.5];
}

// `columns` is the picture's width; the outline is in its pixels.
function outline(finding, columns, faint) {
  const scale = canvas.width / columns, line = 2.5 * devicePixelRatio;
  const path = new Path2D();
  const points = finding.outline;
  for (let i = 0; i < points.length; i += 2) {
    path.lineTo((points[i] + 0.5) * scale, (points[i + 1] + 0.5) * scale);   // pixel centres
  }
  path.closePath();
  ink.save();
  ink.lineJoin = 'round';
  if (faint) hatch(path);
  // Not found on this frame: it stands where the tissue has moved to.
  if (faint || (finding.finding === null && !finding.edited)) ink.globalAlpha = 0.5;
  stroke(path, finding, line);
  number(finding, scale);
  ink.restore();
}

// Solid for low, dashed for uncertain, double for high, dotted before there is a word, on a dark edge
// that parts it from bright tissue. What a person drew has a white edge.
function stroke(path, { suspicion, edited }, line) {
  ink.strokeStyle = edited ? '#fff' : 'rgba(0, 0, 0, 0.55)';
  ink.lineWidth = (suspicion === 'high' ? 4.4 : 2.2) * line * (edited ? 1.25 : 1);
  ink.stroke(path);
  ink.strokeStyle = COLOURS[suspicion];
  ink.setLineDash(DASHES[suspicion]?.map((length) => length * line) ?? []);
  ink.lineWidth = (suspicion === 'high' ? 3.2 : 1) * line;
  ink.stroke(path);
  if (suspicion !== 'high') return;
  ink.strokeStyle = '#000';
  ink.lineWidth = 1.3 * line;
  ink.stroke(path);
}

function hatch(path) {
  const step = 9 * devicePixelRatio;
  ink.save();
  ink.clip(path);
  ink.beginPath();
  for (let x = -canvas.height; x < canvas.width; x += step) {
    ink.moveTo(x, canvas.height);
    ink.lineTo(x + canvas.height, 0);
  }
  ink.strokeStyle = '#fff';
  ink.lineWidth = devicePixelRatio;
  ink.stroke();
  ink.restore();
}

// The lesion's number, above its highest point and outside the outline.
function number(finding, scale) {
  if (finding.number === 0) return;
  const points = finding.outline;
  let top = 0;
  for (let i = 2; i < points.length; i += 2) if (points[i + 1] < points[top + 1]) top = i;
  const side = 26 * devicePixelRatio;
  const left = Math.min(Math.max(points[top] * scale - side / 2, 0), canvas.width - side);
  const above = Math.max(points[top + 1] * scale - 1.45 * side, 0);
  ink.setLineDash([]);
  ink.fillStyle = '#000';
  ink.fillRect(left, above, side, side);
  ink.lineWidth = 2 * devicePixelRatio;
  ink.strokeStyle = COLOURS[finding.suspicion];
  ink.strokeRect(left, above, side, side);
  ink.fillStyle = '#fff';
  ink.font = `600 ${18 * devicePixelRatio}px system-ui, sans-serif`;
  ink.textAlign = 'center';
  ink.textBaseline = 'middle';
  ink.fillText(String(finding.number), left + side / 2, above + side * 0.54);
}
