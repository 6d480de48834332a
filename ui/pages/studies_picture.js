// The study's images, one frame at a time, with the outlines of the findings that lie on it.

const shown = { image: 0, frame: 1, picture: null, asked: 0 };

const images = () => page.exam?.images ?? [];
const findings = () => page.exam?.findings ?? [];
const imageAt = () => images()[shown.image];

function leaveExam() {
  Object.assign(shown, { image: 0, frame: 1, picture: null });
  decisions.clear();
  // What was said of one exam is not there already for the next.
  for (const part of ['alone_assessment', 'alone_percent', 'alone_text', 'assessment', 'percent', 'impression']) find(part).value = '';
  leaveHanging();
  leaveMri();
  leaveDrawing();
}

// Mammograms hang, a breast MRI shows its planes; else the first finding's key frame, where it may be seen already, or the first image.
function showFirst() {
  if (beginHanging() || beginMri()) return;
  const [first] = findings();
  if (first) { goTo(first.image, first.frame); return; }
  goTo(Math.max(images().findIndex(({ shows }) => shows), 0), 1);
}

async function goTo(image, frame) {
  const { frames } = images()[image] ?? { frames: 0 };
  if (!frames) { shown.picture = null; draw(); return; }
  Object.assign(shown, { image, frame: Math.min(Math.max(frame, 1), frames) });
  showPlace();
  const turn = shown.asked += 1;
  try {
    const data = await askBytes(`/study/exams/${page.number}/images/${image}/${shown.frame}`);
    const picture = await createImageBitmap(new Blob([data], { type: 'image/jpeg' }));
    if (turn === shown.asked) shown.picture = picture;
  } catch (error) {
    if (turn === shown.asked) { shown.picture = null; tell(error.message); }
  }
  draw();
}

function showPlace() {
  const image = imageAt();
  write('image_said', image ? t('image_of', { n: shown.image + 1, of: images().length }) : '');
  write('frame_said', image ? t('frame_of', { n: shown.frame, of: image.frames }) : '');
  const slider = find('frame');
  slider.max = image?.frames ?? 1;
  slider.value = shown.frame;
  slider.disabled = !image || image.frames < 2;
  find('image_before').disabled = shown.image <= 0;
  find('image_after').disabled = shown.image >= images().length - 1;
}

// Those on the frame shown: a drawn outline stands for the one that was read, on its key frame.
function outlined() {
  return findings().flatMap((finding) => {
    const drawn = decisionOn(finding.number)?.outline;
    const isKey = finding.image === shown.image && finding.frame === shown.frame;
    const points = isKey && drawn ? drawn : finding.outlines[`${shown.image}/${shown.frame}`];
    return points ? [{ ...finding, outline: points, finding: 0, edited: Boolean(isKey && drawn) }] : [];
  });
}

function draw() {
  showPlace();
  showHung();
  showMri();
  if (hangs() || mriShows()) return;
  const { picture } = shown;
  canvas.hidden = picture === null;
  if (picture === null) return;
  fitCanvas([picture.width, picture.height]);
  ink.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const each of outlined()) if (each.number !== drawing.number) outline(each, picture.width, false);
  drawPoints(picture.width);
  window.senoscope.drawn += 1;
}

function step(by) {
  const next = shown.image + by;
  if (next >= 0 && next < images().length) goTo(next, 1);
}

function listenToPicture() {
  find('image_before').addEventListener('click', () => step(-1));
  find('image_after').addEventListener('click', () => step(1));
  find('frame').addEventListener('input', () => goTo(shown.image, Number(find('frame').value)));
  canvas.addEventListener('keydown', (event) => {
    if (drawing.number !== null) return;
    const keys = {
      ArrowRight: () => goTo(shown.image, shown.frame + 1), ArrowLeft: () => goTo(shown.image, shown.frame - 1),
      ArrowDown: () => step(1), ArrowUp: () => step(-1),
    };
    if (!(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
  new ResizeObserver(draw).observe(find('room'));
}
