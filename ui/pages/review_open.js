// Opening a clip: a file dropped or chosen, or a recording of this machine.

async function showOpening() {
  if (isOpen()) return;
  try {
    offerRecordings(await ask('/clip/recordings'));
  } catch (error) { tell(error.message); }
}

function offerRecordings(recordings) {
  find('no_recordings').hidden = recordings.length > 0;
  find('recordings').replaceChildren(...recordings.map((recording) => {
    const item = make('li', ''), button = make('button', '', item);
    make('strong', '', button).textContent = recording.name;
    make('span', 'quiet', button).textContent = [whenOf(recording.began_at), clockOf(recording.seconds), t('megabytes', { n: recording.megabytes.toFixed(0) })].join(' · ');
    button.onclick = () => act('/clip/recording', { name: recording.name });
    return item;
  }));
}

async function sendFile(file) {
  if (sending.request !== null || isOpen()) return;
  const turn = clip.asked += 1;
  const headers = { 'X-File-Name': encodeURIComponent(file.name) };
  sending.stopped = false;
  sayHowFar(file, 0);
  const answer = sendBody('/clip/upload', file, headers, (sent) => sayHowFar(file, file.size ? sent / file.size : 0));
  showSending();
  try {
    const state = await answer;
    clip.taken = turn;
    takeState(state);
  } catch (error) { tell(sending.stopped ? t('sending_stopped') : error.message); }
  showSending();
}

function sayHowFar(file, share) {
  find('sending_progress').value = share;
  write('sending_said', t('sending', { file: file.name, n: Math.floor(100 * share) }));
}

function showSending() {
  const on = sending.request !== null;
  find('sending').hidden = !on;
  find('drop').hidden = find('kept').hidden = on;
  if (on) find('sending_stop').focus();
}

function listenToOpening() {
  const file = find('file');
  find('choose_file').addEventListener('click', () => file.click());
  find('sending_stop').addEventListener('click', stopSending);
  file.addEventListener('change', () => {
    if (file.files.length) sendFile(file.files[0]);
    file.value = '';   // the same file may be chosen again
  });
  listenToDrop(({ files: [dropped] }) => { if (dropped) sendFile(dropped); });
}
