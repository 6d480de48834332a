// The picture: frames from the WebSocket onto the canvas, with outlines over them.

const STALE_AFTER_MS = 500;   // never show an old frame as live
const SLOWEST_RETRY_MS = 4000;
const TOO_MANY_VIEWERS = 4429, LOGIN_NEEDED = 4401;
const COLOURS = { low: '#56b4e9', uncertain: '#f0a202', high: '#ef6c1a', new: '#d0d0d0' };   // after Okabe and Ito

const DASHES = { uncertain: [4, 2.5], new: [1, 2] };

const canvas = find('picture');
const ink = canvas.getContext('2d', { alpha: false });
const view = {
  socket: null, connection: 'opening', retryMs: 250,
  newest: null,      // header of the last message
  shown: null,       // header of the frame on the canvas
  bitmap: null,      // its pixels, kept to draw it again
  lastFrameAt: 0,
  frozen: false, overlay: true,
  gone: false,       // the server no longer holds the frozen frame
};
window.senoscope = { drawn: 0, view };

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss://' : 'ws://';
  const socket = new WebSocket(scheme + location.host + props.path);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    view.connection = 'open';
    if (view.frozen) say(`freeze:${view.shown.sequence}`);
  };
  socket.onmessage = (event) => receive(socket, event.data);
  socket.onclose = (event) => {
    if (event.code === LOGIN_NEEDED) { location.assign('/login'); return; }
    view.connection = event.code === TOO_MANY_VIEWERS ? 'refused' : 'lost';
    if (!element.isConnected) return;
    refresh();
    setTimeout(connect, view.retryMs);
    view.retryMs = Math.min(view.retryMs * 2, SLOWEST_RETRY_MS);
  };
  view.socket = socket;
}

function say(words) {
  if (view.socket.readyState === WebSocket.OPEN) view.socket.send(words);
}

async function receive(socket, data) {
  if (data === 'gone') { view.gone = view.frozen; refresh(); return; }
  view.retryMs = 250;
  const length = new DataView(data).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
  header.socket = socket;
  if (header.sequence === null) { view.newest = header; refresh(); return; }
  const message = { header, jpeg: new Uint8Array(data, 4 + length) };
  // The answer to a freeze: what is shown, or the frame just before that was read itself. Or to a look
  // at another frame of the cine.
  if (header.frozen) { await show(message, true); cineCame(header); return; }
  view.newest = header;
  view.lastFrameAt = performance.now();
  try {
    if (view.frozen) refresh(); else await show(message);
  } finally {
    if (socket.readyState === WebSocket.OPEN) socket.send('seen');
  }
}

// Picture, outlines and all that is said of them change in one go, so that they always agree.
async function show({ header, jpeg }, whenFrozen = false) {
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
  // A restarted server may count from less.
  const late = view.shown !== null && header.sequence < view.shown.sequence && view.shown.socket === header.socket;
  if (view.frozen !== whenFrozen || (late && !whenFrozen)) { bitmap.close(); return; }
  view.bitmap?.close();
  view.bitmap = bitmap;
  const resized = view.shown === null || String(view.shown.size) !== String(header.size);
  view.shown = header;
  window.senoscope.drawn += 1;
  if (resized) fit(); else draw();
  refresh();
}

// The canvas has as many pixels as the screen gives it, so that lines stay sharp.
function fit() {
  if (view.shown === null) return;
  const [columns, rows] = view.shown.size;
  const room = find('room');
  const scale = Math.min(room.clientWidth / columns, room.clientHeight / rows);
  canvas.style.width = `${Math.floor(columns * scale)}px`;
  canvas.style.height = `${Math.floor(rows * scale)}px`;
  canvas.width = Math.floor(columns * scale * devicePixelRatio);
  canvas.height = Math.floor(rows * scale * devicePixelRatio);
  draw();
}

function draw() {
  if (view.bitmap === null) return;
  ink.drawImage(view.bitmap, 0, 0, canvas.width, canvas.height);
  if (!view.overlay) return;
  drawHeat();
  for (const finding of view.shown.findings.toReversed()) outline(finding, view.shown.faint);
}

function outline(finding, faint) {
  const scale = canvas.width / view.shown.size[0], line = 2.5 * devicePixelRatio;
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
  if (faint || finding.finding === null) ink.globalAlpha = 0.5;
  stroke(path, finding.suspicion, line);
  number(finding, scale);
  ink.restore();
}

// Solid for low, dashed for uncertain, double for high, dotted before there is a word, on a dark edge
// that parts it from bright tissue.
function stroke(path, suspicion, line) {
  ink.strokeStyle = 'rgba(0, 0, 0, 0.55)';
  ink.lineWidth = (suspicion === 'high' ? 4.4 : 2.2) * line;
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
