// A folder as one zip, put together from the files themselves without reading them into memory. Nothing is compressed: scans do not shrink.
const TABLE = new Uint32Array(256).map((_, n) => { for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1; return n >>> 0; });
export const LARGEST = 0xffffffff - 0xffff; // bytes, and below 65,535 files: the limits of a plain zip
export const MOST = 65000;

async function checksum(file, told) {
  let crc = 0xffffffff;
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return (crc ^ 0xffffffff) >>> 0;
    for (let at = 0; at < value.length; at += 1) crc = TABLE[(crc ^ value[at]) & 0xff] ^ (crc >>> 8);
    told(value.length);
  }
}

function header(size, fields) {
  const view = new DataView(new ArrayBuffer(size));
  fields.forEach(([at, width, value]) => (width === 4 ? view.setUint32(at, value, true) : view.setUint16(at, value, true)));
  return new Uint8Array(view.buffer);
}

function moment(file) {
  const time = new Date(file.lastModified || 0);
  const year = Math.min(Math.max(time.getFullYear(), 1980), 2107);
  const day = ((year - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate();
  return [(time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1), day];
}

// The same files give the same bytes, so that an upload can go on after the page was closed.
export async function packed(files, told) {
  const pieces = [], directory = [];
  let at = 0;
  const sorted = files.map((file) => [file.webkitRelativePath || file.name, file]).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [path, file] of sorted) {
    const name = new TextEncoder().encode(path);
    const crc = await checksum(file, told);
    const [time, day] = moment(file);
    const common = (shift) => [[4 + shift, 2, 20], [6 + shift, 2, 0x800], [10 + shift, 2, time], [12 + shift, 2, day],
      [14 + shift, 4, crc], [18 + shift, 4, file.size], [22 + shift, 4, file.size], [26 + shift, 2, name.length]];
    pieces.push(header(30, [[0, 4, 0x04034b50], ...common(0)]), name, file);
    directory.push(header(46, [[0, 4, 0x02014b50], [4, 2, 20], ...common(2), [42, 4, at]]), name);
    at += 30 + name.length + file.size;
  }
  const length = directory.reduce((sum, piece) => sum + piece.length, 0);
  const end = header(22, [[0, 4, 0x06054b50], [8, 2, sorted.length], [10, 2, sorted.length], [12, 4, length], [16, 4, at]]);
  return new Blob([...pieces, ...directory, end], { type: "application/zip" });
}
