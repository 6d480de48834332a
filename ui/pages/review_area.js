// What of the picture is read: marked on the frame that is shown, then the clip is read anew.

function openArea() {
  pause();
  endEdit();
  area.picture = picture.header.size;
  find('area_picture').src = URL.createObjectURL(new Blob([picture.jpeg], { type: 'image/jpeg' }));
  setArea(0, 0, ...picture.header.size);
  write('area_trouble', '');
  find('read_whole').hidden = clip.state.framing === 'whole' && clip.state.no_field === null;
  find('read_found').hidden = clip.state.framing === 'found' || clip.state.no_field !== null;
  find('area_dialog').showModal();
}

async function readAgain(wanted) {
  try {
    await askState('/clip/framing', { framing: wanted });
    find('area_dialog').close();
  } catch (error) { write('area_trouble', error.message); }
}

function listenToArea() {
  find('open_area').addEventListener('click', openArea);
  find('area_close').addEventListener('click', () => find('area_dialog').close());
  find('read_within').addEventListener('click', () => readAgain(area.chosen));
  find('read_whole').addEventListener('click', () => readAgain('whole'));
  find('read_found').addEventListener('click', () => readAgain('found'));
  find('area_dialog').addEventListener('close', () => URL.revokeObjectURL(find('area_picture').src));
  listenToCorners();
}
