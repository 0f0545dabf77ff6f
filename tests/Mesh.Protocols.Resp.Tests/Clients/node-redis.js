const { createClient } = require('redis');

(async () => {
  const url = `redis://127.0.0.1:${process.argv[2]}`;
  const redis = await createClient({ url }).connect();
  await redis.xGroupCreate('g-s', 'g', '0', { MKSTREAM: true });
  await redis.xAdd('g-s', '1-1', { k: 'v' });
  await redis.xAdd('g-s', '2-1', { k: 'w' });
  const read = await redis.xReadGroup('g', 'one', { key: 'g-s', id: '>' }, { COUNT: 1 });
  console.log(`got ${read[0].messages[0].id} ${read[0].messages[0].message.k}`);
  console.log(`pending ${(await redis.xPending('g-s', 'g')).pending}`);
  const claimed = await redis.xAutoClaim('g-s', 'g', 'two', 0, '-');
  console.log(`claimed ${claimed.messages[0].id}`);
  console.log(`acked ${await redis.xAck('g-s', 'g', '1-1')}`);
  console.log(`lag ${(await redis.xInfoGroups('g-s'))[0].lag}`);
  const multi = await redis.multi().xLen('g-s').xAdd('g-s', '3-1', { k: 'x' }).exec();
  console.log(`multi ${multi[0]} ${multi[1]}`);
  const subscriber = await redis.duplicate().connect();
  const heard = new Promise(resolve => subscriber.sSubscribe('room', resolve));
  while (await redis.sPublish('room', 'hello') !== 1);
  console.log(`shard ${await heard}`);
  await redis.close();
  await subscriber.close();
})();
