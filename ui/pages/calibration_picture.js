// A whole picture of the source, the field of view and the ruler's ticks on it.

const canvas = find('picture');
const ink = canvas.getContext('2d', { alpha: false });
const picture = { header: null, bitmap: null, asking: false, again: false };
window.senoscope.picture = picture;

// One at a time; what changes meanwhile is looked at again.
async function takePicture() {
  picture.again = true;
  if (picture.asking) return;
  picture.asking = true;
  while (picture.again) {
    picture.again = false;
    try {
      const { header, jpeg } = unpacked(await askBytes('/screen/picture'));
      show(header, await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' })));
    } catch (error) { write('points_said', error.message); }
  }
  picture.asking = false;
}

function show(header, bitmap) {
  picture.bitmap?.close();
  const other = picture.header !== null && String(picture.header.size) !== String(header.size);
  Object.assign(picture, { header, bitmap });
  if (other) removePoints();
  fit();
  showState();
  window.senoscope.drawn += 1;
}

// Another source: nothing of the one before stays on the page.
function forgetPicture() {
  picture.bitmap?.close();
  Object.assign(picture, { header: null, bitmap: null });
  removePoints();
}

function fit() {
  if (picture.header === null) return;
  const room = find('room'), [columns, rows] = picture.header.size;
  const scale = Math.min(room.clientWidth / columns, room.clientHeight / rows);
  canvas.style.width = `${Math.floor(columns * scale)}px`;
  canvas.style.height = `${Math.floor(rows * scale)}px`;
  canvas.width = Math.floor(columns * scale * devicePixelRatio);
  canvas.height = Math.floor(rows * scale * devicePixelRatio);
  draw();
}

// Of the picture's pixels to those of the canvas; pixel centres are at integers.
const onCanvas = ([x, y]) => [(x + 0.5) * canvas.width / picture.header.size[0], (y + 0.5) * canvas.height / picture.header.size[1]];

function draw() {
  if (picture.bitmap === null) { ink.fillRect(0, 0, canvas.width, canvas.height); drawLoupe(); return; }
  ink.drawImage(picture.bitmap, 0, 0, canvas.width, canvas.height);
  drawField(picture.header);
  for (const tick of picture.header.ticks) drawTick(onCanvas(tick));
  drawPoints();
  drawLoupe();
}

function drawField({ area, outline }) {
  if (area === null) return;
  const [left, top, width, height] = area, right = left + width - 1, bottom = top + height - 1;
  const path = new Path2D();
  for (const corner of outline ?? [[left, top], [right, top], [right, bottom], [left, bottom]]) path.lineTo(...onCanvas(corner));
  path.closePath();
  const around = new Path2D(path);
  around.rect(0, 0, canvas.width, canvas.height);
  ink.fillStyle = 'rgba(0, 0, 0, 0.45)';
  ink.fill(around, 'evenodd');
  twice(path, '#4cc2a5', 2.5);
}

function drawTick([x, y]) {
  const reach = 5 * devicePixelRatio, path = new Path2D();
  path.moveTo(x - reach, y);
  path.lineTo(x + reach, y);
  twice(path, '#f0a202', 1.5);
}

// On a dark edge that parts it from what is bright.
function twice(path, colour, width) {
  ink.strokeStyle = 'rgba(0, 0, 0, 0.7)';
  ink.lineWidth = 2.2 * width * devicePixelRatio;
  ink.stroke(path);
  ink.strokeStyle = colour;
  ink.lineWidth = width * devicePixelRatio;
  ink.stroke(path);
}
