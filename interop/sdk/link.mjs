// Links as the phones write and read them: a URL around base64(XZ(protobuf)) (spec/links.md).
//
// Protobuf is read without a schema: a message is a map from field number to the list of its values, numbers as
// BigInt, everything else as bytes.

function pushNumber(out, value) {
  let rest = BigInt(value);
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
}

// Fields as [number, value]; a value is text, a number, a boolean, or a nested list of fields. Empty ones are left out.
export function encode(fields) {
  const out = [];
  for (const [number, value] of fields) {
    if (!value) continue;
    if (typeof value === "number" || value === true) {
      pushNumber(out, number << 3);
      pushNumber(out, value);
      continue;
    }
    const bytes = Array.isArray(value) ? encode(value) : Buffer.from(value);
    pushNumber(out, (number << 3) | 2);
    pushNumber(out, bytes.length);
    out.push(...bytes);
  }
  return Uint8Array.from(out);
}

function decode(bytes) {
  let at = 0;
  const number = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error("a protobuf message is cut short");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const fields = new Map();
  while (at < bytes.length) {
    const key = Number(number());
    const kind = key & 7;
    if (kind !== 0 && kind !== 2) throw new Error(`a protobuf field of wire type ${kind}`);
    const value = number();
    const field = kind === 0 ? value : bytes.subarray(at, (at += Number(value)));
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), field]);
  }
  return fields;
}

// What the fields of a message say, by name; a missing field is the empty one of its type.
export function reader(bytes) {
  const fields = decode(bytes);
  const last = (number) => fields.get(number)?.at(-1);
  return {
    text: (number) => Buffer.from(last(number) ?? "").toString(),
    texts: (number) => (fields.get(number) ?? []).map((value) => Buffer.from(value).toString()),
    flag: (number) => Boolean(last(number)),
    number: (number) => Number(last(number) ?? 0n),
    message: (number) => (last(number) === undefined ? undefined : reader(last(number))),
  };
}

// XZ through the archiver that the SDK itself uses.
export function codec(SevenZip) {
  const archiver = async (name, bytes) => {
    const quiet = { print: () => {}, printErr: () => {} };
    const archiver = await SevenZip(quiet);
    archiver.FS.writeFile(name, bytes);
    return archiver;
  };
  const pack = async (fields) => {
    const program = await archiver("data", encode(fields));
    program.callMain(["a", "data.xz", "data"]);
    return Buffer.from(program.FS.readFile("data.xz")).toString("base64");
  };
  const unpack = async (text) => {
    const program = await archiver("data.xz", Buffer.from(text, "base64"));
    program.callMain(["x", "data.xz", "-y"]);
    return reader(program.FS.readFile("data"));
  };

  return {
    pack,
    unpack,
    // `fields` are those of the message that `parameters` name.
    write: async (parameters, fields) => `https://vultisig.com?${parameters}&jsonData=${await pack(fields)}`,
    read: async (link) => {
      const parameters = new Map();
      for (const pair of link.slice(link.indexOf("?") + 1).split("&")) {
        const [name, ...value] = pair.split("=");
        parameters.set(name, decodeURIComponent(value.join("=")));
      }
      return { parameters, message: await unpack(parameters.get("jsonData")) };
    },
  };
}
