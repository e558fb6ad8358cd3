import { crc32, deflateRawSync } from 'node:zlib';

/** `person_keypoints_{set}_{name}_results.json`, as the server of COCO wants it inside of a zip file. */
export function submissionName(set: string, name: string): string {
  return `person_keypoints_${set}_${name}_results.json`;
}

/** A zip file with one deflated member (PKWARE APPNOTE 4.3). */
export function zipOf(name: string, content: Buffer): Buffer {
  const path = Buffer.from(name);
  const data = deflateRawSync(content);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0); // version 2.0
  fields.writeUInt16LE(8, 4); // deflate
  fields.writeUInt16LE(0x21, 8); // 1 January 1980: the same results give the same file
  fields.writeUInt32LE(crc32(content), 10);
  fields.writeUInt32LE(data.length, 14);
  fields.writeUInt32LE(content.length, 18);
  fields.writeUInt16LE(path.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, path, data]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((0o100644 << 16) >>> 0, 6); // mode of a plain file
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields, rest, path]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}
