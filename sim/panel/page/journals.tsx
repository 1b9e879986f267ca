/** Counts of both journals: all rows, and the taps since the bus started by verdict. */
import { DoorHeadings } from './door-headings.tsx';
import { moodOf, verdicts } from './outcome-text.ts';
import { outcomeWord } from './outcome-words.ts';
import { usePanel } from './panel-context.ts';
import { posts } from './presenting.ts';
import { Word } from './word.tsx';

export function Journals() {
  const { state, preferences, t } = usePanel();
  const journals = posts.map(post => state.validators[post].journal);
  return (
    <section class="journals" aria-label={t('journal')}>
      <table>
        <thead>
          <tr>
            <th scope="col">
              <Word means="journal">{t('journal')}</Word>
            </th>
            <DoorHeadings />
          </tr>
        </thead>
        <tbody>
          <Counts name={t('rows')} counts={journals.map(({ rows }) => rows)} />
          {verdicts.map(verdict => (
            <Counts
              key={verdict}
              name={outcomeWord(verdict, preferences.language)}
              counts={journals.map(({ byVerdict }) => byVerdict[verdict] ?? 0)}
              mood={moodOf(verdict)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CountsProps {
  readonly name: string;
  readonly counts: readonly number[];
  readonly mood?: string;
}

function Counts({ name, counts, mood = '' }: CountsProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {counts.map((count, index) => (
        <td key={posts[index]} class={count === 0 ? 'empty' : `mood ${mood}`}>
          {count}
        </td>
      ))}
    </tr>
  );
}
