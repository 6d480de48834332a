// Three steps to another source: choose, mark the scan area, check. The picture behind goes on.

const dialog = find('source_dialog');
const choice = { step: 0, source: null, found: null, waiting: null, framing: 'whole' };
// `framing`: found, whole or hand.

async function openSource() {
  Object.assign(choice, { source: null, found: null });
  find('preview_picture').hidden = true;
  goTo(0);
  if (!dialog.open) dialog.showModal();
  find('dialog_close').focus();
  try {
    offer((await ask('/live/sources')).sources);
    if (document.activeElement === find('dialog_close')) find('choices').firstChild?.focus();
  } catch (error) { write('trouble', error.message); }
}

// Opening a source can take many seconds; null when it failed or somebody no longer waits.
async function waitFor(path, body) {
  choice.waiting?.abort();
  const waiting = choice.waiting = new AbortController();
  find('dialog_next').disabled = true;
  keepFocus();
  showProgress();
  try {
    return await ask(path, body, waiting.signal);
  } catch (error) {
    if (!waiting.signal.aborted) write('trouble', error.message);
    return null;
  } finally {
    if (choice.waiting === waiting) choice.waiting = null;
  }
}

function showProgress() {
  if (choice.waiting === null) return;
  const progress = view.newest?.progress ?? null;
  write('trouble', progress === null ? t('trying') : opening(progress));
}

// Focus that its button took along, being disabled or hidden, goes to the next sensible one.
function keepFocus() {
  const kept = document.activeElement;
  if (!dialog.open || (dialog.contains(kept) && !kept.closest('[hidden], :disabled'))) return;
  find(find('dialog_next').disabled ? 'dialog_close' : 'dialog_next').focus();
}

function offer(sources) {
  find('choices').replaceChildren(...sources.map((source) => {
    const button = make('button', '');
    button.dataset.source = source;
    button.textContent = sourceWord(source);
    button.onclick = () => trySource(source);
    return button;
  }));
}

async function trySource(source) {
  Object.assign(choice, { source, found: null });
  for (const button of find('choices').children) {
    button.setAttribute('aria-pressed', String(button.dataset.source === source));
  }
  find('preview_picture').hidden = true;
  const found = await waitFor('/live/preview', { source });
  if (found === null) return;
  choice.found = found;
  area.picture = found.size;
  const framing = found.framing, byHand = Array.isArray(framing);
  setFraming(byHand ? 'hand' : framing, byHand ? framing : undefined);
  find('preview_picture').src = find('area_picture').src = found.picture;
  find('preview_picture').hidden = false;
  goTo(choice.step);
}

function setFraming(framing, chosen) {
  const found = choice.found, whole = [0, 0, ...found.size];
  choice.framing = framing;
  const [left, top, width, height] = chosen ?? (framing === 'found' ? found.found ?? whole : whole);
  setArea(left, top, left + width, top + height);
  showFraming();
}

function showFraming() {
  const { found, framing } = choice;
  find('find_field').hidden = !found.shows_screen || framing === 'found';
  find('area_box').hidden = framing === 'found' && found.found === null;
  if (framing === 'found') write('framing_said', found.not_found ?? t('framing_found_meaning'));
  else write('framing_said', t(framing === 'whole' && found.shows_screen ? 'framing_whole_meaning' : 'area_hint'));
}

function framedByHand() {
  if (choice.found === null) return;
  choice.framing = isWhole() ? 'whole' : 'hand';
  showFraming();
}

function goTo(step) {
  choice.waiting?.abort();
  choice.step = step;
  for (const section of dialog.querySelectorAll('[data-step]')) section.hidden = Number(section.dataset.step) !== step;
  dialog.querySelectorAll('ol > li').forEach((item, index) => {
    if (index === step) item.setAttribute('aria-current', 'step'); else item.removeAttribute('aria-current');
  });
  find('dialog_back').hidden = step === 0;
  find('dialog_next').disabled = choice.found === null;
  write('dialog_next', t(step === 2 ? 'start' : 'next'));
  write('trouble', '');
  if (step === 1) showArea();
  if (step === 2) showFound();
  keepFocus();
}

async function goOn() {
  if (choice.step < 2) { goTo(choice.step + 1); return; }
  const started = await waitFor('/live/start', { source: choice.source, framing: choice.framing === 'hand' ? area.chosen : choice.framing });
  if (started === null) { find('dialog_next').disabled = false; return; }
  dialog.close();
  if (view.frozen) freeze();
}

function showFound() {
  const found = choice.found, [left, top, width, height] = area.chosen;
  const [columns, rows] = found.size;
  write('found_name', sourceWord(found.name));
  write('found_size', t('pixels', { columns, rows }));
  write('found_area', {
    found: t('framing_found'), whole: t('whole_picture'), hand: t('area_at', { left, top, width, height }),
  }[choice.framing]);
  write('found_rate', found.fps === null ? t('not_said') : t('frame_rate', { n: Math.round(found.fps) }));
  write('found_tissue', t(found.simulated ? 'is_simulated' : 'is_real'));
  write('found_scale', t(found.calibrated ? 'is_calibrated' : 'is_uncalibrated'));
  write('found_ai', t(`ai_is_${view.newest?.ai ?? 'off'}`));
}
