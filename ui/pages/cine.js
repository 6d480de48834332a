// Frozen: the seconds before, frame by frame, each with its own reading.

const cine = {
  wanted: null,    // asked for last
  asked: null,     // on its way: one at a time, so that a fast hand is followed and not queued
};

function lookAt(sequence) {
  const [first, last] = view.shown?.cine ?? [];
  if (!view.frozen || first === undefined) return;
  cine.wanted = Math.min(Math.max(sequence, first), last);
  if (cine.asked === null) askCine();
  showCine();
}

// From the one on its way, so that a held key runs on.
const stepCine = (step) => lookAt((cine.wanted ?? view.shown?.sequence ?? 0) + step);

function askCine() {
  cine.asked = cine.wanted;
  endWhy();
  say(`cine:${cine.asked}`);
}

function cineCame({ sequence }) {
  if (sequence !== cine.asked) return;
  cine.asked = null;
  if (cine.wanted !== sequence) askCine(); else cine.wanted = null;
}

function endCine() {
  cine.wanted = cine.asked = null;
}

function showCine() {
  const span = view.frozen ? view.shown?.cine ?? null : null;
  find('cine_bar').hidden = span === null;
  if (span === null) return;
  const slider = find('cine'), [first, last] = span, at = cine.wanted ?? view.shown.sequence;
  [slider.min, slider.max] = span;
  slider.value = at;
  write('cine_place', t('cine_place', { n: at - first + 1, all: last - first + 1 }));
}
