/** The headings of a table that has a column for each door. */
import { usePanel } from './panel-context.ts';
import { posts } from './presenting.ts';

export function DoorHeadings() {
  const { t } = usePanel();
  return posts.map(post => (
    <th key={post} scope="col">
      {t(post)}
    </th>
  ));
}
