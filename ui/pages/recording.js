// Recording: begun and ended here, watched every second, for it may end by itself.

const recording = { state: null, asking: false };

async function record() {
  const wanted = !recording.state?.recording;
  try {
    takeRecording(await ask('/live/record', { recording: wanted }));
    if (!wanted) tell(t('recorded', { file: recording.state.file, n: recording.state.frames }));
  } catch (error) { tell(error.message); }
}

async function askRecording() {
  if (recording.asking || view.connection !== 'open') return;
  recording.asking = true;
  try {
    takeRecording(await ask('/live/record'));
  } catch { /* the banner says already that nothing answers */ }
  recording.asking = false;
}

function takeRecording(state) {
  const ended = recording.state?.recording && !state.recording && state.message;
  const lost = state.recording && state.message && !recording.state?.message;
  recording.state = state;
  if (ended || lost) tell(sentence({ kind: 'StorageError', message: state.message }));
  showRecording();
}

function showRecording() {
  const on = recording.state?.recording ?? false;
  find('record').setAttribute('aria-pressed', on);
  write('record_word', t(on ? 'record_stop' : 'record'));
  refresh();
}
