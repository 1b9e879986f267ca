/** The least that could take taps by MQTT: a broker, a client, one insert and one commit for each message, an answer. Prints its address. */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import Database from 'better-sqlite3';
import mqtt from 'mqtt';

const [, , file = ''] = process.argv;
const db = new Database(file);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(
  'CREATE TABLE tap (device INTEGER, seq INTEGER, row TEXT, PRIMARY KEY (device, seq)) STRICT, WITHOUT ROWID',
);
const insert = db.prepare('INSERT INTO tap VALUES (?, ?, ?) ON CONFLICT DO NOTHING');

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const url = `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
const client = await mqtt.connectAsync(url);
client.on('message', (topic, payload) => {
  const text = payload.toString();
  const { device, seq } = JSON.parse(text);
  insert.run(device, seq, text);
  client.publish(topic.replace('up', 'down'), String(seq), { qos: 1 });
});
await client.subscribeAsync('up/+', { qos: 1 });
process.stdout.write(`${JSON.stringify({ mqtt: url })}\n`);
process.on('SIGTERM', () => process.exit(0));
