// Goes on in a room's history and watches who is in the room with ioredis; prints what it saw, a line each.
const Redis = require('ioredis');

const connect = () => new Redis(Number(process.argv[2]), '127.0.0.1');

/** Takes what an emitter brings, one after another. */
function taking(emitter, event) {
  const [came, asked] = [[], []];
  emitter.on(event, (...values) => (asked.length ? asked.shift()(values) : came.push(values)));
  return () => (came.length ? Promise.resolve(came.shift()) : new Promise((resolve) => asked.push(resolve)));
}

async function main() {
  const commands = connect();
  await commands.call('ROOM', 'HISTORY', 'lobby', 'COUNT', '1000');
  for (let i = 1; i <= 44; i++) await commands.publish('lobby', `m${i}`);

  const follower = connect();
  const message = taking(follower, 'message');
  await follower.subscribe('lobby?since=42');
  for (let i = 45; i <= 46; i++) await commands.publish('lobby', `m${i}`);
  for (let i = 43; i <= 46; i++) console.log((await message())[1]);

  // By a pattern each message comes under the name to go on by behind it.
  const first = connect();
  const firstSeen = taking(first, 'pmessage');
  await first.psubscribe('lobby?since=45');
  const [, next] = await firstSeen();
  console.log(`next ${next}`);
  first.disconnect();
  const second = connect();
  const secondSeen = taking(second, 'pmessage');
  await second.psubscribe(next);
  await commands.publish('lobby', 'm47');
  const [, after, text] = await secondSeen();
  console.log(`${text} ${after}`);
  await follower.quit();
  await second.quit();

  const watcher = connect();
  const change = taking(watcher, 'message');
  await watcher.subscribe('hall?presence');
  const members = async () => {
    const all = await commands.call('ROOM', 'MEMBERS', 'hall');
    console.log(['members', ...all.map(([, , , name]) => name)].join(' '));
  };
  const told = async () => {
    const { event, name, members: count } = JSON.parse((await change())[1]);
    console.log(`${event} ${name} ${count}`);
  };
  const ann = new Redis(Number(process.argv[2]), '127.0.0.1', { connectionName: 'ann' });
  await ann.subscribe('hall');
  await members();
  await told();
  await ann.quit();
  await told();
  await members();
  await watcher.quit();
  await commands.quit();
}

main().catch((reason) => { console.error(reason); process.exit(1); });
