/** The rides behind a day's figures, and the rows behind a ride. */
import type { RideRow } from '../csv.ts';
import { clock, Head, Layout, root, yuan } from './layout.tsx';

const stateNames: Readonly<Record<string, string>> = {
  complete: '完整 complete',
  unfinished: '未下车刷 unfinished',
  waiting: '待记录 waiting',
  'across-epochs': '跨密钥期 across epochs',
  unreported: '记录遗失 never reported',
  'made-up': '补登 made up',
  'earlier-ride': '补缴此前 for an earlier ride',
};

const figureNames: ReadonlyMap<string | undefined, string> = new Map([
  ...Object.entries(stateNames),
  ['no-tap-off', '未下车刷 without a tap-off'],
  ['refund', '应退 to give back'],
  ['short', '余额不足 short'],
  ['unresolved', '待定 unresolved'],
]);

export interface RidesPageProps {
  readonly day: string;
  readonly line: string | undefined;
  readonly state: string | undefined;
  readonly rides: readonly RideRow[];
  /** Of the first one. */
  readonly from: number;
  readonly hasMore: boolean;
}

export function RidesPage({ day, line, state, rides, from, hasMore }: RidesPageProps) {
  const words = [day, line === undefined ? '' : `${line} 路`, figureNames.get(state) ?? '', '乘车 Rides'];
  const at = `/sim/settlement/${day}`;
  const query = new URLSearchParams({ ...(line && { line }), ...(state && { state }) });
  return (
    <Layout title={words.filter(word => word !== '').join(' ')} above={[root, { href: at, name: day }]}>
      {rides.length === 0 && <p>没有。 None.</p>}
      <div class="wide">
        <table>
          <thead>
            <tr>
              <Head zh="线路" en="Line" />
              <Head zh="车号" en="Bus" />
              <Head zh="介质" en="Medium" />
              <Head zh="上车" en="On" />
              <Head zh="下车" en="Off" />
              <Head zh="状态" en="State" />
              <Head zh="票价" en="Fare" isNumber />
              <Head zh="实收" en="Paid" isNumber />
              <Head zh="应收" en="Due" isNumber />
              <th />
            </tr>
          </thead>
          <tbody>
            {rides.map(ride => (
              <tr key={ride.id}>
                <td>{ride.line}</td>
                <td>{ride.bus}</td>
                <td>{ride.medium}</td>
                <td>
                  {clock(ride.began_at).slice(11)} {ride.on_stop}
                </td>
                <td>
                  {clock(ride.off_at).slice(11)} {ride.off_stop}
                </td>
                <td>
                  {stateNames[String(ride.state)] ?? ride.state} <span class="soft">{ride.reason}</span>
                </td>
                <td class="number">{yuan(Number(ride.fare_fen))}</td>
                <td class="number">{yuan(Number(ride.paid_fen))}</td>
                <td class="number">{yuan(Number(ride.due_fen))}</td>
                <td>
                  <a href={`${at}/rides/${ride.id}`}>记录 Rows</a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>
        {from > 0 && <a href={`${at}/rides?${query}`}>从头 From the first</a>}{' '}
        {hasMore && <a href={`${at}/rides?${query}&from=${from + rides.length}`}>后面 Next</a>}
      </p>
    </Layout>
  );
}

interface RowsPageProps {
  readonly title: string;
  readonly above: readonly { readonly href: string; readonly name: string }[];
  readonly ride: RideRow | undefined;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** The rows of the journals as they came: a column of the page for each. */
export function RowsPage({ title, above, ride, rows }: RowsPageProps) {
  const columns = Object.keys(rows[0] ?? {}).filter(column => rows.some(row => row[column] !== null));
  return (
    <Layout title={title} above={above}>
      {ride && (
        <p>
          票价 Fare {yuan(Number(ride.fare_fen))}，实收 paid {yuan(Number(ride.paid_fen))}
        </p>
      )}
      <div class="wide">
        <table>
          <tbody>
            {columns.map(column => (
              <tr key={column}>
                <th>{column}</th>
                {rows.map(row => (
                  <td key={String(row.row)}>{shown(column, row[column])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Layout>
  );
}

function shown(column: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return column === 'at' || column === 'on_at' ? `${value} (${clock(value)})` : String(value);
}
