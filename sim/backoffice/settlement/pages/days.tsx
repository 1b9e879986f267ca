/** The days that buses have reported: which are settled, and of which more has come since. */
import type { KnownDay } from '../desk.ts';
import { clock, Head, Layout } from './layout.tsx';

export function DaysPage({ days }: { readonly days: readonly KnownDay[] }) {
  return (
    <Layout title="结算 Settlement" above={[{ href: '/sim/', name: 'Controls' }]}>
      {days.length === 0 ? (
        <p>还没有收到乘车记录。 No rows have come yet: backoffice import-journal DIR FILE takes a journal.</p>
      ) : (
        <div class="wide">
          <table>
            <thead>
              <tr>
                <Head zh="日期" en="Day" />
                <Head zh="记录数" en="Rows" isNumber />
                <Head zh="最近收到" en="Last row came" />
                <Head zh="结算时间" en="Settled" />
                <th />
              </tr>
            </thead>
            <tbody>{days.map(DayRow)}</tbody>
          </table>
        </div>
      )}
    </Layout>
  );
}

function DayRow({ day, rows, lastRowCameAt, settledAt }: KnownDay) {
  const isBehind = settledAt !== undefined && Date.parse(settledAt) < lastRowCameAt;
  return (
    <tr key={day}>
      <td>{settledAt === undefined ? day : <a href={`/sim/settlement/${day}`}>{day}</a>}</td>
      <td class="number">{rows}</td>
      <td>{rows === 0 ? '' : clock(lastRowCameAt)}</td>
      <td>
        {settledAt === undefined ? <span class="soft">未结算 not yet</span> : clock(Date.parse(settledAt))}
        {isBehind && <span class="wrong"> 之后又有记录 more has come since</span>}
      </td>
      <td>
        <SettleForm day={day} />
      </td>
    </tr>
  );
}

export function SettleForm({ day }: { readonly day: string }) {
  return (
    <form method="post" action={`/sim/settlement/${day}`}>
      <button type="submit">结算 Settle</button>
    </form>
  );
}
