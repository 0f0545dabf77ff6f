// Drives the server at argv[2] with @grpc/grpc-js and the .proto files in argv[3], loaded at run time; writes what was seen as JSON. See NodeClientTests.
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , address, protos] = process.argv;
const definition = loader.loadSync('protobus.proto', { keepCase: true, longs: Number, defaults: true, includeDirs: [protos] });
const { ProtobusService } = grpc.loadPackageDefinition(definition).protobus;
const client = new ProtobusService(address, grpc.credentials.createInsecure());
const seen = {};

const publish = (events) => new Promise((resolve, reject) => {
  const call = client.Publish((error, status) => (error ? reject(error) : resolve(status)));
  events.forEach((event) => call.write(event));
  call.end();
});

// Resolves when the response headers have come: the subscription is active.
const subscribe = (topics, history_depth = 0) => new Promise((resolve, reject) => {
  const call = client.Subscribe({ topics, options: { history_depth } });
  call.on('error', (error) => { if (error.code !== grpc.status.CANCELLED) reject(error); });
  call.on('metadata', () => resolve(call));
});

const take = (call, count) => new Promise((resolve) => {
  const taken = [];
  call.on('data', (event) => {
    taken.push(event);
    if (taken.length === count) { call.cancel(); resolve(taken); }
  });
});

const codeOf = (call) => new Promise((resolve) => {
  call.on('data', () => {});
  call.on('error', (error) => resolve(grpc.status[error.code]));
});

(async () => {
  const foo = take(await subscribe(['foo']), 2);
  const status = await publish([
    { topic: 'xfoo' },
    { topic: 'foobar', tags: { k: 'v' }, client_event_time: { seconds: 1 }, payload: { type_url: 'x/y.Z', value: Buffer.from('hi') } },
    { topic: 'foo' },
  ]);
  seen.published = [status.code, status.message];
  const [first, second] = await foo;
  seen.first = [first.topic, first.tags, first.payload_size, first.client_event_time.seconds];
  seen.received_later = first.server_receive_time.seconds > 1600000000;
  seen.second = second.topic;
  seen.history = (await take(await subscribe(['x?foo'], 5), 3)).map((event) => event.topic);

  const sent = Array.from({ length: 1000 }, (_, i) => `t${i}`);
  const all = take(await subscribe([]), sent.length);
  await publish(sent.map((topic) => ({ topic })));
  seen.in_order = (await all).every((event, i) => event.topic === sent[i]);

  seen.bad_pattern = await codeOf(client.Subscribe({ topics: ['('] }));
  seen.deadline = await codeOf(client.Subscribe({}, { deadline: Date.now() + 200 }));
  seen.too_large = await publish([{ topic: 't'.repeat(4 * 1024 * 1024 + 1) }]).catch((error) => grpc.status[error.code]);
  seen.unknown_method = await codeOf(client.makeServerStreamRequest('/protobus.ProtobusService/Nothing', (b) => b, (b) => b, Buffer.alloc(0)));
  client.close();
  process.stdout.write(JSON.stringify(seen));
})().catch((error) => { console.error(error); process.exit(1); });
