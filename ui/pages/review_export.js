// What can be taken away: a video with the outlines, figures, the key images.

let filming = null;   // what ends the making of the video

function openExport() {
  write('export_said', '');
  find('export_dialog').showModal();
}

async function exportVideo() {
  const ends = filming = new AbortController();
  let done = 0;
  showFilming(done);
  write('export_said', t('video_making'));
  try {
    for await (const part of askParts('/clip/export/video', {}, ends.signal)) {
      if (part.error) throw new Error(sentence(part.error));
      done = part.done;
      showFilming(done);
    }
    if (done < 1) throw new Error(t('no_answer'));
    download('/clip/export/video.mp4');
    write('export_said', t('video_ready'));
  } catch (error) {
    write('export_said', ends.signal.aborted ? t('video_stopped') : error.message);
  }
  filming = null;
  showFilming(done);
}

function download(path) {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}

function showFilming(done) {
  const on = filming !== null;
  find('video_progress').value = done;
  find('video_progress').hidden = find('video_stop').hidden = !on;
  find('export_video').disabled = on;
  if (on && done === 0) find('video_stop').focus();
  if (!on && document.activeElement === document.body) find('export_video').focus();
}

function listenToExport() {
  find('export').addEventListener('click', openExport);
  find('export_video').addEventListener('click', exportVideo);
  find('video_stop').addEventListener('click', () => filming?.abort());
}
