/**
 * The least that could take taps by MQTT: a broker, a client, one insert and one commit for each message, an answer. Prints its
 * address. In SQLite, or in PostgreSQL where its address is given.
 */
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import Database from 'better-sqlite3';
import mqtt from 'mqtt';
import pg from 'pg';

const [, , file = '', postgres] = process.argv;
const insert = postgres === undefined ? insertInto(file) : await insertAt(postgres);

const broker = await Aedes.createBroker();
const server = createServer(broker.handle);
await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
const address = server.address();
const url = `mqtt://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
const client = await mqtt.connectAsync(url);
client.on('message', (topic, payload) => {
  const text = payload.toString();
  const { device, seq } = JSON.parse(text);
  void insert(device, seq, text).then(() => {
    client.publish(topic.replace('up', 'down'), String(seq), { qos: 1 });
  });
});
await client.subscribeAsync('up/+', { qos: 1 });
process.stdout.write(`${JSON.stringify({ mqtt: url })}\n`);
process.on('SIGTERM', () => process.exit(0));

type Insert = (device: number, seq: number, row: string) => Promise<unknown>;

function insertInto(path: string): Insert {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(
    'CREATE TABLE tap (device INTEGER, seq INTEGER, row TEXT, PRIMARY KEY (device, seq)) STRICT, WITHOUT ROWID',
  );
  const put = db.prepare('INSERT INTO tap VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
  return async (device, seq, row) => put.run(device, seq, row);
}

async function insertAt(url: string): Promise<Insert> {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  await pool.query('CREATE TABLE tap (device integer, seq integer, row text, PRIMARY KEY (device, seq))');
  const text = 'INSERT INTO tap VALUES ($1, $2, $3) ON CONFLICT DO NOTHING';
  return (device, seq, row) => pool.query({ name: 'put', text, values: [device, seq, row] });
}
