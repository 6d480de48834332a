// Marks from which score on, by kind, and what was outlined of the breast: only what may be seen.

const MARK_PX = 15;
const KINDS = ['mass', 'calcifications', 'distortion'];
const thresholds = {};   // by kind; what the reading recommends until somebody moves it
window.senoscope.thresholds = thresholds;

const factOf = (name) => page.exam.facts.find((each) => each.name === name);
const allMarks = () => (page.exam?.ai_shown ? [...page.exam.findings, ...page.exam.below] : []);
const isMark = ({ kind }) => KINDS.includes(kind);
const isAbove = (finding) => !isMark(finding) || finding.score >= thresholds[finding.kind];
const marksShown = () => allMarks().filter(isAbove);

function beginThresholds() {
  for (const kind of KINDS) thresholds[kind] = factOf(`shown_from_${kind}`)?.number ?? 0;
}

// As they lie on that image; what a reader drew stands for what was read.
function marksOn(image) {
  return marksShown().flatMap((finding) => {
    const drawn = decisionOn(finding.number)?.outline;
    const { points, isKey } = outlineHere(finding, image), edited = isKey && Boolean(drawn);
    return points ? [{ ...finding, finding, points: edited ? drawn : points, edited }] : [];
  });
}

function trace(pen, points) {
  pen.beginPath();
  for (const point of points) pen.lineTo(...point);
  pen.closePath();
}

function drawMark(pen, at, { number: n, kind, suspicion, points, edited }) {
  const line = storedOnTile(at, points), colour = KIND_COLOURS[kind] ?? COLOURS[suspicion];
  pen.save();
  pen.lineJoin = 'round';
  trace(pen, line);
  for (const [style, width, dash] of [[edited ? '#fff' : 'rgba(0, 0, 0, 0.6)', 5, []], [colour, 2.5, KIND_DASHES[kind] ?? []]]) {
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.setLineDash(dash.map((length) => length * 2));
    pen.stroke();
  }
  const [x, y] = line.reduce((top, each) => (each[1] < top[1] ? each : top));
  pen.setLineDash([]);
  pen.fillStyle = '#000';
  pen.fillRect(x - 12, y - 28, 24, 22);
  pen.lineWidth = 1.5;
  pen.strokeStyle = colour;
  pen.strokeRect(x - 12, y - 28, 24, 22);
  pen.fillStyle = '#fff';
  pen.font = `600 ${MARK_PX}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(String(n), x, y - 16);
  pen.restore();
}

const REGION_LINES = { breast: ['#4cc2a5', []], pectoral: ['#e69ad0', [6, 4]], dense: ['#f0a202', []], asymmetry: ['#fff', [2, 4]] };

// Dense tissue is tinted, holes in it are not; the breast and its muscle are lines.
function drawRegions(pen, tile, at) {
  lookForRegions(imageOf(tile));
  pen.save();
  for (const [name, pieces] of Object.entries(entryOf(imageOf(tile)).regions)) {
    const [colour, dash] = REGION_LINES[name] ?? ['#fff', []];
    pen.beginPath();
    for (const piece of pieces) {
      storedOnTile(at, piece).forEach(([x, y], place) => (place ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.closePath();
    }
    pen.strokeStyle = pen.fillStyle = colour;
    pen.lineWidth = name === 'dense' ? 1 : 2;
    pen.setLineDash(dash);
    if (name === 'dense') { pen.globalAlpha = 0.25; pen.fill('evenodd'); pen.globalAlpha = 1; }
    pen.stroke();
  }
  pen.restore();
}

// From a card: the view that shows it best, large, with the mark in its middle.
function lookAt(finding) {
  if (mriShows()) { goToLesion(finding.number); return; }
  if (!hangs()) { goTo(finding.image, finding.frame); return; }
  const tile = [...hung.tiles, ...hung.extra].find(({ images: stack }) => stack.includes(finding.image));
  tile.at = tile.images.indexOf(finding.image);
  showLarge(tile);
  hung.waits = finding;
  showMark(finding);
  centreWhatWaits();
}

function centreOn(tile, points) {
  hung.zoom = 2.5;
  const at = geometry(tile), line = storedOnTile(at, points);
  const [x, y] = [0, 1].map((axis) => line.reduce((sum, each) => sum + each[axis], 0) / line.length);
  pan(tile, tile.element.clientWidth / 2 - x, tile.element.clientHeight / 2 - y);
}
