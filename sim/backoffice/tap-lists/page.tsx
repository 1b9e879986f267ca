/** The lists of what the intake finds, each as a table. */
import { clock, Head, Layout, root } from '../settlement/pages/layout.tsx';
import type { TapListEntry } from './entry.ts';
import { type TapList, type TapListName, tapListNames } from './tap-list.ts';

const titles: Readonly<Record<TapListName, string>> = {
  gaps: '缺号 Gaps',
  watermarks: '收齐进度 Watermarks',
  'same-code': '一码两机 Same code twice',
  stolen: '失窃刷卡机 Stolen validators',
  'doubtful-clock': '时钟存疑 Doubtful clocks',
};

const explained: Readonly<Record<TapListName, string>> = {
  gaps: '尚未收到、或已在车上丢失的记录。 Rows that have not come yet, or were lost on the bus.',
  watermarks:
    '每台刷卡机的记录已连续收齐到哪一条、哪一时刻。 Up to where each validator’s rows are here without a gap.',
  'same-code':
    '同一乘车码在有效期内被两台刷卡机收费。 Two validators took the fare of one ride code within its life.',
  stolen: '报失之后产生或收到的记录。 Rows dated, or come, after the validator was reported stolen.',
  'doubtful-clock':
    '时间不可信的记录：validator 刷卡机自己不信，ahead 早于所写时间收到，set-back 早于前一条。 Rows whose time is in doubt.',
};

const heads: Readonly<Record<string, string>> = {
  device: '刷卡机',
  epoch: '期次',
  firstSeq: '起',
  lastSeq: '止',
  missing: '缺',
  beforeAt: '之前一条',
  afterAt: '之后一条',
  completeSeq: '连续至',
  completeAt: '连续至时刻',
  lastCameAt: '最近收到',
  code: '码',
  bus: '车号',
  line: '线路',
  firstAt: '先',
  otherDevice: '另一刷卡机',
  otherBus: '另一车号',
  otherLine: '另一线路',
  thenAt: '后',
  stolenAt: '报失',
  tapAt: '刷卡时间',
  cameAt: '收到',
  verdict: '核验',
  fareTaken: '乘车',
  fareFen: '金额（分）',
  why: '原因',
};

/** No day is a part of them. */
const ofAllRows: readonly TapListName[] = ['gaps', 'watermarks'];

export interface TapListPageProps {
  readonly name: TapListName;
  /** YYYY-MM-DD */
  readonly day: string | undefined;
  readonly list: TapList;
}

export function TapListPage({ name, day, list: { entries, hasMore } }: TapListPageProps) {
  const columns = Object.keys(entries[0] ?? {});
  return (
    <Layout title={`${titles[name]} ${day ?? ''}`.trim()} above={[root]}>
      <nav>
        {tapListNames.map(each => (
          <span key={each}>
            {each === name ? titles[each] : <a href={`/sim/taps/${each}`}>{titles[each]}</a>}{' '}
          </span>
        ))}
      </nav>
      <p class="soft">{explained[name]}</p>
      {!ofAllRows.includes(name) && (
        <form>
          <label>
            日期 Day <input type="date" name="day" value={day} />
          </label>{' '}
          <button type="submit">查看 Show</button>
        </form>
      )}
      {entries.length === 0 && <p>没有。 None.</p>}
      <div class="wide">
        <table>
          <thead>
            <tr>
              {columns.map(column => (
                <Head
                  key={column}
                  zh={heads[column] ?? '记录'}
                  en={column}
                  isNumber={isNumber(column, entries)}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {entries.map((entry, i) => (
              <tr key={i}>
                {columns.map(column => (
                  <td key={column} class={isNumber(column, entries) ? 'number' : ''}>
                    <Cell column={column} value={entry[column]} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hasMore && <p>只列出前 {entries.length} 条。 There are more than these.</p>}
    </Layout>
  );
}

function Cell({
  column,
  value,
}: {
  readonly column: string;
  readonly value: TapListEntry[string] | undefined;
}) {
  if (value === null || value === undefined) return <>{''}</>;
  if (typeof value === 'object')
    return <a href={`/sim/settlement/rows?rows=${encodeURIComponent(value.join(' '))}`}>查看 See</a>;
  return <>{column.endsWith('At') ? clock(value) : String(value)}</>;
}

function isNumber(column: string, entries: readonly TapListEntry[]): boolean {
  return !column.endsWith('At') && typeof entries[0]?.[column] === 'number';
}
