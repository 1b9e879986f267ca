/** What a day came to: all of it, each line, and what does not add up. */
import { mediumKinds } from '../../../../device/core/medium.ts';
import type { Sums } from '../day-account.ts';
import type { DayAccount, Finding } from '../settled-file.ts';
import { SettleForm } from './days.tsx';
import { clock, Go, Head, Layout, root, yuan } from './layout.tsx';

const mediumNames = { 't-union': '交通联合卡 T-Union', bmac: '市政卡 BMAC', 'ride-code': '乘车码 Ride code' };

export interface DayPageProps {
  readonly account: DayAccount;
  readonly findings: readonly Finding[];
  /** When the last row of the day came, if after the settlement; Unix milliseconds. */
  readonly moreCameAt: number | undefined;
  /** It is to be a file: nothing it could lead to is beside it. */
  readonly isFile?: boolean;
}

export function DayPage({ account, findings, moreCameAt, isFile = false }: DayPageProps) {
  const { day, settledAt, lines, waitingFor } = account;
  const at = isFile ? undefined : `/sim/settlement/${day}`;
  const named = Object.entries(lines).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return (
    <Layout title={`${day} 结算 Settlement`} above={isFile ? [] : [root]}>
      <p class="soft">
        结算于 {clock(Date.parse(settledAt))}。金额单位：元 Amounts in yuan.{' '}
        {at !== undefined && (
          <>
            <a href={`${at}/lines.csv`}>CSV</a> <a href={`${at}/rides.csv`}>乘车 CSV Rides</a>
          </>
        )}
      </p>
      {moreCameAt !== undefined && (
        <div>
          <p class="wrong">
            {clock(moreCameAt)} 又收到当日记录，请重新结算。 More rows of this day have come since.
          </p>
          <SettleForm day={day} />
        </div>
      )}
      <Figures account={account} at={at} />
      {waitingFor.length > 0 && (
        <p>
          等待这些刷卡机的记录 Rides without a tap-off wait for: <strong>{waitingFor.join(', ')}</strong>
        </p>
      )}
      <h2>各线路 Lines</h2>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <Head zh="线路" en="Line" />
              <Head zh="乘车" en="Rides" isNumber />
              {mediumKinds.map(kind => (
                <Head key={kind} zh={mediumNames[kind].split(' ')[0] ?? ''} en={kind} isNumber />
              ))}
              <Head zh="未下车刷" en="Unfinished" isNumber />
              <Head zh="应收未扣" en="Due" isNumber />
              <Head zh="待定" en="Unresolved" isNumber />
              <Head zh="差异" en="Differences" isNumber />
              <Head zh="拒绝" en="Refused" isNumber />
              <Head zh="其中禁用" en="Denied" isNumber />
            </tr>
          </thead>
          <tbody>
            {named.map(([line, sums]) => (
              <LineRow key={line} name={line} sums={sums} href={linkTo(at, { line })} />
            ))}
            <LineRow name="合计 All" sums={account} href={linkTo(at, {})} />
          </tbody>
        </table>
      </div>
      <Findings findings={findings} isFile={isFile} />
      <Earlier account={account} />
    </Layout>
  );
}

function linkTo(at: string | undefined, query: Readonly<Record<string, string>>): string | undefined {
  const words = new URLSearchParams(query).toString();
  return at && `${at}/rides${words === '' ? '' : `?${words}`}`;
}

function Figures({ account, at }: { readonly account: DayAccount; readonly at: string | undefined }) {
  const {
    tac,
    unfinished,
    waiting,
    acrossEpochs,
    unreported,
    madeUp,
    refundFen,
    shortFen,
    unresolvedFen,
    loadsFen,
  } = account;
  const total = mediumKinds.reduce((sum, kind) => sum + account.revenueFen[kind], 0);
  const figures: readonly (readonly [string, string, (string | undefined)?])[] = [
    [`${account.rides}`, '乘车 Rides', linkTo(at, {})],
    [yuan(total), '收入 Revenue'],
    ...mediumKinds.map(kind => [yuan(account.revenueFen[kind]), mediumNames[kind]] as const),
    [`${unfinished}`, '未下车刷 Unfinished', linkTo(at, { state: 'no-tap-off' })],
    [`${waiting}`, '其中待记录 Waiting', linkTo(at, { state: 'waiting' })],
    [`${acrossEpochs}`, '跨密钥期 Across epochs', linkTo(at, { state: 'across-epochs' })],
    [`${unreported}`, '记录遗失 Never reported', linkTo(at, { state: 'unreported' })],
    [`${madeUp}`, '补登 Made up', linkTo(at, { state: 'made-up' })],
    [yuan(refundFen), '应退 To give back', linkTo(at, { state: 'refund' })],
    [yuan(shortFen), '余额不足 Short', linkTo(at, { state: 'short' })],
    [yuan(unresolvedFen), '待定 Unresolved', linkTo(at, { state: 'unresolved' })],
    [yuan(loadsFen), '充值 Loaded'],
    [`${tac.right} / ${tac.wrong} / ${tac.uncheckable}`, 'TAC 对/错/无法核对 right/wrong/not checked'],
  ];
  return (
    <ul class="figures">
      {figures.map(([figure, name, href]) => (
        <li key={name}>
          <strong>
            <Go to={href}>{figure}</Go>
          </strong>{' '}
          {name}
        </li>
      ))}
    </ul>
  );
}

function LineRow({
  name,
  sums,
  href,
}: {
  readonly name: string;
  readonly sums: Sums;
  readonly href: string | undefined;
}) {
  const due = mediumKinds.reduce((sum, kind) => sum + sums.dueFen[kind], 0);
  return (
    <tr class={name.startsWith('合计') ? 'sum' : ''}>
      <td>
        <Go to={href}>{name}</Go>
      </td>
      <td class="number">{sums.rides}</td>
      {mediumKinds.map(kind => (
        <td key={kind} class="number">
          {yuan(sums.revenueFen[kind])}
        </td>
      ))}
      <td class="number">{sums.unfinished}</td>
      <td class="number">{yuan(due)}</td>
      <td class="number">{yuan(sums.unresolvedFen)}</td>
      <td class={sums.differencesFen === 0 ? 'number' : 'number wrong'}>{yuan(sums.differencesFen)}</td>
      <td class="number">{sums.refused}</td>
      <td class="number">{sums.denied}</td>
    </tr>
  );
}

const findingNames: Readonly<Record<string, string>> = {
  difference: '差异 Difference',
  load: '充值 Load',
  'wrong-tac': 'TAC 错误 Wrong TAC',
};

function Findings({ findings, isFile }: { readonly findings: readonly Finding[]; readonly isFile: boolean }) {
  if (findings.length === 0) return null;
  return (
    <section>
      <h2>钱包与记录 Purses and journals</h2>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <Head zh="发现" en="Found" />
              <Head zh="线路" en="Line" />
              <Head zh="时间" en="When" />
              <Head zh="金额" en="Amount" isNumber />
              <Head zh="记录" en="Rows" />
            </tr>
          </thead>
          <tbody>
            {findings.map(({ what, line, at, fen, rows }) => (
              <tr key={`${what} ${rows}`}>
                <td class={what === 'load' ? '' : 'wrong'}>{findingNames[what] ?? what}</td>
                <td>{line}</td>
                <td>{clock(at)}</td>
                <td class="number">{yuan(fen)}</td>
                <td>
                  <Go to={isFile ? undefined : `/sim/settlement/rows?rows=${encodeURIComponent(rows)}`}>
                    {isFile ? '' : '查看 See'}
                  </Go>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** Since when the day comes to something else. */
function Earlier({ account: { earlier } }: { readonly account: DayAccount }) {
  if (earlier.length === 0) return null;
  return (
    <section>
      <h2>此前的结算 Settled before</h2>
      <div class="wide">
        <table>
          <thead>
            <tr>
              <Head zh="结算时间" en="Settled" />
              <Head zh="乘车" en="Rides" isNumber />
              <Head zh="收入" en="Revenue" isNumber />
              <Head zh="未下车刷" en="Unfinished" isNumber />
              <Head zh="差异" en="Differences" isNumber />
            </tr>
          </thead>
          <tbody>
            {earlier.toReversed().map(({ settledAt, rides, revenueFen, unfinished, differencesFen }) => (
              <tr key={settledAt}>
                <td>{clock(Date.parse(settledAt))}</td>
                <td class="number">{rides}</td>
                <td class="number">{yuan(mediumKinds.reduce((sum, kind) => sum + revenueFen[kind], 0))}</td>
                <td class="number">{unfinished}</td>
                <td class="number">{yuan(differencesFen)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
