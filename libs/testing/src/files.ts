import { Buffer } from 'node:buffer';
import { crc32, deflateSync } from 'node:zlib';
import { PHOTO } from './data/photo.js';

/** A small real JPEG; the caption (ASCII) goes into a comment segment, so that any two captions give different bytes. */
export function jpeg(caption: string): Buffer {
  const text = Buffer.from(caption.replace(/[^ -~]/g, '?').slice(0, 1000), 'latin1');
  const comment = Buffer.alloc(4);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([PHOTO.subarray(0, 2), comment, text, PHOTO.subarray(2)]);
}

/** A PNG of `size`×`size` pixels with a pattern that depends on `number` (RGB, 8 bit). */
export function png(number: number, size = 48): Buffer {
  const rows = Buffer.alloc(size * (1 + size * 3));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * (1 + size * 3) + 1 + x * 3;
      const inside = (x - size / 2) ** 2 + (y - size / 2) ** 2 < (size / 3) ** 2;
      rows[at] = inside ? number & 255 : 240;
      rows[at + 1] = inside ? (number >> 8) & 255 : 240 - y;
      rows[at + 2] = inside ? (number >> 16) & 255 : 235;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A PDF 1.4 of one A5 page with lines of ASCII text and a correct cross-reference table. */
export function pdf(lines: readonly string[]): Buffer {
  const escaped = lines.map((line) => line.replace(/[^ -~]/g, '?').replace(/[\\()]/g, '\\$&'));
  const stream = `BT /F1 11 Tf 40 540 Td 16 TL ${escaped.map((line) => `(${line}) Tj T*`).join(' ')} ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return Buffer.from(
    `${body}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`,
    'latin1',
  );
}
