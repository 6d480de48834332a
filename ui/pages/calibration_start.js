// Buttons, then the first words and the first question.

function showWords() {
  writeWords();
  showTheme();
  showState();
  sayPoints();
}

// What was typed as a number; null, and said, where it is none.
function typed(part, step) {
  const value = find(part).valueAsNumber;
  if (Number.isFinite(value)) return value;
  write(`said_${step}`, t('number_missing'));
  find(part).focus();
  return null;
}

// The two points and the picture they are set on; null, and said, where they are missing.
function pair(step) {
  if (points.at.length === 2) return { picture: picture.header.number, a: points.at[0], b: points.at[1] };
  write(`said_${step}`, t('points_missing'));
  canvas.focus();
  return null;
}

function useDepth() {
  const depth = typed('depth', 'ruler');
  if (depth !== null) act('ruler', '/screen/depth', { mm: depth * Number(find('depth_unit').value) });
}

function usePoints() {
  const two = pair('ruler'), mm = two && typed('between', 'ruler');
  if (mm !== null) act('ruler', '/screen/points', { ...two, mm });
}

function measure() {
  const two = pair('test');
  if (two === null) return;
  const expected = find('expected').valueAsNumber;
  act('test', '/screen/distance', { ...two, expected: Number.isFinite(expected) ? expected : null });
}

function listen() {
  const actions = {
    language: switchLanguage, theme: switchTheme, new_picture: takePicture,
    scale_forget: () => act('ruler', '/screen/forget', {}),
  };
  for (const [part, action] of Object.entries(actions)) find(part).addEventListener('click', action);
  const forms = { depth_form: useDepth, between_form: usePoints, test_form: measure };
  for (const [part, action] of Object.entries(forms)) {
    find(part).addEventListener('submit', (event) => { event.preventDefault(); action(); });
  }
  new ResizeObserver(fit).observe(find('room'));
}

showWords();
learnDuties();
listen();
listenToPoints();
listenToTemplates();
watch();
