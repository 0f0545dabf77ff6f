// Drives the server at argv[2] with @grpc/grpc-js and the .proto files in argv[3], loaded at run time: does what each line of the input asks and answers it with a line.
// See DrivenClient.cs.
const readline = require('node:readline');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const rawBytesMax = 1000;
const gzip = 2;
const [, , address, protos] = process.argv;
const definition = loader.loadSync('protobus.proto', { keepCase: true, longs: Number, defaults: true, includeDirs: [protos] });

// The stub's own coders, with bytes of the test's behind a request, and with those that a response came in.
const { Publish, Subscribe } = definition['protobus.ProtobusService'];
const encode = Publish.requestSerialize;
const decode = Subscribe.responseDeserialize;
Publish.requestSerialize = ({ more, ...event }) => Buffer.concat([encode(event), more]);
Subscribe.responseDeserialize = (bytes) => Object.assign(decode(bytes), { raw: bytes });

const { ProtobusService } = grpc.loadPackageDefinition(definition).protobus;
const client = new ProtobusService(address, grpc.credentials.createInsecure());
const packing = new ProtobusService(address, grpc.credentials.createInsecure(), { 'grpc.default_compression_algorithm': gzip });
const calls = new Map();

const build = (wanted) => ({
  topic: wanted.topic,
  tags: wanted.tags,
  client_event_time: wanted.event_time,
  client_transmit_time: wanted.transmit_time,
  server_receive_time: wanted.receive_time,
  payload_size: wanted.payload_size,
  payload: wanted.payload && { type_url: wanted.payload.type_url, value: Buffer.from(wanted.payload.value, 'base64') },
  more: Buffer.from(wanted.more, 'base64'),
});

const show = (event) => ({
  topic: event.topic,
  tags: event.tags,
  event_time: event.client_event_time,
  transmit_time: event.client_transmit_time,
  receive_time: event.server_receive_time,
  payload_size: event.payload_size,
  payload: event.payload && { type_url: event.payload.type_url, value: event.payload.value.toString('base64') },
  raw: event.raw.length <= rawBytesMax ? event.raw.toString('base64') : null,
});

class Publishing {
  constructor({ packed }) {
    this.answered = new Promise((resolve) => {
      this.call = (packed ? packing : client).Publish((error, status) => resolve(
        error ? { code: error.code, status_code: 0, message: null } : { code: 0, status_code: status.code, message: status.message }));
    });
  }

  send({ events }) {
    events.forEach((event) => this.call.write(build(event)));
    return {};
  }

  end() {
    this.call.end();
    return this.answered;
  }

  cancel() {
    this.call.cancel();
    return {};
  }
}

class Subscription {
  constructor({ topics, depth, deadline }) {
    this.events = [];
    this.wanted = () => {};
    this.call = client.Subscribe({ topics, options: { history_depth: depth } }, deadline ? { deadline: Date.now() + deadline * 1000 } : {});
    this.call.on('data', (event) => { this.events.push(event); this.wanted(); });
    this.call.on('error', () => {}); // the status tells it too
    this.ended = new Promise((resolve) => this.call.on('status', ({ code }) => resolve({ code })));
    this.active = Promise.race([new Promise((resolve) => this.call.on('metadata', resolve)), this.ended]);
  }

  async take({ count }) {
    while (this.events.length < count) {
      await Promise.race([new Promise((resolve) => { this.wanted = resolve; }), this.ended.then(({ code }) => { throw new Error(`It ended with ${code}.`); })]);
    }

    return { events: this.events.splice(0, count).map(show) };
  }

  status() {
    return this.ended;
  }

  cancel() {
    this.call.cancel();
    return {};
  }
}

const callUnknown = () => new Promise((resolve) => {
  const same = (bytes) => bytes;
  client.makeUnaryRequest('/protobus.ProtobusService/Nothing', same, same, Buffer.alloc(0), (error) => resolve({ code: error ? error.code : 0 }));
});

const answer = async (ask) => {
  if (ask.do === 'unknown') return callUnknown();
  if (ask.do === 'publish' || ask.do === 'subscribe') {
    const call = ask.do === 'publish' ? new Publishing(ask) : new Subscription(ask);
    calls.set(ask.call, call);
    await call.active;
    return {};
  }

  return calls.get(ask.call)[ask.do](ask);
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const said = await answer(JSON.parse(line)).catch((error) => ({ error: error.stack }));
    process.stdout.write(`${JSON.stringify(said)}\n`);
  }
})();
