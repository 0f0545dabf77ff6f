// Drives the door with ioredis and prints what it saw, a line each.
const Redis = require('ioredis');

async function main() {
  const port = Number(process.argv[2]);
  const commands = new Redis(port, '127.0.0.1');
  const subscriber = new Redis(port, '127.0.0.1');
  const exact = new Promise((resolve) => subscriber.on('message', (room, text) => resolve(`message ${room} ${text}`)));
  const pattern = new Promise((resolve) => subscriber.on('pmessage', (glob, room, text) => resolve(`pmessage ${glob} ${room} ${text}`)));
  await subscriber.subscribe('room');
  await subscriber.psubscribe('r*');
  await commands.publish('room', 'hello');
  console.log(await exact);
  console.log(await pattern);

  const pipeline = commands.pipeline();
  for (let i = 0; i < 100; i++) pipeline.xadd('stream', '*', 'n', i);
  await pipeline.exec();
  console.log(`length ${await commands.xlen('stream')}`);
  const [[, entries]] = await commands.xread('BLOCK', 1000, 'STREAMS', 'stream', '0');
  console.log(`read ${entries.length} ${entries[99][1][1]}`);
  await subscriber.quit();
  await commands.quit();
}

main().catch((reason) => { console.error(reason); process.exit(1); });
