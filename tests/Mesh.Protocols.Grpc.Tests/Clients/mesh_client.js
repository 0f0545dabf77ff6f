// Drives mesh.v1 of the server at argv[2] with @grpc/grpc-js and the .proto files in argv[3], loaded at run time; writes what was seen as JSON.
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [, , address, protos] = process.argv;
const definition = loader.loadSync('mesh.proto', { keepCase: true, longs: Number, enums: String, defaults: true, includeDirs: [protos] });
const client = new (grpc.loadPackageDefinition(definition).mesh.v1.Mesh)(address, grpc.credentials.createInsecure());
const seen = {};

const ask = (method, request) => new Promise((resolve, reject) => client[method](request, (error, answer) => (error ? reject(error) : resolve(answer))));
const record = (body, more) => ({ body: Buffer.from(body), ...more });
const bodies = (records) => records.map((each) => [each.sequence, each.body.toString()]);

// Messages of a call until enough of what they hold is there.
const take = (call, count, of) => new Promise((resolve, reject) => {
  const taken = [];
  call.on('error', (error) => { if (error.code !== grpc.status.CANCELLED) reject(error); });
  call.on('data', (message) => {
    taken.push(...of(message));
    if (taken.length >= count) { call.cancel(); resolve(taken); }
  });
});

const tail = (request) => new Promise((resolve) => {
  const call = client.Tail(request);
  call.once('data', (first) => resolve([call, first.next]));
});

const stream = (first, ...parts) => {
  const call = client.AppendStream();
  call.write({ stream: 'ring:js', producer_id: 78, first_number: first });
  parts.forEach((part) => call.write({ records: part.map((each) => record(each)) }));
  return take(call, parts.flat().length, (ack) => Array.from({ length: ack.count }, (_, i) => [ack.first_number + i, ack.first_sequence + i]));
};

(async () => {
  seen.created = (await ask('CreateStream', { stream: 'ring:js', options: { retention_count: 100 } })).created;
  const [tailing, from] = await tail({ stream: 'ring:js' });
  seen.tail_from = from;
  const tailed = take(tailing, 6, (message) => bodies(message.records));
  seen.first = (await ask('Append', { stream: 'ring:js', records: [record('a', { tags: { k: 'v' } }), record('b')] })).first_sequence;
  seen.filtered = bodies((await ask('Read', { stream: 'ring:js', filter: { tags: { k: 'v' } } })).records);
  seen.acks = await stream(1, ['c', 'd'], ['e']);
  seen.repeated = await stream(2, ['d', 'e', 'f']);
  seen.tailed = await tailed;

  await ask('Append', { stream: 'queue:js', records: [record('job')] });
  const claim = await ask('Claim', { stream: 'queue:js' });
  seen.claimed = [claim.records[0].body.toString(), claim.records[0].delivery_count];
  seen.acked = (await ask('Ack', { stream: 'queue:js', claim_id: claim.claim_id })).acks.map((ack) => ack.outcome);

  await ask('CreateGroup', { stream: 'ring:js', group: 'g', from: 5 });
  seen.group = bodies((await ask('Claim', { stream: 'ring:js', group: 'g', consumer: 'me' })).records);

  const [requests] = await tail({ stream: 'ring:requests' });
  const heard = take(requests, 1, (message) => message.records);
  const reply = ask('Request', { stream: 'ring:requests', record: record('ping') });
  await ask('Append', { stream: (await heard)[0].tags['mesh-reply-to'], records: [record('pong')] });
  seen.reply = (await reply).body.toString();

  seen.refused = await ask('DescribeStream', { stream: 'ring:none' }).catch(
    (error) => [grpc.status[error.code], error.metadata.get('grpc-status-details-bin').toString().includes('NO_SUCH_STREAM')]);
  client.close();
  process.stdout.write(JSON.stringify(seen));
})().catch((error) => { console.error(error); process.exit(1); });
