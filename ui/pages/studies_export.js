// A copy of the exam's images without the person: made while one waits, then downloaded.

let copying = null;   // what ends the making

async function deidentify() {
  const ends = copying = new AbortController(), path = `/study/exams/${page.number}/deidentified`;
  let done = 0;
  showCopying(done);
  try {
    for await (const part of askParts(path, {}, ends.signal)) {
      if (part.error) throw new Error(sentence(part.error));
      done = part.done;
      showCopying(done);
    }
    if (done < 1) throw new Error(t('no_answer'));
    const link = document.createElement('a');
    Object.assign(link, { href: path, download: '' });
    link.click();
    write('deidentify_said', t('deidentified'));
  } catch (error) {
    write('deidentify_said', ends.signal.aborted ? t('deidentify_stopped') : error.message);
  }
  copying = null;
  showCopying(done);
}

function showCopying(done) {
  const on = copying !== null;
  find('deidentify_progress').value = done;
  find('deidentify_progress').hidden = find('deidentify_stop').hidden = !on;
  find('deidentify').disabled = on;
  if (on) write('deidentify_said', t('deidentifying', { n: Math.floor(100 * done) }));
}

function listenToExport() {
  find('deidentify').addEventListener('click', deidentify);
  find('deidentify_stop').addEventListener('click', () => copying?.abort());
}
