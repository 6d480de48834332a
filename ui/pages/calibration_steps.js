// Where the calibration stands, as the server says it, in words.

const WATCH_MS = 1000;
const SIGNS = { done: '✓', to_do: '○', not_here: '–' };
const page = { state: null, asked: 0, taken: 0 };
window.senoscope = { page, drawn: 0 };

// Ask for something whose answer is the state. Answers may overtake each other: the newest question counts.
async function askState(path, body) {
  const turn = page.asked += 1;
  const state = await ask(path, body);
  if (turn < page.taken) return;
  page.taken = turn;
  const before = page.state;
  page.state = state;
  const { source } = state;
  if (!source.lost && (before === null || seen(before) !== seen(state))) {
    if (before !== null && String([before.source.name, before.source.size]) !== String([source.name, source.size])) forgetPicture();
    takePicture();
  }
  showState();
}

// What is drawn on the picture, or decides which picture it is.
const seen = ({ source, field, scale }) => String([source.name, source.size, source.lost, field.area, scale.origin, scale.row_mm]);

async function watch() {
  try {
    await askState('/screen');
    if (page.unanswered) { page.unanswered = false; showState(); }
  } catch (error) {
    page.unanswered = true;
    write('left_to_do', error.message);
  }
  setTimeout(watch, WATCH_MS);
}

const stepWords = (state) => Object.keys(page.state.steps).filter((step) => page.state.steps[step] === state)
  .map((step) => t(`step_${step}`).toLowerCase()).join(language === 'zh' ? '、' : ', ');

function showState() {
  const { state } = page;
  if (state === null) return;
  const left = stepWords('to_do'), impossible = stepWords('not_here');
  write('left_to_do', [left ? t('left_to_do', { steps: left }) : t('all_done'), impossible && t('not_possible', { steps: impossible })].filter(Boolean).join(' · '));
  for (const [step, is] of Object.entries(state.steps)) {
    element.querySelector(`[data-step="${step}"]`).dataset.state = is;
    write(`state_${step}`, `${SIGNS[is]} ${t(`state_${is}`)}`);
  }
  showStates({
    simulated: state.source.simulated && `◇ ${t('simulated')}`,
    uncalibrated: state.scale.origin === null && `↔ ${t('uncalibrated')}`,
  });
  showSource(state.source);
  showField(state.field);
  showScale(state.scale);
  showTest(state.test, state.scale);
  showLatency(state.latency, state.source);
  showTemplates(state);
}

function showSource({ name, size, fps, simulated, lost }) {
  const facts = [
    sourceWord(name), size && t('pixels', { columns: size[0], rows: size[1] }),
    fps ? t('frame_rate', { n: fps.toFixed(1) }) : '', t(simulated ? 'is_simulated' : 'is_real'),
  ];
  write('source_said', lost ? t('no_pictures') : facts.filter(Boolean).join(' · '));
}

function showField({ how, area, dual, why_not: why, templates, written_on: writtenOn }) {
  const came = {
    found: () => (why === null ? t('framing_found') : t('field_missing', { why: t(`unsuitable_${why}`) })),
    cleared: () => t('field_cleared'),
    hand: () => t('field_by_hand'),
    whole: () => t(writtenOn ? 'whole_picture' : 'field_tissue'),
  }[how]();
  const [left, top, width, height] = area ?? [];
  write('field_said', [
    came, area && t('area_at', { left, top, width, height }), dual && t('unsuitable_dual'),
    ...templates.map((name) => t('field_as_template', { name })),
  ].filter(Boolean).join(' · '));
  write('field_warning', how === 'whole' && writtenOn ? t('framing_whole_meaning') : '');
  find('template_save').disabled = area === null;
}

function showScale({ origin, row_mm: mm, percent, own, why_not: why }) {
  write('scale_said', origin === null ? t(`refused_${why}`) : [
    t('scale_from', { origin: t(`origin_${origin}`), percent }), t('scale_pixel', { mm }),
  ].join(' · '));
  const { ticks } = picture.header ?? { ticks: [] };
  write('scale_ticks', origin === 'ruler' && ticks.length ? t('scale_ticks', { n: ticks.length }) : '');
  find('scale_ways').hidden = own;
  find('scale_forget').hidden = origin === null;
}

function showTest(test, { origin }) {
  find('test_measure').disabled = origin === null;
  if (test === null) { write('test_said', origin === null ? t('test_unscaled') : ''); return; }
  const { value, lower, upper, expected, holds } = test;
  const interval = t('interval', { low: lower.toFixed(1), high: upper.toFixed(1) });
  const verdict = holds === null ? '' : t(holds ? 'test_holds' : 'test_misses', { mm: expected });
  write('test_said', [t('test_said', { mm: value.toFixed(1), interval }), verdict].filter(Boolean).join('. '));
}

function showLatency({ software_ms: software, report, trouble, command }, { device }) {
  write('latency_software', software === null ? t('latency_unmeasured') : t('latency_software', { n: software }));
  const said = (ms) => (ms === null ? '-' : ms.toFixed(1));
  write('latency_kept', trouble ?? (report === null ? '' : [
    t('latency_kept', {
      when: whenOf(report.measured_at),
      grabber: said(report.grabber), software: said(report.software), display: said(report.display),
    }),
    report.loopback ? t('latency_loopback') : '',
  ].filter(Boolean).join('. ')));
  write('latency_how', t(device ? 'latency_how' : 'latency_no_device'));
  write('latency_command', device ? command : '');
  find('latency_command').hidden = !device;
}

// An action of the operator's; what it led to is said in its own step. Whether it worked.
async function act(step, path, body) {
  write(`said_${step}`, '');
  try {
    await askState(path, body);
    return true;
  } catch (error) { write(`said_${step}`, error.message); return false; }
}
