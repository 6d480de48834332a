// The picture: frames from the WebSocket onto the canvas, with outlines over them.

const STALE_AFTER_MS = 500;   // never show an old frame as live
const SLOWEST_RETRY_MS = 4000;
const TOO_MANY_VIEWERS = 4429, LOGIN_NEEDED = 4401;

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
  const { header, jpeg } = unpacked(data);
  header.socket = socket;
  if (header.sequence === null) { view.newest = header; refresh(); return; }
  const message = { header, jpeg };
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

function fit() {
  if (view.shown === null) return;
  fitCanvas(view.shown.size);
  draw();
}

function draw() {
  if (view.bitmap === null) return;
  ink.drawImage(view.bitmap, 0, 0, canvas.width, canvas.height);
  if (view.overlay) drawOverlay();
  drawCalipers();
}

function drawOverlay() {
  drawHeat();
  for (const finding of view.shown.findings.toReversed()) outline(finding, view.shown.size[0], view.shown.faint);
}

// What hand calipers are set on: the frozen frame.
const canMeasure = () => view.shown !== null;
const stillPicture = () => (view.frozen && view.shown !== null ? { of: view.shown.sequence, size: view.shown.size } : null);
const holdStill = () => { if (!view.frozen) freeze(); };
const askDistance = (a, b) => ask('/live/distance', { sequence: view.shown.sequence, a, b });
