// One frame of the clip on the canvas, and the way to the others.

const picture = {
  header: null, jpeg: null, bitmap: null,   // of the frame on the canvas
  wanted: null,                 // asked for last
  asking: false,                // one at a time, so that a fast hand is followed and not queued
  playing: null,                // since when, and from which time of the clip
};
window.senoscope.picture = picture;
window.senoscope.go = go;

const nothingShown = () => picture.header === null && picture.wanted === null && !picture.asking;
// Where the reader is going, so that a held key runs on.
const placeNow = () => picture.wanted ?? picture.header?.place ?? 0;
const findingOf = (number) => picture.header?.findings.find((each) => each.number === number);

function look(place) {
  if (clip.lanes.length === 0) return;
  picture.wanted = Math.min(Math.max(place, 0), clip.lanes.length - 1);
  showMoment();
  if (!picture.asking) askFrames();
}

function lookAgain() {
  if (picture.header !== null && picture.wanted === null && !isBusyEditing()) look(picture.header.place);
}

async function askFrames() {
  picture.asking = true;
  while (picture.wanted !== null) {
    const { wanted } = picture, { name } = clip.state;
    try {
      const { header, jpeg } = unpacked(await askBytes(`/clip/frames/${wanted}`));
      const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
      if (clip.state.name === name && isOpen()) show(header, jpeg, bitmap); else bitmap.close();
    } catch (error) {
      pause();
      tell(error.message);
    }
    if (picture.wanted === wanted) picture.wanted = null;
  }
  picture.asking = false;
}

// Picture, outlines and all that is said of them change in one go, so that they always agree.
function show(header, jpeg, bitmap) {
  picture.bitmap?.close();
  Object.assign(picture, { jpeg, bitmap });
  const resized = String(picture.header?.size) !== String(header.size);
  takeHeader(header);
  window.senoscope.drawn += 1;
  if (resized) fit();
}

function takeHeader(header) {
  picture.header = header;
  followOutline();
  draw();
  describePicture();
  refresh();
}

function forgetPicture() {
  pause();
  picture.bitmap?.close();
  Object.assign(picture, { header: null, jpeg: null, bitmap: null, wanted: null });
  endEdit();
  ink.fillRect(0, 0, canvas.width, canvas.height);
}

function fit() {
  if (picture.header === null) return;
  fitCanvas(picture.header.size);
  draw();
}

function draw() {
  if (picture.bitmap === null) return;
  const { findings, size } = picture.header;
  ink.drawImage(picture.bitmap, 0, 0, canvas.width, canvas.height);
  for (const finding of findings.toReversed()) outline(finding, size[0], false);
  drawEdit(canvas.width / size[0]);
  drawCalipers();
}

// What hand calipers are set on: the frame shown, while neither clip nor outline is moved.
const canMeasure = () => picture.header !== null;
const stillPicture = () => (canMeasure() && picture.playing === null && edit.mode === null ? { of: `${clip.state.name} ${picture.header.place}`, size: picture.header.size } : null);
const holdStill = () => { pause(); endEdit(); };
const askDistance = (a, b) => ask(`/clip/frames/${picture.header.place}/distance`, { a, b });

function describePicture() {
  const worded = picture.header.findings.filter((each) => each.number > 0);
  const said = worded.map((each) => t('said_lesion', {
    lesion: t('lesion', { n: each.number }), word: t(each.suspicion), p: each.probability.toFixed(2),
  }));
  canvas.setAttribute('aria-label', said.join('; ') || `${t('picture')}: ${t(picture.header.read ? 'no_lesion' : 'not_read')}`);
}

function togglePlay() {
  if (picture.playing) { pause(); return; }
  if (clip.lanes.length === 0) return;
  endEdit();
  if (placeNow() === clip.lanes.length - 1) look(0);
  picture.playing = { since: performance.now(), from: clip.lanes[placeNow()].time_ms };
  requestAnimationFrame(playOn);
  refresh();
}

function pause() {
  if (picture.playing === null) return;
  picture.playing = null;
  refresh();
}

// At the clip's own times, whatever the machine leaves out.
function playOn() {
  if (picture.playing === null) return;
  const due = picture.playing.from + performance.now() - picture.playing.since;
  let place = placeNow();
  while (clip.lanes[place + 1]?.time_ms <= due) place += 1;
  if (place !== placeNow()) look(place);
  if (place >= clip.lanes.length - 1) pause(); else requestAnimationFrame(playOn);
}

function go(place) {
  pause();
  flushMove();
  look(place);
}

const step = (frames) => go(placeNow() + frames);

function nextKeyFrame() {
  const keys = (clip.state?.lesions ?? []).filter((each) => each.key_frame !== null).toSorted((one, other) => one.key_frame - other.key_frame);
  const next = keys.find((each) => each.key_frame > placeNow()) ?? keys[0];
  if (next) goToKeyFrame(next.number); else tell(t('no_key_frame'));
}

function goToKeyFrame(number) {
  select(number);
  const place = lesionOf(number)?.key_frame ?? null;
  if (place === null) tell(t('no_key_frame')); else go(place);
}
