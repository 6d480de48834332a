// The mammograms' pictures as the server hangs them: under the window that is asked for, as fine as they are seen.

const LEVELS = [512, 1024, 2048];   // rows; what is finer is asked for whole
const WHOLE_ROWS = 8192, CROP_PX = 512, MOST_CROPS = 24;
const seen = new Map();    // by image: facts, bitmap, what it was asked as, and what is asked now
const crops = new Map();   // by place and window; null while it is asked for

const entryOf = (image) => {
  if (!seen.has(image)) seen.set(image, { facts: null, bitmap: null, window: '', rows: 0, asking: false, trouble: '', regions: null, slice: null, drawn: null, frame: 0, way: 1, fetching: 0 });
  return seen.get(image);
};

// Of a file that has not the window that is chosen: its first.
function windowOf({ facts }) {
  const voi = facts === null || hung.voi < facts.windows.length ? hung.voi : 0;
  return `voi=${voi}&width=${hung.width.toFixed(3)}&brighter=${hung.brighter.toFixed(3)}`;
}

function rowsFor({ facts }, shownRows) {
  const level = LEVELS.find((each) => each >= shownRows) ?? WHOLE_ROWS;
  return facts !== null && level >= facts.size[1] ? WHOLE_ROWS : level;
}

// Ask for what is not there as finely; what is there stays until it comes.
function lookFor(image, shownRows) {
  const entry = entryOf(image), rows = rowsFor(entry, shownRows), window = windowOf(entry);
  const fits = entry.window === window && entry.rows >= rows;
  if (!fits && !entry.asking && !entry.trouble) fetchPicture(image, entry, rows, window);
  return entry;
}

async function fetchPicture(image, entry, rows, window) {
  entry.asking = true;
  try {
    const { header, jpeg } = unpacked(await askBytes(`/study/exams/${page.number}/hung/${image}?rows=${rows}&${window}`));
    const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
    if (seen.get(image) !== entry) { bitmap.close(); return; }   // another exam is open
    entry.bitmap?.close();
    // A file without the window that was chosen was asked for its first only now.
    Object.assign(entry, { facts: header, bitmap, window, rows });
  } catch (error) {
    entry.trouble = error.message;
  } finally { entry.asking = false; }
  if (seen.get(image) !== entry) return;
  fillWindows();
  showHung();
  centreWhatWaits();
}

// Full-resolution pixels at that place of the grid; null until they come.
function cropAt(image, column, row) {
  const entry = entryOf(image);
  const window = entry.drawn ? `${sliceQuestion(entry, entry.drawn.slice)}&${windowOf(entry)}` : windowOf(entry), key = `${image}/${column}/${row}?${window}`;
  if (crops.has(key)) return crops.get(key);
  crops.set(key, null);
  while (crops.size > MOST_CROPS) {
    const [oldest, bitmap] = crops.entries().next().value;
    bitmap?.close();
    crops.delete(oldest);
  }
  fetchCrop(key, `/study/exams/${page.number}/hung/${image}/crop?left=${column * CROP_PX}&top=${row * CROP_PX}&${window}`);
  return null;
}

async function fetchCrop(key, path) {
  try {
    const bitmap = await createImageBitmap(new Blob([await askBytes(path)], { type: 'image/png' }));
    if (crops.has(key)) { crops.set(key, bitmap); drawHung(); } else bitmap.close();
  } catch (error) {
    crops.delete(key);
    tell(error.message);
  }
}

// What was outlined of an image, once; only what may be seen is given.
async function lookForRegions(image) {
  const entry = entryOf(image);
  if (entry.regions !== null) return;
  entry.regions = {};
  try {
    entry.regions = await ask(`/study/exams/${page.number}/hung/${image}/regions`);
  } catch (error) { tell(error.message); }
  drawHung();
}

function forgetPictures() {
  for (const { bitmap, drawn } of seen.values()) if (!drawn) bitmap?.close();
  for (const bitmap of crops.values()) bitmap?.close();
  forgetSlices();
  seen.clear();
  crops.clear();
}
