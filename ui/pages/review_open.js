// Opening a clip: a file dropped or chosen, or a recording of this machine.

const sending = { request: null };

async function showOpening() {
  if (isOpen()) return;
  try {
    offerRecordings(await ask('/clip/recordings'));
  } catch (error) { tell(error.message); }
}

function offerRecordings(recordings) {
  find('no_recordings').hidden = recordings.length > 0;
  find('recordings').replaceChildren(...recordings.map((recording) => {
    const item = document.createElement('li'), button = make('button', '', item);
    button.type = 'button';
    make('strong', '', button).textContent = recording.name;
    const began = new Date(recording.began_at).toLocaleString('sv-SE').slice(0, 16);
    make('span', 'quiet', button).textContent = [began, clockOf(recording.seconds), t('megabytes', { n: recording.megabytes.toFixed(0) })].join(' · ');
    button.onclick = () => act('/clip/recording', { name: recording.name });
    return item;
  }));
}

// Not fetch, which does not say how much has gone out.
function sendFile(file) {
  if (sending.request !== null || isOpen()) return;
  const request = sending.request = new XMLHttpRequest();
  const turn = clip.asked += 1;
  request.open('POST', '/clip/upload');
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
  request.upload.onprogress = ({ loaded, total: whole }) => {
    find('sending_progress').value = whole ? loaded / whole : 0;
    write('sending_said', t('sending', { file: file.name, n: whole ? Math.floor(100 * loaded / whole) : 0 }));
  };
  request.onloadend = () => {
    sending.request = null;
    showSending();
    if (request.status === 401) location.assign('/login');
    if (request.status === 200) { clip.taken = turn; takeState(JSON.parse(request.responseText)); return; }
    tell(sending.stopped ? t('sending_stopped') : refusal(request.responseText));
  };
  Object.assign(sending, { stopped: false });
  write('sending_said', t('sending', { file: file.name, n: 0 }));
  find('sending_progress').value = 0;
  showSending();
  request.send(file);
}

function refusal(text) {
  try { return sentence(JSON.parse(text)); } catch { return t('no_answer'); }
}

function stopSending() {
  sending.stopped = true;
  sending.request?.abort();
}

function showSending() {
  const on = sending.request !== null;
  find('sending').hidden = !on;
  find('drop').hidden = find('kept').hidden = on;
  if (on) find('sending_stop').focus();
}

function listenToOpening() {
  const drop = find('drop'), file = find('file');
  find('choose_file').addEventListener('click', () => file.click());
  find('sending_stop').addEventListener('click', stopSending);
  file.addEventListener('change', () => {
    if (file.files.length) sendFile(file.files[0]);
    file.value = '';   // the same file may be chosen again
  });
  // A file that misses the zone must not replace the page.
  for (const kind of ['dragover', 'drop']) element.addEventListener(kind, (event) => event.preventDefault());
  element.addEventListener('dragover', () => drop.classList.add('over'));
  element.addEventListener('dragleave', () => drop.classList.remove('over'));
  element.addEventListener('drop', (event) => {
    drop.classList.remove('over');
    const [dropped] = event.dataTransfer.files;
    if (dropped) sendFile(dropped);
  });
}
