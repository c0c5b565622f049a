// How one batch is asked and answered in each format: a request's headers and body, and a reply's numbers.

/** The logits as arrays of rows. */
function rowsOf({ rows, columns, logits }) {
  return Array.from({ length: rows }, (_, row) => Array.from(logits.subarray(row * columns, (row + 1) * columns)));
}

const asBytes = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);
const asLongs = (labels) => BigInt64Array.from(labels, BigInt);

/** A copy, which begins at a multiple of what its numbers need. */
const asFloats = (bytes) => new Float32Array(Uint8Array.from(bytes).buffer);

/** `{logits, labels}` in, `{loss, losses, gradients}` out: ours, and that of every peer without a format of its own. */
const json = {
  headers: { "content-type": "application/json" },
  request: (batch) => ({ body: Buffer.from(JSON.stringify({ logits: rowsOf(batch), labels: [...batch.labels] })) }),
  read: ({ body }) => {
    const { loss, losses, gradients } = JSON.parse(body.toString());
    return { loss: [loss], losses, gradients: gradients.flat() };
  },
};

/** The Open Inference Protocol's JSON tensors, flat as MLServer's own clients send them. */
const v2Json = {
  headers: { "content-type": "application/json" },
  request: ({ rows, columns, logits, labels }) => {
    const inputs = [
      { name: "logits", shape: [rows, columns], datatype: "FP64", data: Array.from(logits) },
      { name: "labels", shape: [rows], datatype: "INT64", data: Array.from(labels) },
    ];
    return { body: Buffer.from(JSON.stringify({ inputs })) };
  },
  read: ({ body }) => {
    const { outputs } = JSON.parse(body.toString());
    return Object.fromEntries(outputs.map(({ name, data }) => [name, data]));
  },
};

/** The Open Inference Protocol's binary tensor extension: a JSON header, then the tensors' bytes in its order. */
const v2Binary = {
  headers: { "content-type": "application/octet-stream" },
  request: ({ rows, columns, logits, labels }) => {
    const data = [asBytes(logits), asBytes(asLongs(labels))];
    const inputs = [
      { name: "logits", shape: [rows, columns], datatype: "FP32" },
      { name: "labels", shape: [rows], datatype: "INT64" },
    ].map((tensor, i) => ({ ...tensor, parameters: { binary_data_size: data[i].length } }));
    const outputs = ["loss", "losses", "gradients"].map((name) => ({ name, parameters: { binary_data: true } }));
    const head = Buffer.from(JSON.stringify({ inputs, outputs }));
    const headers = { "inference-header-content-length": String(head.length) };
    return { headers, body: Buffer.concat([head, ...data]) };
  },
  read: ({ headers, body }) => {
    let offset = Number(headers.get("inference-header-content-length"));
    const { outputs } = JSON.parse(body.subarray(0, offset).toString());
    const numbers = outputs.map(({ name, datatype, parameters }) => {
      if (datatype !== "FP32") throw new Error(`${name} is ${datatype}, not FP32`);
      const start = offset;
      offset += parameters.binary_data_size;
      return [name, asFloats(body.subarray(start, offset))];
    });
    return Object.fromEntries(numbers);
  },
};

/** The barest bytes: FP32 logits and INT64 labels in; loss, losses, gradients in FP32 out. */
const raw = {
  headers: { "content-type": "application/octet-stream" },
  request: ({ rows, columns, logits, labels }) => ({
    query: `?rows=${rows}&columns=${columns}`,
    body: Buffer.concat([asBytes(logits), asBytes(asLongs(labels))]),
  }),
  read: ({ body }, { rows }) => {
    const numbers = asFloats(body);
    return {
      loss: numbers.subarray(0, 1),
      losses: numbers.subarray(1, 1 + rows),
      gradients: numbers.subarray(1 + rows),
    };
  },
};

const wires = { json, v2Json, v2Binary, raw };

/** What to post for a batch in a format. */
export function makeRequest(wire, batch) {
  const { headers = {}, query = "", body } = wires[wire].request(batch);
  return { query, headers: { ...wires[wire].headers, ...headers }, body };
}

/** A reply's numbers, whatever its format. */
export function readReply(wire, reply, batch) {
  return wires[wire].read(reply, batch);
}
