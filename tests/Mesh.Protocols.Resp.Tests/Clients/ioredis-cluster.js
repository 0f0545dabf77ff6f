// Drives the nodes as a cluster with ioredis and prints what it saw, a line each.
const Redis = require('ioredis');

async function main() {
  const cluster = new Redis.Cluster([{ host: '127.0.0.1', port: Number(process.argv[2]) }]);
  await cluster.ping();
  console.log(`nodes ${cluster.nodes('all').length}`);

  const keys = ['a', 'b', 'c', 'd'];
  for (const key of keys) await cluster.xadd(key, '*', 'k', 'v');
  console.log(`lengths ${(await Promise.all(keys.map((key) => cluster.xlen(key)))).join()}`);

  const heard = new Promise((resolve) => cluster.on('message', (room, text) => resolve(`message ${room} ${text}`)));
  await cluster.subscribe('room');
  await cluster.publish('room', 'hello');
  console.log(await heard);

  // The subscriber of shard channels: a connection to the first node of the channel's slot.
  const slot = Number(await cluster.cluster('KEYSLOT', 'shard'));
  const [, , [host, port]] = (await cluster.cluster('SLOTS')).find(([first, last]) => first <= slot && slot <= last);
  const subscriber = new Redis(port, host);
  const shard = new Promise((resolve) => subscriber.on('smessage', (room, text) => resolve(`smessage ${room} ${text}`)));
  await subscriber.ssubscribe('shard');
  await cluster.spublish('shard', 'hello');
  console.log(await shard);
  await subscriber.quit();
  await cluster.quit();
}

main().catch((reason) => { console.error(reason); process.exit(1); });
