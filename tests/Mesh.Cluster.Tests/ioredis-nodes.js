// Subscribes to a shard channel as a client of a cluster, and goes on after its node is killed; prints what it sees, a line each.
const Redis = require('ioredis');

const port = Number(process.argv[2]);

async function nodesOfRoom(cluster) {
  const slot = Number(await cluster.cluster('KEYSLOT', 'room'));
  const [, , ...nodes] = (await cluster.cluster('SLOTS')).find(([first, last]) => first <= slot && slot <= last);
  return nodes.map(([, each]) => each);
}

async function main() {
  const cluster = new Redis.Cluster([{ host: '127.0.0.1', port }], { shardedSubscribers: true, slotsRefreshInterval: 1000 });
  cluster.on('error', () => {});
  await cluster.ping();
  console.log(`nodes ${cluster.nodes('all').length}`);

  const [first] = await nodesOfRoom(cluster);
  const heard = new Set();
  cluster.on('smessage', (room, text) => {
    if (!heard.has(text)) console.log(`heard ${text}`);
    heard.add(text);
  });
  await cluster.ssubscribe('room');
  console.log(`subscribed at ${first}`);

  // What is said while it is away is missed, as in Redis: it is said again until it is heard.
  let said = 'first';
  setInterval(() => cluster.spublish('room', said).catch(() => {}), 200);
  setInterval(async () => {
    const nodes = await nodesOfRoom(cluster).catch(() => [first]);
    if (!nodes.includes(first)) said = 'again';
    if (heard.has('again')) process.exit(0);
  }, 200);
}

main().catch((reason) => { console.error(reason); process.exit(1); });
