/** A person's cards and ride codes, numbers hidden, and whether they are linked. */
import type { MediumKind } from '../../../../device/core/medium.ts';
import type { FoundMedium } from '../../registration/registration.ts';
import type { Lang } from '../language.ts';

const kinds: Record<Lang, Record<MediumKind, string>> = {
  zh: { 't-union': '交通联合卡', bmac: '市政交通一卡通', 'ride-code': '公交乘车码' },
  en: { 't-union': 'T-Union card', bmac: 'Beijing Yikatong card', 'ride-code': 'Bus ride code' },
};

const states: Record<Lang, { linked: string; notLinked: string }> = {
  zh: { linked: '已关联', notLinked: '未关联' },
  en: { linked: 'Linked', notLinked: 'Not linked' },
};

export function mediumName(lang: Lang, kind: MediumKind): string {
  return kinds[lang][kind];
}

interface MediaListProps {
  readonly lang: Lang;
  readonly media: readonly FoundMedium[];
}

export function MediaList({ lang, media }: MediaListProps) {
  return (
    <ul class="media">
      {media.map(({ kind, maskedAccount, linked }) => (
        <li key={`${kind} ${maskedAccount}`}>
          <strong>{kinds[lang][kind]}</strong>
          <span class="account">{maskedAccount}</span>
          <span class={linked ? 'state linked' : 'state'}>
            {linked ? states[lang].linked : states[lang].notLinked}
          </span>
        </li>
      ))}
    </ul>
  );
}
