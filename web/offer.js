// A model of the player's own: an .onnx or .ort file that is dropped on the page, or chosen. Nothing of it leaves the device.
// The game reads its card, and then has it tried in a worker of its own (bridge.js); until it has proved itself the
// present one plays on.

const most = 64 * 2 ** 20; // bytes

/**
 * wake(): asks the game for a frame. sentence(key): of the language that is shown. offered(): called at each new file,
 * before the game hears of it.
 * Returns what the game asks for: count() of files that were offered since the start, and of the last one its name()
 * and bytes(), empty where it can't be read or is too big; choose() opens the device's own choice of a file. And
 * refused(name): the model that was named for this page counts as such a file, whose trial has failed.
 */
export function createOffer({ wake, sentence, offered }) {
  let count = 0;
  let name = '';
  let bytes = new Uint8Array(0);

  async function offer(file) {
    if (!file) return;
    const content = file.size > most ? new ArrayBuffer(0) : await file.arrayBuffer().catch(() => new ArrayBuffer(0));
    name = file.name;
    bytes = new Uint8Array(content);
    ++count;
    offered();
    wake();
  }

  function refused(itsName) {
    name = itsName;
    bytes = new Uint8Array(0);
    ++count;
    wake();
  }

  const input = document.createElement('input');
  Object.assign(input, { type: 'file', accept: '.onnx,.ort', hidden: true });
  input.addEventListener('change', () => {
    offer(input.files[0]);
    input.value = ''; // the same file can be chosen again
  });
  document.body.append(input);

  // While a file is held over the page, a sheet over everything says what will become of it. Elements of the page are
  // left and entered all the time: what counts is that the window is left.
  const sheet = document.createElement('div');
  Object.assign(sheet, { id: 'drop', hidden: true });
  document.body.append(sheet);
  const carriesFiles = ({ dataTransfer }) => dataTransfer?.types.includes('Files');
  addEventListener('dragover', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    sheet.textContent = sentence('offer.drop');
    sheet.hidden = false;
  });
  addEventListener('dragleave', ({ relatedTarget }) => { if (!relatedTarget) sheet.hidden = true; });
  addEventListener('drop', (event) => {
    sheet.hidden = true;
    if (!carriesFiles(event)) return;
    event.preventDefault(); // the browser would leave the page for the file
    offer(event.dataTransfer.files[0]);
  });

  return { count: () => count, name: () => name, bytes: () => bytes, choose: () => input.click(), refused };
}
